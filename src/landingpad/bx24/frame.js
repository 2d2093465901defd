/* The page around the application: commands go to it as messages, and so do its answers. */

// The portal names the frame "host|1 for https|id of this frame".
const [frameHost = "", frameProtocol = "", frameId = ""] = String(window.name).split("|");
if (!frameHost || !frameId || window.parent === window) {
  window.BX24 = null;
  throw new Error("BX24: this page is not open in the frame of a portal, so there is nobody to talk to.");
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
 * Sends a command to the page around.
 *
 * Without a callback no answer is asked for; with `keep` it is called at every answer, not at the first alone.
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
