// What pages of the portal do beyond HTML and htmx: copying, menus that close, pictures that come without a reload.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.textContent.trim());
    const label = button.querySelector("[data-label]") || button;
    const before = label.textContent;
    label.textContent = "Copied";
    setTimeout(() => { label.textContent = before; }, 1500);
  }
  const close = event.target.closest("[data-close]");
  if (close) close.closest(".note").remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
});

// A question before what cannot be taken back.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});

// What was made is shown once: to load its page anew must not make another.
document.addEventListener("DOMContentLoaded", () => {
  const once = document.querySelector("[data-once]");
  if (once) history.replaceState(null, "", once.dataset.once);
});

// Whoever acts on a card by keyboard stays there: the card is made anew, and with it goes the button that was pressed.
let left = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  const menu = event.detail.elt.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  left = target.id && target.contains(document.activeElement) ? target.id : "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (!left || document.activeElement !== document.body) return;
  const goal = document.querySelector(`#${left} summary`) || document.querySelector(".site-link, #main");
  left = "";
  goal.focus();
});

// What a program of ours could not do, it says.
document.addEventListener("htmx:responseError", () => { window.location.reload(); });

// Pictures: the server tells which version of each there is; what is shown of another version renews itself.
let events = null;
let heard = "";

function listen() {
  const list = document.querySelector("[data-live]");
  const ids = list ? [...new Set([...list.querySelectorAll("[data-picture]")].map((one) => one.dataset.picture))] : [];
  const wanted = ids.filter((id) => id !== "0").join(",");
  if (document.hidden || !wanted) { events?.close(); events = null; heard = ""; return; }
  if (events && heard === wanted) return;
  events?.close();
  heard = wanted;
  const address = new URL(list.dataset.live, window.location.href);
  address.searchParams.set("pages", wanted);
  events = new EventSource(address);
  events.onmessage = (message) => {
    for (const [id, version] of Object.entries(JSON.parse(message.data))) {
      for (const picture of document.querySelectorAll(`[data-picture="${id}"]`)) {
        if (picture.dataset.version !== version) window.htmx.trigger(picture, "renew");
      }
    }
  };
}

document.addEventListener("DOMContentLoaded", listen);
document.addEventListener("visibilitychange", listen);
document.addEventListener("htmx:afterSettle", listen);
window.addEventListener("pagehide", () => { events?.close(); events = null; heard = ""; });
window.addEventListener("pageshow", listen);

// Lists that grow: the server tells that there is more, and what is named renews itself by putting it there.
let growing = null;
let grown = "";

function follow() {
  const list = document.querySelector("[data-events]");
  const wanted = list && !document.hidden ? list.dataset.events : "";
  for (const long of document.querySelectorAll("[data-most]")) {
    while (long.children.length > Number(long.dataset.most)) long.lastElementChild.remove();
  }
  if (growing && grown === wanted) return;
  growing?.close();
  growing = null;
  grown = wanted;
  if (!wanted) return;
  growing = new EventSource(wanted);
  growing.onmessage = () => window.htmx.trigger("#news", "renew");
}

document.addEventListener("DOMContentLoaded", follow);
document.addEventListener("visibilitychange", follow);
document.addEventListener("htmx:afterSettle", follow);
window.addEventListener("pagehide", () => { growing?.close(); growing = null; grown = ""; });
window.addEventListener("pageshow", follow);
