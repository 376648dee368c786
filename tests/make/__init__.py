"""Builders: `from tests import make`, then `make.answer(session)`."""

from tests.make.community import community, everybody
from tests.make.content import answer, comment, section, topic
from tests.make.people import admin, agent, member, moderator
from tests.make.programme import offer, offer_form, season, vip
from tests.make.recognition import recognition

__all__ = [
    "admin",
    "agent",
    "answer",
    "comment",
    "community",
    "everybody",
    "member",
    "moderator",
    "offer",
    "offer_form",
    "recognition",
    "season",
    "section",
    "topic",
    "vip",
]
