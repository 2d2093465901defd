"""Column types and helpers shared by all tables."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Table

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite auto-increments only INTEGER
"""Type of every id."""
Time = BigInteger
"""Type of every moment: milliseconds since the epoch."""


def id_column() -> Column[int]:
    """Return the id column of a table."""
    return Column("id", Id, primary_key=True)


def portal_column() -> Column[int]:
    """Return the column for the portal of a row."""
    return Column("portal_id", Id, ForeignKey("portals.id", ondelete="CASCADE"), nullable=False)


def state_tables() -> list[Table]:
    """Return the tables of snapshots and exports, each after the tables it refers to: all but the queue of jobs."""
    return [table for table in metadata.sorted_tables if not table.info.get("is_queue")]
