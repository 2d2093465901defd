// First calls to the API in JavaScript; needs only Node 18 or newer.
//
// Creates a site with a page of three blocks, publishes the page and downloads its picture.
//
//     node examples/first_call.mjs http://127.0.0.1:8080/rest/1/CODE/ [preview.jpg]

import { writeFile } from "node:fs/promises";
import { request } from "node:http";

const [webhook, picture = "preview.jpg"] = process.argv.slice(2);
const placeholder = "/bitrix/images/landing/nopreview.jpg";

async function call(method, params) {
  const response = await fetch(`${webhook.replace(/\/$/, "")}/${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(params),
  });
  const answer = await response.json();
  if (answer.error) throw new Error(`${method}: ${answer.error} ${answer.error_description}`);
  return answer.result;
}

// Fetch an address below *.localhost: it means this machine, but not every resolver knows that.
function download(address) {
  const { hostname, host, port, pathname } = new URL(address);
  const target = hostname.endsWith("localhost") ? "127.0.0.1" : hostname;
  return new Promise((resolve, reject) => {
    const asked = request({ host: target, port: port || 80, path: pathname, headers: { host } }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ type: response.headers["content-type"], body: Buffer.concat(parts) }));
    });
    asked.on("error", reject).end();
  });
}

const site = await call("landing.site.add", { fields: { TITLE: "Spring offers", CODE: "spring-offers" } });
const page = await call("landing.landing.add", { fields: { SITE_ID: site, TITLE: "Spring offers", CODE: "home" } });
const cover = await call("landing.landing.addblock", { lid: page, fields: { CODE: "01.big_with_text" } });
const columns = await call("landing.landing.addblock", {
  lid: page,
  fields: { CODE: "02.three_cols_big_1", AFTER_ID: cover },
});
await call("landing.landing.addblock", { lid: page, fields: { CODE: "35.1.footer_light", AFTER_ID: columns } });
await call("landing.block.updatenodes", {
  lid: page,
  block: cover,
  data: { ".landing-block-node-title": "Hello from JavaScript" },
});
await call("landing.landing.publication", { lid: page });
console.log("published", await call("landing.landing.getPublicUrl", { lid: page }));

const began = Date.now();
let preview;
while ((preview = await call("landing.site.getPreview", { id: site })) === placeholder) {
  if (Date.now() - began > 60_000) {
    throw new Error("There is no picture after a minute. Run `landingpad doctor`: is there a Chromium?");
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const { type, body } = await download(preview);
if (type !== "image/jpeg" || body.readUInt16BE(0) !== 0xffd8) throw new Error(`${preview} answered ${type}`);
await writeFile(picture, body);
console.log(`picture   ${preview} (${body.length} bytes) saved as ${picture}`);
