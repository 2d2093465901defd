"""Full-text search over the pages of the reference, with synonyms."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from landingpad.reference.doc_page import DocPage, PageKind
from landingpad.rpc.declare import OWN
from landingpad.store.db.fulltext import FullTextIndex

_SYNONYMS = (
    "screenshot thumbnail preview snapshot",
    "picture photo image img",
    "trash bin recycle markdelete",
    "trash delete deleted",
    "recycle undelete",
    "restore undelete recover",
    "remove delete unregister",
    "create add new put insert",
    "duplicate copy clone",
    "change update edit set modify",
    "list enumerate all which",
    "move put",
    "publish publication publishing live",
    "unpublish unpublic offline",
    "url address link",
    "page landing lid",
    "upload uploadfile",
    "style css class design look",
    "text heading nodes",
    "user person people profile",
    "folder directory",
    "catalogue catalog repository library",
    "safe sanitize dangerous xss check",
    "hide invisible",
    "show visible",
    "token auth authorization authorisation",
    "expired refresh renew",
    "rights permission access",
    "find resolve lookup",
    "event subscribe notification",
    "widget placement embed",
)
"""Groups of synonyms. A word may be in several groups; groups are not joined."""
_PREPOSITIONS = frozenset({"of", "on", "in", "inside", "from", "with", "without", "by"})
_STOP_WORDS = """a about am an and another any are as at be call calling can do does for get go has have how i id into
is it its make many me method much my one or our several some that the their them there these this to tool use using via
was what when where while who whole why will you your"""
_STOP = frozenset(_STOP_WORDS.split()) | _PREPOSITIONS
_WORD = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_RUN_TOGETHER = re.compile(
    "additional|fields|add|attrs|block|by|card|clone|content|copy|deleted|delete|down|favorite|file|get|hide|id|list|"
    "manifest|mark|move|nodes|preview|public|url|removed|remove|repository|show|undeleted|undelete|update|upload|up"
)
"""Words in names such as markdeletedblock; of words with a common beginning the longer comes first."""
_QUESTIONS = re.compile(r"(what|why|how (?!do|to|can)|when|difference|my)\b")
_NAME, _SUMMARY, _WORDS_OF_PAGE, _BODY = 2.0, 1.2, 1.0, 0.3
"""Weight of a match by its place, multiplied by the rarity of the word."""
_IN_NAME = 2.5
"""Constant score of a match in the name: "site" is on every page, but not in every name."""
_OTHER_WORD = 0.85
"""Weight of a synonym."""
_BEHIND = 0.75
"""Weight of a word after a preposition."""
_PART_OF_CODE = 0.2
_DEFINED = 4.0
"""Score of an article that explains a code in a table."""
_LIKELY_KIND = 1.4
"""Factor for articles when the query is a question, and for methods otherwise."""
_NO_WORDS_OF_NAMES = frozenset({"get", "mark", "is", "by", "for", "the", "of", "and", "a", "an", "in", "to", "id"})


class SearchHit(NamedTuple):
    """A page and its score; higher is better."""

    page: DocPage
    score: float


class Search:
    """A search index of pages. Thread-safe."""

    def __init__(self, pages: Iterable[DocPage]) -> None:
        self._pages = {page.key: page for page in pages}
        self._by_lower_key = {key.lower(): page for key, page in self._pages.items()}
        names = {page.key: _name(page) for page in self._pages.values()}
        self._lengths = {key: max(1, len(set(name.split()) - _NO_WORDS_OF_NAMES)) for key, name in names.items()}
        self._codes = {p.key: _codes(p) for p in self._pages.values() if p.kind is not PageKind.METHOD}
        self._index = FullTextIndex(
            ("name", "summary", "words", "body"),
            {p.key: (names[p.key], p.summary, p.words, _split(p.text)) for p in self._pages.values()},
        )

    def close(self) -> None:
        """Drop the index."""
        self._index.close()

    def find(self, query: str, *, kinds: Sequence[PageKind] = (), most: int = 10) -> list[SearchHit]:
        """Return the pages that match a query, best first.

        Args:
            query: words, a question, a method name or an error code.
            kinds: restrict to these kinds; empty means all.
            most: largest number of results.

        """
        scores: dict[str, float] = {}
        named: dict[str, int] = {}
        for word, weight in _words(query).items():
            for key, (in_name, score) in self._score_of(word).items():
                scores[key] = scores.get(key, 0.0) + weight * score
                named[key] = named.get(key, 0) + in_name
                if word in self._codes.get(key, ()):
                    scores[key] += _DEFINED
        methods_first = _QUESTIONS.match(query.strip().lower()) is None
        found = []
        for key, score in scores.items():
            page = self._pages[key]
            if not kinds or page.kind in kinds:
                # A name without further words fits better than a longer one.
                is_method = page.kind is PageKind.METHOD
                fit = 0.5 + min(1.0, named[key] / self._lengths[key]) if is_method else 1.0
                likely = is_method is methods_first
                found.append(SearchHit(page, score * fit * (_LIKELY_KIND if likely else 1.0)))
        exact = self._by_lower_key.get(query.strip().lower())
        if exact is not None and (not kinds or exact.kind in kinds):
            found = [SearchHit(exact, float("inf")), *(hit for hit in found if hit.page is not exact)]
        return sorted(found, key=lambda hit: (-hit.score, hit.page.key))[:most]

    def _score_of(self, word: str) -> dict[str, tuple[bool, float]]:
        """Return for each page whether the word or a synonym is in its name, and the score."""
        scores = self._match(word)
        for group in _SYNONYMS:
            for other in group.split() if word in group.split() else ():
                for key, (in_name, score) in self._match(other).items():
                    scores[key] = max(scores.get(key, (False, 0.0)), (in_name, _OTHER_WORD * score))
        return scores

    def _match(self, word: str) -> dict[str, tuple[bool, float]]:
        return {
            key: (
                name > 0,
                _IN_NAME * (name > 0) + _NAME * name + _SUMMARY * summary + _WORDS_OF_PAGE * words + _BODY * body,
            )
            for key, (name, summary, words, body) in self._index.match(word).items()
        }


def _split(text: str) -> str:
    """Split camel case into words: getPublicUrl -> get Public Url."""
    return _CAMEL.sub(" ", text)


def _name(page: DocPage) -> str:
    """Return the words of a name. In landing.landing.add the first `landing` is dropped and the second means a page."""
    if page.kind is not PageKind.METHOD:
        return page.title.lower()
    name = (
        page.key.removeprefix(OWN).removeprefix("landing.").replace("landing.", "page ").replace("UnDelete", "Undelete")
    )
    parts = [word.lower() for word in _split(name.replace(".", " ")).split()]
    return " ".join(piece for part in parts for piece in _taken_apart(part))


def _codes(page: DocPage) -> frozenset[str]:
    """Return the codes in the tables of a page, in lower case."""
    rows = "".join(line for line in page.text.splitlines() if line.startswith("|"))
    return frozenset(code.lower() for code in re.findall(r"`([A-Za-z]+_\w+)`", rows))


def _taken_apart(word: str) -> list[str]:
    """Split a name written without capitals: markdeletedblock -> mark deleted block."""
    return _RUN_TOGETHER.findall(word) if re.fullmatch(f"(?:{_RUN_TOGETHER.pattern})+", word) else [word]


def _words(query: str) -> dict[str, float]:
    """Return the significant words of a query and their weights.

    Words after "of" or "on" weigh less: "pages of a site" is about pages. A code such as TYPE_ERROR weighs as a whole,
    its parts little. Of several synonyms only the first counts.
    """
    found: dict[str, float] = {}
    weight = 1.0
    for name in _WORD.findall(query):
        parts = [word.lower() for word in re.split(r"[._ ]", _split(name)) if word]
        if "_" in name:
            found[name.lower()] = 1.0
        for part in parts:
            weight = _BEHIND if part in _PREPOSITIONS else weight
            if part not in _STOP and not any(_means(part, known) for known in found):
                found[part] = _PART_OF_CODE if "_" in name else weight
    return found or {word.lower(): 1.0 for word in _WORD.findall(query)}


def _means(word: str, other: str) -> bool:
    return word != other and any({word, other} <= set(group.split()) for group in _SYNONYMS)
