/* Messages between the application and the portal's page around it: commands and answers. */

// The portal sets the name of the frame to "host|1 for https|id of this frame".
const [frameHost = "", frameProtocol = "", frameId = ""] = String(window.name).split("|");
if (!frameHost || !frameId || window.parent === window) {
  window.BX24 = null;
  throw new Error("BX24 works only in a frame of a portal. Open this page as an application of the portal.");
}

const params = {
  DOMAIN: frameHost.replace(/:(80|443)$/, ""),
  PROTOCOL: Number(frameProtocol) === 1 ? 1 : 0,
  APP_SID: frameId,
};
const portalOrigin = () => `${params.PROTOCOL ? "https" : "http"}://${params.DOMAIN}`;
const waiting = new Map();

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends a command to the portal's page.
 *
 * Without a callback no answer is requested; with `keep` the callback gets every answer, not only the first.
 */
function send(command, given, callback, keep) {
  let id = "";
  if (typeof callback === "function") {
    id = newId();
    waiting.set(id, { callback, keep: Boolean(keep) });
  }
  const text = given === undefined || given === null ? "" : JSON.stringify(given);
  window.parent.postMessage([command, text, id, params.APP_SID].join(":"), portalOrigin());
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.origin !== portalOrigin() || typeof event.data !== "string") return;
  const end = event.data.indexOf(":");
  const asked = end < 0 ? undefined : waiting.get(event.data.slice(0, end));
  if (!asked) return;
  if (!asked.keep) waiting.delete(event.data.slice(0, end));
  const text = event.data.slice(end + 1);
  let answer = [];
  try {
    if (text) answer = JSON.parse(text);
  } catch {
    return;
  }
  asked.callback(answer);
});
