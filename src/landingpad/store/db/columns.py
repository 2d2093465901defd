"""What the tables have in common."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself in SQLite
"""Type of every id."""
Time = BigInteger
"""Type of every moment: milliseconds since the epoch."""


def id_column() -> Column[int]:
    """The id of a row."""
    return Column("id", Id, primary_key=True)


def portal_column() -> Column[int]:
    """The portal that a row belongs to."""
    return Column("portal_id", Id, ForeignKey("portals.id", ondelete="CASCADE"), nullable=False)
