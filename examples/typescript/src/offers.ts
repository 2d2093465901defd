// A small integration: publishes an offer as a page and returns the address of its picture.

import type { B24Hook } from "@bitrix24/b24jssdk";

export interface Offer {
  code: string;
  title: string;
  text: string;
}

export interface Published {
  siteId: number;
  address: string;
  preview: string;
}

/** The API refused a call; `code` is the documented error code. */
export class ApiError extends Error {
  constructor(
    readonly method: string,
    readonly code: string,
    message: string,
  ) {
    super(`${method}: ${code} ${message}`);
  }
}

export class Offers {
  constructor(private readonly portal: B24Hook) {}

  /** Create a site with one page for an offer and publish it; move the site to the trash if a call fails. */
  async publish(offer: Offer): Promise<Published> {
    const siteId = await this.call<number>("landing.site.add", { fields: { TITLE: offer.title, CODE: offer.code } });
    try {
      const page = await this.call<number>("landing.landing.add", {
        fields: { SITE_ID: siteId, TITLE: offer.title, CODE: "home" },
      });
      const cover = await this.call<number>("landing.landing.addblock", {
        lid: page,
        fields: { CODE: "01.big_with_text" },
      });
      await this.call("landing.block.updatenodes", {
        lid: page,
        block: cover,
        data: { ".landing-block-node-title": offer.title, ".landing-block-node-text": offer.text },
      });
      await this.call("landing.landing.publication", { lid: page });
      const address = await this.call<string>("landing.site.getPublicUrl", { id: siteId });
      return { siteId, address, preview: await this.preview(siteId) };
    } catch (error) {
      await this.call("landing.site.markDelete", { id: siteId });
      throw error;
    }
  }

  /** Return the address of the picture of a site. */
  preview(siteId: number): Promise<string> {
    return this.call<string>("landing.site.getPreview", { id: siteId });
  }

  /** Return the codes of all sites. */
  async codes(): Promise<string[]> {
    const sites = await this.call<{ CODE: string }[]>("landing.site.getList", {
      params: { select: ["CODE"], order: { ID: "ASC" } },
    });
    return sites.map((site) => site.CODE.replaceAll("/", ""));
  }

  private async call<T>(method: string, params: object): Promise<T> {
    try {
      const answer = await this.portal.actions.v2.call.make<T>({ method, params: params as Record<string, unknown> });
      return answer.getData()!.result as T;
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      throw new ApiError(method, String(code ?? "UNKNOWN"), message ?? String(error));
    }
  }
}
