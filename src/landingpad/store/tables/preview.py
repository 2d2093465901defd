"""The table of previews (pictures of pages and orders for them), and that of files to delete."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false

from landingpad.store.db.columns import Id, Time, id_column, metadata, partial_index, portal_column

previews = Table(
    "previews",
    metadata,
    id_column(),
    portal_column(),
    Column("page_id", Id, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),
    Column("content_hash", Text, nullable=False),  # of the HTML of the page
    Column("width", Integer, nullable=False),  # of the window in CSS pixels
    Column("height", Integer, nullable=False),
    Column("scale", Integer, nullable=False),  # pixels of the picture per CSS pixel
    Column("color_scheme", Text, nullable=False),
    Column("whole", Boolean, nullable=False, server_default=false()),  # whether it shows the page to its end
    Column(
        "thumbnail", Integer, nullable=False, server_default="0"
    ),  # width of a smaller copy; 0 for the original size
    Column("format", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending, ready, failed
    Column("media_key", Text),  # kept while the picture is retaken
    Column("problem", Text),
    Column("publication", Integer, nullable=False, server_default="0"),  # the last one with this content; 0 for a draft
    Column("priority", Integer, nullable=False, server_default="0"),  # smaller numbers come first
    Column("wanted_at", Time, nullable=False),
    Column("finished_at", Time),
    # Columns of the order. Times are of the machine's clock, never of the portal's.
    Column("claimed_by", Text),  # the worker that is taking it
    Column("claimed_until", Time, nullable=False, server_default="0"),  # extended while the worker is alive
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
    partial_index("ix_previews_waiting", "priority", "id", where="state = 'pending'"),
    Index(None, "media_key"),
    sqlite_autoincrement=True,
)

forgotten_media = Table(
    "forgotten_media",
    metadata,
    Column("media_key", Text, primary_key=True),  # in no row of previews; its file is deleted later
    Column("forgotten_at", Time, nullable=False),
)
