// What both pages show: a card for each site, with its picture as soon as there is one.
"use strict";

function say(text) {
  document.getElementById("state").textContent = text;
}

/** Adds a card and returns it. */
function add(title) {
  const card = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = title;
  card.append(name);
  document.getElementById("sites").append(card);
  return card;
}

/** Shows a picture. Its address is a path of the portal where there is no picture yet. */
function show(card, address) {
  const picture = document.createElement("img");
  picture.src = new URL(address, document.body.dataset.portal);
  picture.alt = "";
  card.prepend(picture);
}

/** Waits until every picture has come, so that the page has its height. */
async function done() {
  const pictures = [...document.images];
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
  say(`${pictures.length} picture${pictures.length === 1 ? "" : "s"}.`);
}
