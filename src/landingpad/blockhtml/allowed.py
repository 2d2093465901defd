"""Elements and attributes allowed in the HTML of a block."""

PHRASING = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
TEXT = PHRASING | {
    "blockquote", "caption", "col", "colgroup", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
}  # fmt: skip
_SVG = {
    "circle", "clipPath", "defs", "ellipse", "g", "line", "linearGradient", "path", "polygon", "polyline",
    "radialGradient", "rect", "stop", "svg",
}  # fmt: skip
PAGE = TEXT | _SVG | {
    "address", "area", "article", "aside", "audio", "button", "center", "data", "datalist", "fieldset", "footer",
    "form", "header", "hgroup", "iframe", "input", "label", "legend", "main", "map", "meter", "nav", "optgroup",
    "option", "output", "picture", "progress", "search", "section", "select", "source", "textarea", "track", "video",
}  # fmt: skip
# Their content is not text for readers, so it is removed with them.
DROPPED_WITH_CONTENT = frozenset({
    "applet", "embed", "frameset", "head", "math", "noembed", "noframes", "noscript", "object", "plaintext", "script",
    "style", "template", "title", "xmp",
})  # fmt: skip

_SIZE = {"height", "width"}
PAINT = frozenset({
    "clip-path", "clip-rule", "d", "fill", "fill-opacity", "fill-rule", "opacity", "points", "stroke",
    "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "stroke-opacity", "stroke-width", "transform", "vector-effect",
    "cx", "cy", "r", "rx", "ry", "x", "x1", "x2", "y", "y1", "y2", *_SIZE,
    "clipPathUnits", "fx", "fy", "gradientTransform", "gradientUnits", "offset", "spreadMethod", "stop-color",
    "stop-opacity",
})  # fmt: skip
_FIELD = {
    "autocomplete", "checked", "disabled", "for", "form", "list", "max", "maxlength", "min", "minlength", "multiple",
    "name", "pattern", "placeholder", "readonly", "required", "rows", "cols", "selected", "size", "step", "type",
    "value", "label", "low", "high", "optimum",
}  # fmt: skip
_CELL = {"abbr", "align", "colspan", "headers", "rowspan", "scope", "span", "valign", *_SIZE}
_MEDIA = {"autoplay", "controls", "loop", "muted", "playsinline", "poster", "preload", "src", *_SIZE}

ATTRIBUTES: dict[str, set[str]] = {
    "*": {
        "class", "dir", "hidden", "id", "itemid", "itemprop", "itemref", "itemscope", "itemtype", "lang", "role",
        "style", "tabindex", "title", "translate",
    },
    "a": {"download", "href", "hreflang", "rel", "target", "type"},
    "area": {"alt", "coords", "href", "rel", "shape", "target"},
    "audio": _MEDIA, "video": _MEDIA,
    "bdo": {"dir"}, "blockquote": {"cite"}, "del": {"cite", "datetime"}, "details": {"name", "open"},
    "data": {"value"}, "div": {"align"}, "font": {"color", "face", "size"},
    "form": {"action", "enctype", "method", "name"},
    "hr": {"align", "size", "width"},
    "iframe": {"allow", "allowfullscreen", "frameborder", "loading", "scrolling", "src", *_SIZE},
    "img": {"alt", "decoding", "fetchpriority", "loading", "sizes", "src", "srcset", "usemap", *_SIZE},
    "ins": {"cite", "datetime"}, "li": {"value"}, "map": {"name"}, "ol": {"reversed", "start", "type"},
    "p": {"align"}, "q": {"cite"}, "source": {"media", "sizes", "src", "srcset", "type", *_SIZE},
    "time": {"datetime"}, "track": {"default", "kind", "label", "src", "srclang"}, "ul": {"type"},
    "table": {"align", "border", "cellpadding", "cellspacing", "summary", *_SIZE},
    **dict.fromkeys(("col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"), _CELL),
    **dict.fromkeys(
        (
            "button", "fieldset", "input", "label", "meter", "optgroup", "option", "output", "progress", "select",
            "textarea",
        ),
        _FIELD,
    ),
    **{tag: {*PAINT} for tag in _SVG},
    "svg": {*PAINT, "preserveAspectRatio", "version", "viewBox", "xmlns"},
}  # fmt: skip
PREFIXES = {"aria-", "data-"}
