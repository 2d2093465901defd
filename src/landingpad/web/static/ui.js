// Scripts of the portal's pages beyond htmx: copying, closing menus, live pictures and lists.
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

// Confirmation before actions that cannot be undone.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A new secret is shown once: a reload of the page must not create another.
document.addEventListener("DOMContentLoaded", () => {
  const once = document.querySelector("[data-once]");
  if (once) history.replaceState(null, "", once.dataset.once);
});

// Keyboard focus stays on a card whose action replaces the card and so removes the pressed button.
let focusedCard = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  const menu = event.detail.elt.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  focusedCard = target.id && target.contains(document.activeElement) ? target.id : "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (!focusedCard || document.activeElement !== document.body) return;
  const next = document.querySelector(`#${focusedCard} summary`) || document.querySelector(".site-link, #main");
  focusedCard = "";
  next.focus();
});

// A failed htmx request reloads the page, which shows the error.
document.addEventListener("htmx:responseError", () => { window.location.reload(); });

// Live pictures: the server sends the current version of each picture; outdated ones on the page reload themselves.
let pictureEvents = null;
let watchedPages = "";

function listen() {
  const list = document.querySelector("[data-live]");
  const ids = list ? [...new Set([...list.querySelectorAll("[data-picture]")].map((one) => one.dataset.picture))] : [];
  const wanted = ids.filter((id) => id !== "0").join(",");
  if (document.hidden || !wanted) { pictureEvents?.close(); pictureEvents = null; watchedPages = ""; return; }
  if (pictureEvents && watchedPages === wanted) return;
  pictureEvents?.close();
  watchedPages = wanted;
  const address = new URL(list.dataset.live, window.location.href);
  address.searchParams.set("pages", wanted);
  pictureEvents = new EventSource(address);
  pictureEvents.onmessage = (message) => {
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
window.addEventListener("pagehide", () => { pictureEvents?.close(); pictureEvents = null; watchedPages = ""; });
window.addEventListener("pageshow", listen);

// Growing lists: the server announces new entries, and the element #news then loads them into the list.
let listEvents = null;
let followedList = "";

function follow() {
  const list = document.querySelector("[data-events]");
  const wanted = list && !document.hidden ? list.dataset.events : "";
  for (const long of document.querySelectorAll("[data-most]")) {
    while (long.children.length > Number(long.dataset.most)) long.lastElementChild.remove();
  }
  if (listEvents && followedList === wanted) return;
  listEvents?.close();
  listEvents = null;
  followedList = wanted;
  if (!wanted) return;
  listEvents = new EventSource(wanted);
  listEvents.onmessage = () => window.htmx.trigger("#news", "renew");
}

document.addEventListener("DOMContentLoaded", follow);
document.addEventListener("visibilitychange", follow);
document.addEventListener("htmx:afterSettle", follow);
window.addEventListener("pagehide", () => { listEvents?.close(); listEvents = null; followedList = ""; });
window.addEventListener("pageshow", follow);
