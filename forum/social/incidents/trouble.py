"""The words of trouble: the file that comes with the forum, and what administrators made of it."""

from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Invalid
from forum.core.events import emit
from forum.models import TroubleWords
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.incidents.events import TroubleWordsChanged

MOST = 400
LONGEST = 40


@cache
def shipped() -> dict[str, tuple[str, ...]]:
    loaded = yaml.safe_load(Path(__file__).with_name("trouble.yaml").read_text())
    return {language: tuple(str(word) for word in words) for language, words in loaded.items()}


def words_by_language(session: Session) -> dict[str, tuple[str, ...]]:
    changed = {row.language: tuple(row.words.splitlines()) for row in session.scalars(select(TroubleWords))}
    return {**shipped(), **changed}


def every_word(session: Session) -> frozenset[str]:
    return frozenset(word.casefold() for words in words_by_language(session).values() for word in words if word)


def lexicon(session: Session, actor: Actor) -> dict[str, tuple[str, ...]]:
    require(actor, Permission.lexicon_manage)
    return words_by_language(session)


def change_words(session: Session, actor: Actor, language: str, typed: str) -> None:
    require(actor, Permission.lexicon_manage)
    words = list(dict.fromkeys(line.strip().casefold() for line in typed.splitlines() if line.strip()))
    if not words:
        raise Invalid({"words": "Keep at least one word, or nothing is ever noticed in this language."})
    if len(words) > MOST or any(not 3 <= len(word) <= LONGEST for word in words):
        raise Invalid({"words": f"At most {MOST} lines, each of 3 to {LONGEST} characters."})
    row = session.scalars(select(TroubleWords).where(col(TroubleWords.language) == language)).first()
    row = row or TroubleWords(language=language)
    row.words, row.changed_by_id, row.changed_at = "\n".join(words), actor.id, clock.now()
    session.add(row)
    emit(session, TroubleWordsChanged(actor.member_id, language))
