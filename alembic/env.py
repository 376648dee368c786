"""Runs migrations on the connection that forum.core.migrations hands over."""

from typing import Any

from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import forum.models  # noqa: F401  (all tables)
from alembic import context


def render(kind: str, item: Any, _context: Any) -> Any:
    """Plain SQLAlchemy types, so that a migration never depends on ours."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.Text()"
    if kind == "type" and type(item).__name__ == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(_context: Any, _column: Any, _metadata: Any, inspected: Any, declared: Any) -> bool | None:
    """SQLite keeps aware times as text; there the declared type is what counts."""
    if type(declared).__name__ == "UTCDateTime":
        return False
    return None


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_item=render,
    compare_type=compare_type,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
if connection.dialect.name == "postgresql":
    connection.exec_driver_sql("SET lock_timeout = '3s'")
with context.begin_transaction():
    context.run_migrations()
