"""Translation of ids of the recorded portal to ids of this portal."""

from typing import Any

_KIND_OF_KEY = {
    "lid": "page",
    "landing_id": "page",
    "landing_id_index": "page",
    "landing_id_404": "page",
    "landing_id_503": "page",
    "site_id": "site",
    "siteid": "site",
    "block": "block",
    "block_id": "block",
    "after_id": "block",
    "parent_id": "folder",
    "parentid": "folder",
    "folder_id": "folder",
    "folderid": "folder",
    "tosite": "site",
    "toid": "page",
}
_KIND_OF_SPACE = {"landing.site": "site", "landing.landing": "page", "landing.block": "block"}
_BLOCKS_OF_PAGES = ("addblock", "copyblock", "moveblock", "favoriteblock")


class Ids:
    """Learns pairs of ids from answers, and translates ids in later calls."""

    def __init__(self) -> None:
        self._here: dict[tuple[str, str], str] = {}

    def learn(self, method: str, recorded: Any, here: Any) -> None:
        """Learn ids from the recorded and the present result of one call."""
        self._learn(method, "", recorded, here)

    def translated(self, method: str, params: Any) -> Any:
        """Return parameters with ids of this portal."""
        return self._translated(method, "", params)

    def _learn(self, method: str, key: str, recorded: Any, here: Any) -> None:
        if isinstance(recorded, dict) and isinstance(here, dict):
            for name, value in recorded.items():
                if name in here:
                    self._learn(method, str(name), value, here[name])
        elif isinstance(recorded, list) and isinstance(here, list) and len(recorded) == len(here):
            for old, new in zip(recorded, here, strict=True):
                self._learn(method, key, old, new)
        elif _is_id(recorded) and _is_id(here):
            kind = _kind(method, key)
            if kind is not None:
                self._here[kind, str(recorded)] = str(here)

    def _translated(self, method: str, key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._translated(method, str(name) or key, member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._translated(method, key, member) for member in value]
        kind = _kind(method, key) if _is_id(value) else None
        if kind is None:
            return value
        here = self._here.get((kind, str(value)), str(value))
        return int(here) if isinstance(value, int) else here


def _is_id(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isascii() and value.isdigit()
    )


def _kind(method: str, key: str) -> str | None:
    """Return the kind of object whose id a method has under this key, or None if the number is not an id."""
    name = key.lstrip("!@=<>~%").lower()
    if name in _KIND_OF_KEY:
        return _KIND_OF_KEY[name]
    space, _, verb = method.lower().rpartition(".")
    if name not in {"", "id"} and not name.isdigit():
        return None
    if space == "landing.site" and "folder" in verb:
        return "folder"
    if space == "landing.landing" and verb in _BLOCKS_OF_PAGES and name != "id":
        return "block"
    return _KIND_OF_SPACE.get(space, space)
