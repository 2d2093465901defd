"""Run by alembic inside the transaction that `store.migrate` gives it."""

from alembic import context

from landingpad.store import app_tables, preview_tables, rights_tables, tables, web_tables  # noqa: F401  # they fill the metadata
from landingpad.store.columns import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the transaction is ours: all migrations happen, or none
)
context.run_migrations()
