"""Run by alembic inside the transaction that `store.migrate` gives it."""

from alembic import context

from landingpad.store.db.columns import metadata
from landingpad.store.tables import app, preview, rights, site, web  # noqa: F401  # they fill the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the transaction is ours: all migrations happen, or none
)
context.run_migrations()
