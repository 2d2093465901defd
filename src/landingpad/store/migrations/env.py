"""Environment of alembic, run inside the transaction of `store.db.migrate`."""

from alembic import context

from landingpad.store.db.columns import metadata
from landingpad.store.tables import app, jobs, preview, rights, site, web  # noqa: F401  # importing them fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the surrounding transaction makes all migrations atomic
)
context.run_migrations()
