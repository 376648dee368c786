"""Builders: `from tests import make`, then `make.answer(session)`."""

from tests.make.content import answer, comment, section, topic
from tests.make.people import admin, agent, member, moderator

__all__ = ["admin", "agent", "answer", "comment", "member", "moderator", "section", "topic"]
