// The portal that `landingpad run` started for these tests, and its control plane.

import { B24Hook } from "@bitrix24/b24jssdk";

declare const process: { env: Record<string, string | undefined> };

function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set. Start the tests with: landingpad run --tls -- npm test`);
  return value;
}

export function client(webhook = told("LANDINGPAD_WEBHOOK")): B24Hook {
  const portal = B24Hook.fromWebhookUrl(webhook);
  portal.offClientSideWarning();
  return portal;
}

export const limited = () => client(told("LANDINGPAD_WEBHOOK_LIMITED"));

async function order(verb: string, path: string, body: object = {}): Promise<any> {
  const answer = await fetch(`${told("LANDINGPAD_URL")}/_landingpad/${path}`, {
    method: verb,
    body: verb === "GET" ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

/** Reset the portal to its state at the start. */
export const reset = () => order("POST", "reset");

/** Make the next call of a method fail with an error. */
export const failNext = (method: string, error: string) => order("POST", "faults", { method, error, times: 1 });

/** Return the methods called since the last reset, oldest first. */
export async function calls(): Promise<string[]> {
  const { requests } = (await order("GET", "requests")) as { requests: { method: string }[] };
  return requests.map((request) => request.method);
}
