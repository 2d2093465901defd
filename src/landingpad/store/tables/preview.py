"""The table of previews: pictures of pages, and the orders for those that are still to be taken."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false, text

from landingpad.store.db.columns import Id, Time, id_column, metadata, portal_column

_WAITING = text("state = 'pending'")

previews = Table(
    "previews",
    metadata,
    id_column(),
    portal_column(),
    Column("page_id", Id, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),
    Column("content_hash", Text, nullable=False),  # of the page that is shown
    Column("width", Integer, nullable=False),  # of the window, in CSS pixels
    Column("height", Integer, nullable=False),
    Column("scale", Integer, nullable=False),  # pixels of the picture for each of these
    Column("color_scheme", Text, nullable=False),
    Column("whole", Boolean, nullable=False, server_default=false()),  # the page to its end
    Column("thumbnail", Integer, nullable=False, server_default="0"),  # width of a smaller copy; 0: as it was taken
    Column("format", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending, ready, failed
    Column("media_key", Text),  # stays while the picture is taken anew
    Column("problem", Text),
    Column("publication", Integer, nullable=False, server_default="0"),  # that showed this content last; 0: a draft
    Column("priority", Integer, nullable=False, server_default="0"),  # the smaller, the sooner
    Column("wanted_at", Time, nullable=False),
    Column("finished_at", Time),
    # The order: times of the machine's own clock, never of the portal's.
    Column("claimed_by", Text),  # worker that takes it now
    Column("claimed_until", Time, nullable=False, server_default="0"),  # unless the worker says that it still lives
    Column("started_at", Time, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", Time, nullable=False, server_default="0"),
    UniqueConstraint(
        "page_id",
        "content_hash",
        "width",
        "height",
        "scale",
        "color_scheme",
        "whole",
        "thumbnail",
        "format",
        name="uq_previews_picture",
    ),
    Index("ix_previews_waiting", "priority", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
    Index(None, "media_key"),
    sqlite_autoincrement=True,
)

forgotten_media = Table(
    "forgotten_media",
    metadata,
    Column("media_key", Text, primary_key=True),  # no picture of a page has it any more; its file goes in a while
    Column("forgotten_at", Time, nullable=False),
)
