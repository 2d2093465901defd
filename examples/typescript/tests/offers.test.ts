import { beforeEach, expect, test } from "vitest";

import { ApiError, Offers } from "../src/offers";
import { client, failNext, limited, reset } from "./portal";

const spring = { code: "spring", title: "Spring offers", text: "Three days only." };

beforeEach(reset);

test("an offer is a page that everybody can read", async () => {
  const published = await new Offers(client()).publish(spring);
  expect(published.address).toContain("spring");
  expect(published.preview).toMatch(/\.jpg$/);
  expect(await new Offers(client()).codes()).toContain("spring");
});

test("the same offer twice is told apart by its address", async () => {
  const offers = new Offers(client());
  const [first, second] = [await offers.publish(spring), await offers.publish(spring)];
  expect(second.address).not.toBe(first.address);
});

test("an offer that cannot be published leaves no site behind", async () => {
  await failNext("landing.landing.publication", "PUBLIC_SITE_REACHED");
  const offers = new Offers(client());
  await expect(offers.publish(spring)).rejects.toMatchObject({ code: "PUBLIC_SITE_REACHED" });
  expect(await offers.codes()).not.toContain("spring");
});

test("a busy portal is asked again", async () => {
  await failNext("landing.site.add", "QUERY_LIMIT_EXCEEDED");
  const published = await new Offers(client()).publish(spring);
  expect(published.siteId).toBeGreaterThan(0);
});

test("a webhook without the scope for sites is refused", async () => {
  const refused = new Offers(limited()).publish(spring);
  await expect(refused).rejects.toThrowError(ApiError);
  await expect(refused).rejects.toMatchObject({ code: "insufficient_scope" });
});
