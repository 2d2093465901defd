"""Hypothesis strategies for random block HTML: well nested, in every notation that the standard allows."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Settings without a deadline: random blocks take a while on a busy machine."""

CLASSES = ["n-title", "n-text", "n-card", "row", "x"]
SPACES = st.sampled_from([" ", "\n  ", "  ", "\t"])
TEXTS = st.sampled_from(
    ["", "Text", " a &amp; b ", "&nbsp;", "&copy;", "1 &lt; 2", "5 > 3", "\n", "Привет", "a & b", "<!-- c > d -->",
     "<!-->", "x < y"]
)  # fmt: skip
VALUES = st.sampled_from(["", "1", "a b", "/p?a=1&amp;b=2", "x > y", "&quot;q&quot;", "Ж"])
NAMES = st.sampled_from(["id", "data-x", "title", "DATA-Y", "lang", "hidden", "data-z"])


@st.composite
def attribute(draw: st.DrawFn, name: str, value: str) -> str:
    name = draw(st.sampled_from([name, name.upper()]))
    gap = draw(SPACES)
    equals = draw(st.sampled_from(["=", " = ", "=\n"]))
    if not value:
        return gap + name
    if "'" not in value and draw(st.booleans()):
        return f"{gap}{name}{equals}'{value}'"
    if not set(value) & set(" \"'><=`") and draw(st.booleans()):
        return f"{gap}{name}={value}"
    return f'{gap}{name}{equals}"{value.replace(chr(34), "&quot;")}"'


@st.composite
def start_tag(draw: st.DrawFn, name: str) -> str:
    parts = []
    classes = draw(st.lists(st.sampled_from(CLASSES), max_size=2, unique=True))
    if classes:
        parts.append(draw(attribute("class", " ".join(classes))))
    others = draw(st.lists(NAMES, max_size=2, unique_by=str.lower))
    parts += [draw(attribute(other, draw(VALUES))) for other in others]
    attributes = "".join(draw(st.permutations(parts)))
    end = draw(st.sampled_from([">", " >", "\n>"]))
    return f"<{draw(st.sampled_from([name, name.upper()]))}{attributes}{end}"


@st.composite
def phrasing(draw: st.DrawFn, depth: int = 2) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["text", "void", "element"] if depth else ["text", "void"]))
        if kind == "text":
            parts.append(draw(TEXTS))
        elif kind == "void":
            parts.append(draw(start_tag(draw(st.sampled_from(["br", "img", "input", "wbr"])))))
        else:
            name = draw(st.sampled_from(["span", "i", "b", "em", "textarea", "label"]))
            inner = draw(TEXTS) if name == "textarea" else draw(phrasing(depth - 1))
            gap = draw(SPACES) if draw(st.booleans()) else ""
            parts.append(f"{draw(start_tag(name))}{inner}</{name}{gap}>")
    return "".join(parts)


@st.composite
def flow(draw: st.DrawFn, depth: int = 3) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["phrasing", "heading", "paragraph", "list", "table", "svg", "box", "box"]))
        if kind == "phrasing" or not depth:
            parts.append(draw(phrasing()))
        elif kind == "heading":
            parts.append(f"{draw(start_tag('h2'))}{draw(phrasing())}</H2>")
        elif kind == "paragraph":  # the end tag is optional before the next block
            end = draw(st.sampled_from(["</p>", "<hr>", "<div class=x></div>"]))
            parts.append(f"{draw(start_tag('p'))}{draw(phrasing())}{end}")
        elif kind == "list":
            items = [
                f"{draw(start_tag('li'))}{draw(flow(depth - 1))}{draw(st.sampled_from(['</li>', '']))}"
                for _ in range(2)
            ]
            parts.append(f"<ul>{''.join(items)}</ul>")
        elif kind == "table":
            cell = f"{draw(start_tag('td'))}{draw(phrasing())}{draw(st.sampled_from(['</td>', '']))}"
            parts.append(f"{draw(start_tag('table'))}{draw(start_tag('tr'))}{cell}</table>")
        elif kind == "svg":
            parts.append(f'<svg viewBox="0 0 1 1">{draw(start_tag("path"))[:-1]}/>{draw(start_tag("g"))}</g></svg>')
        else:
            name = draw(st.sampled_from(["div", "section", "article"]))
            parts.append(f"{draw(start_tag(name))}{draw(flow(depth - 1))}</{name}>")
    return "".join(parts)


BLOCKS = flow()
