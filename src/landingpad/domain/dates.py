"""Dates on the wire: the regional format of the portal, not ISO."""

from datetime import UTC, datetime, tzinfo

_NOON = 12
_READ = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%Y-%m-%d %H:%M:%S",
)


def wire_date(ms: int | None, zone: tzinfo) -> str | None:
    """Format a moment as `04/20/2020 12:48:10 pm`. None stays None."""
    if ms is None:
        return None
    moment = datetime.fromtimestamp(ms / 1000, zone)
    return moment.strftime("%m/%d/%Y %I:%M:%S ") + ("am" if moment.hour < _NOON else "pm")  # noon


def parse_date(text: str, zone: tzinfo) -> int | None:
    """Parse a date in the portal's format, the European one or ISO; return milliseconds, or None if none fits."""
    text = text.strip()
    for form in _READ:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
        return int(moment.timestamp() * 1000)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).timestamp() * 1000)
