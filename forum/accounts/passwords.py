"""Passwords: hashing, checking, and which ones are refused. The only file that imports passlib (from libpass)."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

from passlib.context import CryptContext
from passlib.exc import UnknownHashError
from zxcvbn import zxcvbn

from forum.core.errors import Unavailable

MIN_LENGTH = 12
MAX_LENGTH = 256
EASY_GUESSES = 10**8
"""What a patient script tries against a stolen hash in days."""
_OWN_LENGTH = 6
_ESTIMATED = 72
"""The estimate grows steeply with length, so it sees this much and no more."""
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$6Z3TmpOyltK6t3aOsbb2ng$oxi8lGgJlSK0Ylngx5ujqQgzvsT9ESh+/5klV4x0WO8"
"""Of a random password that was thrown away: only its cost matters."""
_AT_ONCE = 2
_PATIENCE_SECONDS = 20


def _check_distribution() -> None:
    """`passlib` itself is unmaintained and breaks with current bcrypt; libpass keeps its import name."""
    version("libpass")
    try:
        version("passlib")
    except PackageNotFoundError:
        return
    raise RuntimeError("Uninstall passlib: libpass provides the same module.")


_check_distribution()
_context = CryptContext(
    schemes=["argon2", "pbkdf2_sha256", "bcrypt"],
    deprecated=["pbkdf2_sha256", "bcrypt"],
    argon2__type="ID",
    argon2__memory_cost=19_456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)
_turns = threading.BoundedSemaphore(_AT_ONCE)


def hash_password(password: str) -> str:
    with _turn():
        return str(_context.hash(password))


def verify(password: str, stored: str) -> tuple[bool, str | None]:
    """Whether it fits, and a new hash when the stored one is of an older kind."""
    with _turn():
        try:
            fits, renewed = _context.verify_and_update(password, stored)
        except (UnknownHashError, ValueError):
            return False, None
    return bool(fits), renewed


def dummy_verify(password: str) -> None:
    """Costs what `verify` costs, for names that nobody has."""
    verify(password, _NOBODYS)


def weakness(password: str, about: Iterable[str]) -> str:
    """One sentence when the password is too easy to guess, else "". `about` is what others know of its owner."""
    if len(password) < MIN_LENGTH:
        return f"Use at least {MIN_LENGTH} characters. A few unrelated words are easy to remember."
    known = [word.lower()[:_ESTIMATED] for word in about if word]
    if _own_part(password.lower(), known) < _OWN_LENGTH:
        return "That is mostly your own name or ours. A few unrelated words work well."
    if zxcvbn(password[:_ESTIMATED], user_inputs=known)["guesses"] < EASY_GUESSES:
        return "That password is on the lists people try first. A few unrelated words work well."
    return ""


def _own_part(password: str, known: list[str]) -> int:
    """How many letters and digits are left without what everybody knows."""
    for word in sorted((word for word in known if len(word) > 2), key=len, reverse=True):
        password = password.replace(word, "")
    return sum(character.isalnum() for character in password)


@contextmanager
def _turn() -> Iterator[None]:
    """Each hash takes 19 MB, so a crowd waits in line instead of filling the memory."""
    if not _turns.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable("Many people are signing in at once. Try again in a minute.")
    try:
        yield
    finally:
        _turns.release()
