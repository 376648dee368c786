"""Shapes of ids in addresses."""

from typing import Annotated

from fastapi import Path, Query

from forum.core.text import MAX_ID

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
After = Annotated[str | None, Query(max_length=200)]
