"""Opens what a person names: a file, a folder, or either packed with xz. Streams; nothing is unpacked to disk."""

import hashlib
import lzma
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from forum.core.errors import Invalid

MAX_ENTRIES = 10_000
MAX_UNPACKED = 8_000_000_000


def sources(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and bytes of every file, in a stable order."""
    if not path.exists():
        raise Invalid({"file": "There is no such file or folder."})
    if path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file() and not one.is_symlink():
                yield from _file(one, one.relative_to(path).as_posix())
    else:
        yield from _file(path, path.name)


def _file(path: Path, name: str) -> Iterator[tuple[str, IO[bytes]]]:
    if path.name.endswith((".tar.xz", ".tar")):
        yield from _members(path)
    elif path.suffix == ".xz":
        with lzma.open(path, "rb") as packed:
            yield name.removesuffix(".xz"), packed
    else:
        with path.open("rb") as plain:
            yield name, plain


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    total = 0
    with tarfile.open(path, "r|*") as archive:
        for number, member in enumerate(archive, 1):
            total += member.size
            if number > MAX_ENTRIES or total > MAX_UNPACKED:
                raise Invalid({"file": "That archive holds more than we unpack. Unpack it yourself and name the folder."})
            opened = archive.extractfile(member) if member.isfile() else None
            if opened is not None:
                yield member.name, opened


def size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(one.stat().st_size for one in files if one.is_file())


def content_digest(path: Path) -> str:
    """Names the content, whatever the file is called. A folder's digest covers its file names too."""
    made = hashlib.sha256()
    files = sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink()) if path.is_dir() else [path]
    for one in files:
        if path.is_dir():
            made.update(one.relative_to(path).as_posix().encode() + b"\0")
        with one.open("rb") as file:
            made.update(hashlib.file_digest(file, "sha256").digest())
    return made.hexdigest()[:24]
