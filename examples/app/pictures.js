// Shared by both pages: a card for each site, with its picture once it exists.
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

/** Shows a picture. While no picture exists, its address is a path of the portal. */
function show(card, address) {
  const picture = document.createElement("img");
  picture.src = new URL(address, document.body.dataset.portal);
  picture.alt = "";
  card.prepend(picture);
}

/** Waits until all pictures are loaded, so that the page has its final height. */
async function done() {
  const pictures = [...document.images];
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
  say(`${pictures.length} picture${pictures.length === 1 ? "" : "s"}.`);
}
