"""Column shapes that every table shares: times, choices with a check, keys with what a delete does."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Text
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from forum.core import clock

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class Table(SQLModel):
    """Base of every table."""


def key(target: str, *, on_delete: str, nullable: bool = False, **more: Any) -> Any:
    """A foreign key that says what happens when its target goes."""
    if nullable:
        more["default"] = None
    return Field(sa_column_args=[ForeignKey(target, ondelete=on_delete)], nullable=nullable, **more)


def choice(name: str, kind: type[StrEnum], default: StrEnum | None = None) -> Any:
    """A StrEnum kept as text; pair it with `one_of` in __table_args__."""
    return Field(
        default=default,
        sa_column=Column(name, String(24), nullable=False, server_default=default and sql(f"'{default.value}'")),
    )


def one_of(name: str, kind: type[StrEnum]) -> CheckConstraint:
    allowed = ", ".join(f"'{item.value}'" for item in kind)
    return CheckConstraint(f"{name} IN ({allowed})", name=name)


def long_text(*, nullable: bool = False) -> Any:
    return Field(default=None if nullable else "", sa_type=Text, nullable=nullable)


def counter() -> Any:
    return Field(default=0, sa_column_kwargs={"server_default": "0"})


def created() -> Any:
    return Field(default_factory=clock.now)


def moment(*, index: bool = False) -> Any:
    """A time that may not have come yet."""
    return Field(default=None, nullable=True, index=index)


Moment = datetime | None
