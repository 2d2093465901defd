// Drives one Node SDK: `node node_clients.mjs NAME < task.json` prints the outcome of each check as JSON.

import { readFileSync } from 'node:fs'

const task = JSON.parse(readFileSync(0, 'utf8'))

async function outcome(work) {
  try {
    return { result: await work() }
  } catch (error) {
    const body = error.response?.body ? JSON.stringify(error.response.body) : ''
    return { error: error.constructor.name, text: `${error.code ?? ''} ${error.message} ${body}` }
  }
}

async function b24jssdk() {
  const { B24Hook, B24OAuth } = await import('@bitrix24/b24jssdk')
  const open = (address) => {
    const client = B24Hook.fromWebhookUrl(address)
    client.offClientSideWarning()
    return client
  }
  const call = async (client, method, params = {}) => {
    const answer = await client.actions.v2.call.make({ method, params })
    if (!answer.isSuccess) throw answer.getErrors ? [...answer.getErrors()][0] : new Error(answer.getErrorMessages().join())
    return answer.getData().result
  }
  const good = open(task.webhook)
  const byApp = async () => {
    const client = new B24OAuth(
      {
        applicationToken: 'x', userId: 1, memberId: task.member_id, accessToken: task.expired_token,
        refreshToken: task.refresh_token, expires: Math.floor(Date.now() / 1000) + 3600, expiresIn: 3600,
        scope: 'landing', domain: task.domain, clientEndpoint: `https://${task.domain}/rest/`,
        serverEndpoint: `https://${task.domain}/rest/`, status: 'L', issuer: 'store',
      },
      { clientId: task.client_id, clientSecret: task.client_secret },
    )
    client.offClientSideWarning()
    let renewed = false
    client.setCallbackRefreshAuth(async () => { renewed = true })
    return [(await call(client, 'profile')).ID, renewed, task.client_id]
  }
  return {
    list: await outcome(() => call(good, 'landing.site.getList', { params: { select: ['ID'] } })),
    add: await outcome(() => call(good, 'landing.site.add', { fields: { TITLE: 'jssdk', CODE: 'jssdk' } })),
    preview: await outcome(() => call(good, 'landing.site.getPreview', { id: task.site_id })),
    batch: await outcome(async () => {
      const calls = { a: ['server.time', {}], p: ['landing.site.getPreview', { id: task.site_id }] }
      const answer = await good.actions.v2.batch.make({ calls, options: { isHaltOnError: false, returnAjaxResult: true } })
      return answer.getData().p.getData().result
    }),
    missing: await outcome(() => call(good, 'landing.site.getPreview')),
    wrong: await outcome(() => call(open(task.wrong_webhook), 'profile')),
    refresh: await outcome(byApp),
  }
}

async function bitrix2bad() {
  const { default: make, Bitrix = make } = await import('@2bad/bitrix')
  const open = (address) => Bitrix(address.replace(/\/$/, ''))
  const good = open(task.webhook)
  return {
    list: await outcome(async () => (await good.call('landing.site.getList', { params: { select: ['ID'] } })).result),
    add: await outcome(async () => (await good.call('landing.site.add', { fields: { TITLE: '2bad', CODE: '2bad' } })).result),
    preview: await outcome(async () => (await good.call('landing.site.getPreview', { id: task.site_id })).result),
    batch: await outcome(async () => {
      const answer = await good.batch({
        a: { method: 'server.time' }, p: { method: 'landing.site.getPreview', params: { id: task.site_id } },
      })
      return answer.result.result.p
    }),
    missing: await outcome(() => good.call('landing.site.getPreview', {})),
    wrong: await outcome(() => open(task.wrong_webhook).call('profile', {})),
  }
}

const clients = { b24jssdk, '2bad-bitrix': bitrix2bad }
process.stdout.write(JSON.stringify(await clients[process.argv[2]]()) + '\n')
process.exit(0)
