"""First calls to the API in Python; needs only the standard library.

Makes a site and a page of three blocks, publishes it and downloads the picture of it.

    python3 examples/first_call.py http://127.0.0.1:8080/rest/1/CODE/ [preview.jpg]
"""

import json
import sys
import time
import urllib.parse
import urllib.request

WEBHOOK = sys.argv[1].rstrip("/")
PICTURE = sys.argv[2] if len(sys.argv) > 2 else "preview.jpg"
PLACEHOLDER = "/bitrix/images/landing/nopreview.jpg"


def call(method, **params):
    request = urllib.request.Request(
        f"{WEBHOOK}/{method}",
        data=json.dumps(params).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["result"]


def download(address):
    """Fetch an address below *.localhost: it means this machine, but not every resolver knows that."""
    parts = urllib.parse.urlsplit(address)
    request = urllib.request.Request(address, headers={"Host": parts.netloc})
    if parts.hostname.endswith("localhost"):
        request.host = f"127.0.0.1:{parts.port or 80}"
    with urllib.request.urlopen(request) as response:
        return response.headers["Content-Type"], response.read()


site = call("landing.site.add", fields={"TITLE": "Spring offers", "CODE": "spring-offers"})
page = call("landing.landing.add", fields={"SITE_ID": site, "TITLE": "Spring offers", "CODE": "home"})
cover = call("landing.landing.addblock", lid=page, fields={"CODE": "01.big_with_text"})
columns = call("landing.landing.addblock", lid=page, fields={"CODE": "02.three_cols_big_1", "AFTER_ID": cover})
call("landing.landing.addblock", lid=page, fields={"CODE": "35.1.footer_light", "AFTER_ID": columns})
call(
    "landing.block.updatenodes",
    lid=page,
    block=cover,
    data={".landing-block-node-title": "Hello from Python"},
)
call("landing.landing.publication", lid=page)
print("published", call("landing.landing.getPublicUrl", lid=page))

began = time.monotonic()
while (preview := call("landing.site.getPreview", id=site)) == PLACEHOLDER:
    if time.monotonic() - began > 60:
        sys.exit("There is no picture after a minute. Run `landingpad doctor`: is there a Chromium?")
    time.sleep(0.2)
content_type, picture = download(preview)
if content_type != "image/jpeg" or picture[:2] != b"\xff\xd8":
    sys.exit(f"{preview} answered {content_type}, which is not a JPEG.")
with open(PICTURE, "wb") as file:
    file.write(picture)
print(f"picture   {preview} ({len(picture)} bytes, after {time.monotonic() - began:.1f} s) saved as {PICTURE}")
