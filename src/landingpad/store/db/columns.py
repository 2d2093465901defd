"""Column types and helpers shared by all tables."""

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, Integer, MetaData, Table, event, text

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


def partial_index(name: str | None, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows that satisfy a condition.

    SQLAlchemy imports the dialect of PostgreSQL for a condition, so that one is added only before tables are made.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={"where": where})


@event.listens_for(metadata, "before_create")
def _add_conditions(_metadata: MetaData, connection: Connection, **_more: object) -> None:
    if connection.dialect.name == "postgresql":
        for table in metadata.tables.values():
            for index in table.indexes:
                if "where" in index.info:
                    index.dialect_options["postgresql"]["where"] = text(index.info["where"])


def state_tables() -> list[Table]:
    """Return the tables of snapshots and exports, each after the tables it refers to: all but the queue of jobs."""
    return [table for table in metadata.sorted_tables if not table.info.get("is_queue")]
