"""Files in the data folder: what members uploaded, and small copies of pictures elsewhere. Written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from forum.core.errors import NotFound, Unavailable
from forum.core.settings import settings


def _path(name: str) -> Path:
    return settings().data_dir / "files" / name[:2] / name


def put(name: str, data: bytes) -> None:
    path = _path(name)
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise Unavailable("We cannot keep files right now. Post without the picture, or try again in a minute.") from None


def get(name: str) -> bytes:
    try:
        return _path(name).read_bytes()
    except OSError:
        raise NotFound("That picture is no longer here.") from None


def exists(name: str) -> bool:
    return _path(name).is_file()


def remove(name: str) -> None:
    """Gone, whether it was there or not."""
    _path(name).unlink(missing_ok=True)
