"""Runs migrations on the connection that `crmcore_sql.migrating` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
