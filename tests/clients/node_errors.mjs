// Makes calls with b24jssdk that fail on command, and prints the SDK's error for each as JSON.

import { readFileSync } from 'node:fs'

import { B24Hook, B24OAuth } from '@bitrix24/b24jssdk'

const task = JSON.parse(readFileSync(0, 'utf8'))

async function shown(client, method) {
  try {
    const answer = await client.actions.v2.call.make({ method })
    if (answer.isSuccess) return ['', '', 200]
    throw [...answer.getErrors()][0]
  } catch (thrown) {
    // An error of a token renewal is wrapped in an error without its own code.
    const inside = thrown.originalError ?? thrown.cause
    const error = thrown.code === 'JSSDK_UNKNOWN_ERROR' && inside?.code ? inside : thrown
    return [error.constructor.name, `${error.code ?? ''}`, error.status ?? null]
  }
}

function hook(params) {
  const client = B24Hook.fromWebhookUrl(task.webhook, { restrictionParams: params })
  client.offClientSideWarning()
  client.getHttpClient('v2').ajaxClient.defaults.timeout = params.maxRetries === 1 ? task.timeout * 1000 : 30_000
  return client
}

function byApp() {
  const client = new B24OAuth(
    {
      applicationToken: 'x', userId: 1, memberId: 'any', accessToken: task.expired_token,
      refreshToken: task.refresh_token, expires: Math.floor(Date.now() / 1000) + 3600, expiresIn: 3600,
      scope: 'landing', domain: task.domain, clientEndpoint: `https://${task.domain}/rest/`,
      serverEndpoint: `https://${task.domain}/rest/`, status: 'L', issuer: 'store',
    },
    { clientId: task.client_id, clientSecret: task.client_secret },
    { restrictionParams: { maxRetries: 1 } },
  )
  client.offClientSideWarning()
  return client
}

const once = hook({ maxRetries: 1 })
const found = {}
for (const [name, method] of Object.entries(task.calls)) found[name] = await shown(once, method)
for (const code of task.token_errors) found[`oauth.token: ${code}`] = await shown(byApp(), 'user.fields')
found.again = await shown(hook({ maxRetries: 3 }), task.again)
process.stdout.write(JSON.stringify(found) + '\n')
process.exit(0)
