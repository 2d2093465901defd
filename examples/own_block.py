"""Register your own block, put it on a page, fill it, publish the page.

    python own_block.py https://portal.example/rest/1/CODE/

Needs only the standard library. The address is a webhook with the scope `landing`.
"""

import json
import sys
import urllib.request

CONTENT = """
<section class="landing-block lp-section">
  <div class="lp-container">
    <h2 class="offer-title">Title</h2>
    <ul>
      <li class="offer-card"><b class="offer-name">Name</b> <span class="offer-price">0</span></li>
    </ul>
  </div>
</section>
"""
MANIFEST = {
    "block": {"name": "Offers"},
    "nodes": {
        ".offer-title": {"name": "Title", "type": "text"},
        ".offer-name": {"name": "Name", "type": "text"},
        ".offer-price": {"name": "Price", "type": "text"},
    },
    "cards": {".offer-card": {"name": "Offer", "label": [".offer-name"]}},
}
OFFERS = [("Oak table", "£1,240"), ("Ash chair", "£310"), ("Bench", "£480")]


def main(webhook: str) -> None:
    """Publish a page with the block and print its address."""

    def call(method: str, **params: object) -> object:
        request = urllib.request.Request(
            webhook + method, json.dumps(params).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["result"]

    checked = call("landing.repo.checkContent", content=CONTENT)
    if checked["is_bad"]:
        sys.exit(f"This HTML would be refused: {checked['content']}")
    fields = {"NAME": "Offers", "SECTIONS": "text", "PREVIEW": "", "CONTENT": CONTENT}
    repo_id = call("landing.repo.register", code="offers", fields=fields, manifest=MANIFEST)

    site = call("landing.site.add", fields={"TITLE": "Offers", "CODE": "offers"})
    page = call("landing.landing.add", fields={"TITLE": "Offers", "SITE_ID": site, "CODE": "offers"})
    block = call("landing.landing.addblock", lid=page, fields={"CODE": f"repo_{repo_id}"})

    # One card per offer, then the nodes in each: `selector@N` is the N-th match, counted from 0.
    cards = {".offer-card": {"source": [{"type": "card", "value": 0} for _ in OFFERS]}}
    call("landing.block.updateCards", lid=page, block=block, data=cards)
    data = {".offer-title": "This week"}
    for number, (name, price) in enumerate(OFFERS):
        data |= {f".offer-name@{number}": name, f".offer-price@{number}": price}
    call("landing.block.updatenodes", lid=page, block=block, data=data)

    call("landing.landing.publication", lid=page)
    print(call("landing.landing.getPublicUrl", lid=page))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
