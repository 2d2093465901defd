#!/bin/sh
# First calls to the API with cURL: create a site with a page of three blocks, publish the page, download its picture.
#
#     examples/first_call.sh http://127.0.0.1:8080/rest/1/CODE/ [preview.jpg]
set -eu

webhook=${1:?usage: $0 WEBHOOK [PICTURE]}
picture=${2:-preview.jpg}
placeholder=/bitrix/images/landing/nopreview.jpg

# Call a method with a JSON body and print "result", a number or a string.
call() {
    answer=$(curl -sS -H 'Content-Type: application/json' -d "$2" "${webhook%/}/$1")
    case $answer in
    '{"result":'*) printf '%s\n' "$answer" | sed 's/^{"result":"\{0,1\}\([^",}]*\).*/\1/' ;;
    *)
        echo "$1 failed: $answer" >&2
        exit 1
        ;;
    esac
}

site=$(call landing.site.add '{"fields": {"TITLE": "Spring offers", "CODE": "spring-offers"}}')
page=$(call landing.landing.add "{\"fields\": {\"SITE_ID\": $site, \"TITLE\": \"Spring offers\", \"CODE\": \"home\"}}")
cover=$(call landing.landing.addblock "{\"lid\": $page, \"fields\": {\"CODE\": \"01.big_with_text\"}}")
columns=$(call landing.landing.addblock \
    "{\"lid\": $page, \"fields\": {\"CODE\": \"02.three_cols_big_1\", \"AFTER_ID\": $cover}}")
call landing.landing.addblock \
    "{\"lid\": $page, \"fields\": {\"CODE\": \"35.1.footer_light\", \"AFTER_ID\": $columns}}" >/dev/null
call landing.block.updatenodes \
    "{\"lid\": $page, \"block\": $cover, \"data\": {\".landing-block-node-title\": \"Hello from cURL\"}}" >/dev/null
call landing.landing.publication "{\"lid\": $page}" >/dev/null
echo "published $(call landing.landing.getPublicUrl "{\"lid\": $page}")"

waited=0
while preview=$(call landing.site.getPreview "{\"id\": $site}") && [ "$preview" = "$placeholder" ]; do
    if [ "$waited" -ge 300 ]; then
        echo 'There is no picture after a minute. Run "landingpad doctor": is there a Chromium?' >&2
        exit 1
    fi
    waited=$((waited + 1))
    sleep 0.2
done
type=$(curl -sS -o "$picture" -w '%{content_type}' "$preview")
if [ "$type" != image/jpeg ]; then
    echo "$preview answered $type, which is not a JPEG." >&2
    exit 1
fi
echo "picture   $preview ($(wc -c <"$picture") bytes) saved as $picture"
