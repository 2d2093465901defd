"""Maps of blocks on published pages: a list of their places with links to a map service.

The service gets no request until a visitor follows a link (landing/block/special/maps.md, node type `map`).
"""

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import msgspec

from landingpad.blockhtml.document import Document, Edit, apply

_SERVICE = "https://www.openstreetmap.org/"
_DEFAULT_ZOOM = 16
_MOST_PLACES = 50


def with_map_places(content: str) -> str:
    """Return the HTML of a block with a list of places in each empty map."""
    if "data-map=" not in content:
        return content
    document = Document(content)
    edits = [
        Edit(element.inner, element.inner_end, listed)
        for element in document.select("[data-map]")
        if not content[element.inner : element.inner_end].strip()
        if (listed := _listed(element.attributes["data-map"]))
    ]
    return apply(content, edits)


def _listed(text: str) -> str:
    try:
        given = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return ""
    if not isinstance(given, Mapping):
        return ""
    zoom = given.get("zoom")
    level = min(max(int(zoom), 1), 19) if isinstance(zoom, int | float) and math.isfinite(zoom) else _DEFAULT_ZOOM
    markers = given.get("markers")
    places = [_place(marker, level) for marker in markers[:_MOST_PLACES]] if isinstance(markers, list) else []
    if not any(places):
        places = [_place({"latLng": given.get("center")}, level)]
    items = "".join(f"<li>{place}</li>" for place in places if place)
    return f'<ul class="lp-places">{items}</ul>' if items else ""


def _place(marker: Any, zoom: int) -> str:
    if not isinstance(marker, Mapping) or not isinstance(position := marker.get("latLng"), Mapping):
        return ""
    try:
        latitude, longitude = float(position.get("lat", "")), float(position.get("lng", ""))
    except (TypeError, ValueError):
        return ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004  # degrees
        return ""
    where = f"{latitude:.6f}".rstrip("0").rstrip("."), f"{longitude:.6f}".rstrip("0").rstrip(".")
    address = f"{_SERVICE}?mlat={where[0]}&mlon={where[1]}#map={zoom}/{where[0]}/{where[1]}"
    title = str(marker.get("title") or "")
    name = f"<strong>{escape(title)}</strong>" if title else ""
    text = escape(str(marker.get("description") or ""))
    link = f'<a href="{escape(address)}" target="_blank" rel="noopener">Open the map</a>'
    return f"{name}{text}{'<br>' if text else ''}{link}"
