/* Helpers for the page of the application itself, without contact to the portal. */

const OLD_EVENT_NAMES = {
  mousewheel: ["DOMMouseScroll"],
  transitionend: ["webkitTransitionEnd", "msTransitionEnd", "oTransitionEnd"],
};
const proxies = new WeakMap();
const contexts = [];

const isReady = () => document.readyState !== "loading";

function ready(handler) {
  if (typeof handler !== "function") return;
  if (isReady()) handler.call(document);
  else document.addEventListener("DOMContentLoaded", () => handler.call(document), { once: true });
}

function bind(element, name, handler) {
  for (const each of [name, ...(OLD_EVENT_NAMES[name] || [])]) element.addEventListener(each, handler, false);
}

function unbind(element, name, handler) {
  for (const each of [name, ...(OLD_EVENT_NAMES[name] || [])]) element.removeEventListener(each, handler, false);
}

/** Returns a function bound to an object; the same pair always gives the same function. */
function proxy(handler, object) {
  if (!handler || !object) return handler;
  let ofHandler = proxies.get(handler);
  if (!ofHandler) proxies.set(handler, (ofHandler = new WeakMap()));
  let made = ofHandler.get(object);
  if (!made) {
    made = function proxied(...given) {
      contexts.push(this);
      try {
        return handler.apply(object, given);
      } finally {
        contexts.pop();
      }
    };
    ofHandler.set(object, made);
  }
  return made;
}

const proxyContext = () => (contexts.length ? contexts[contexts.length - 1] : null);

/** Loads scripts one after the other, then calls the callback. */
function loadScript(addresses, callback) {
  const left = Array.isArray(addresses) ? [...addresses] : [addresses];
  function next() {
    const address = left.shift();
    if (address === undefined) {
      if (typeof callback === "function") callback();
      return;
    }
    const element = document.createElement("script");
    element.src = address;
    element.onload = next;
    element.onerror = next;
    document.head.append(element);
  }
  ready(next);
}

function getScrollSize() {
  const root = document.documentElement;
  const body = document.body || root;
  return {
    scrollWidth: Math.max(root.scrollWidth, root.offsetWidth),
    scrollHeight: Math.max(body.scrollHeight, root.offsetHeight),
  };
}
