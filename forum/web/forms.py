"""Reading forms: the same pydantic input as everywhere, with one sentence for each field that needs another look."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from forum.core.errors import Invalid

M = TypeVar("M", bound=BaseModel)
MAX_FIELDS = 200
MAX_FILES = 4
FORM_KEY = "form_key"
PREVIEW = "preview"
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """`values` is what was typed, kept whatever happens. `data` exists only when every field is fine."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    parsed: M | None = None
    key: str = ""
    preview: bool = False

    @property
    def ok(self) -> bool:
        return self.parsed is not None and not self.preview

    @property
    def data(self) -> M:
        if self.parsed is None:
            raise Invalid(self.errors)
        return self.parsed

    def refused(self, errors: dict[str, str]) -> "Form[M]":
        """The same form, sent back because an action found fault."""
        return Form(self.values, errors, None, new_key(), self.preview)


def blank(**values: str) -> Form[Any]:
    """A form nobody has filled in yet."""
    return Form(values, key=new_key())


def new_key() -> str:
    """One-time name of a form, so that a double press makes one thing."""
    return secrets.token_urlsafe(18)


def posted(model: type[M]) -> Any:
    """Dependency that reads the request's form into `model`."""

    async def read(request: Request) -> Form[M]:
        return parse(model, await request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES))

    return Depends(read)


def parse(model: type[M], form: FormData) -> Form[M]:
    values = {name: value for name, value in form.items() if isinstance(value, str)}
    lists = {name: form.getlist(name) for name in model.model_fields if _is_list(model, name)}
    key = _NOT_IN_KEYS.sub("", values.pop(FORM_KEY, "")[:64])
    preview = bool(values.pop(PREVIEW, ""))
    known = {name: value for name, value in values.items() if name in model.model_fields and name not in lists}
    try:
        return Form(values, {}, model.model_validate({**known, **lists}), key, preview)
    except ValidationError as error:
        return Form(values, sentences(error), None, key, preview)


def _is_list(model: type[BaseModel], name: str) -> bool:
    return getattr(model.model_fields[name].annotation, "__origin__", None) is list


def sentences(error: ValidationError) -> dict[str, str]:
    """One sentence a field, from pydantic's findings."""
    found: dict[str, str] = {}
    for item in error.errors():
        name = str(item["loc"][0]) if item["loc"] else "form"
        found.setdefault(name, _sentence(item["type"], item.get("ctx", {}), item["msg"]))
    return found


_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda ctx: "Fill this in to go on.",
    "string_too_short": lambda ctx: (
        "Fill this in to go on." if ctx["min_length"] == 1 else f"Write at least {ctx['min_length']} characters."
    ),
    "string_too_long": lambda ctx: f"Shorten this to {ctx['max_length']:,} characters.",
    "too_short": lambda ctx: _SENTENCES["string_too_short"](ctx),
    "too_long": lambda ctx: (
        f"Choose at most {ctx['max_length']}." if ctx["field_type"] == "List" else _SENTENCES["string_too_long"](ctx)
    ),
    "enum": lambda ctx: "Choose one of the options.",
    "literal_error": lambda ctx: "Choose one of the options.",
    "int_parsing": lambda ctx: "Write a whole number.",
    "greater_than_equal": lambda ctx: "Choose one of the options.",
    "less_than_equal": lambda ctx: "That number is too large.",
    "date_from_datetime_parsing": lambda ctx: "Write a date such as 2027-02-03.",
    "date_parsing": lambda ctx: "Write a date such as 2027-02-03.",
}


def _sentence(kind: str, ctx: dict[str, Any], message: str) -> str:
    if kind in _SENTENCES:
        return _SENTENCES[kind](ctx)
    if kind == "value_error":
        return str(ctx.get("error", message))
    return "This needs another look."


def uploaded(name: str, limit: int) -> Any:
    """Dependency: the bytes of one uploaded file, cut one byte past the limit. Raises Invalid without a file."""

    async def read(request: Request) -> bytes:
        form = await request.form(max_fields=MAX_FIELDS, max_files=1)
        file = form.get(name)
        if not isinstance(file, UploadFile):
            raise Invalid({name: "Choose a picture first."})
        return await file.read(limit + 1)

    return Depends(read)


def perhaps_uploaded(name: str, limit: int) -> Any:
    """The same where a file is one way of several; empty without one."""

    async def read(request: Request) -> bytes:
        form = await request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES)
        file = form.get(name)
        return await file.read(limit + 1) if isinstance(file, UploadFile) else b""

    return Depends(read)
