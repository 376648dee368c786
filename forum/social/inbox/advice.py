"""Wait or join: what the playbook says of a thread, with its reason (SOCIAL 6.4). A person decides. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.social.inbox.influence import SECOND_READER

GRACE = timedelta(minutes=30)
TOGETHER = timedelta(days=7)
"""Two people within this time, and we join."""
MANY = 3
_SHARP = re.compile(
    r"\b(?:useless|pathetic|disgrace\w*|liars?|lying|scam\w*|thieves|rip.?off|incompetent|joke of a|worst|idiots?|shame on)\b",
    re.I,
)
_ANGRY = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the playbook, as the list and the note say it."""

    label: str
    title: str
    tone: str
    icon: str
    urgency: int
    """0 to 3: what stands first in the list."""


LINES = {
    "A": Line("Answer now", "Answer now", "bad", "send", 2),
    "A0": Line("Wait a little", "Wait a little", "", "timer", 1),
    "W": Line("Waiting for them", "Their turn", "", "clock", 0),
    "A1": Line("Peers are answering", "Bring it in, with thanks", "ok", "hand-heart", 1),
    "A2": Line("Details arrived", "Bring it in", "accent", "message-circle-plus", 2),
    "A3": Line("Offer to go private", "One polite offer to go private", "warn", "lock-keyhole", 2),
    "A4": Line("Second reader", "Answer soon, with a second reader", "bad", "eye", 3),
    "B": Line("Observe", "Wait and watch", "", "eye", 0),
    "B2": Line("Join now", "Join now", "bad", "compass", 3),
    "B3": Line("Part of an incident", "Answer as one incident", "bad", "activity", 3),
}


@dataclass(frozen=True, slots=True)
class Facts:
    now: datetime
    asked_at: datetime
    addressed: bool
    influence: int
    people: tuple[str, ...] = ()
    """Distinct people with the same within seven days, whoever said it first in front."""
    answers: int = 0
    """By people who are neither the asker nor us."""
    works: bool = False
    """The asker says that an answer worked."""
    ours: bool = False
    facts: bool = False
    """The asker wrote again after we asked."""
    sharp: bool = False
    incident: bool = False
    by_hand: bool = False
    """The network lets nobody reply through us here."""


@dataclass(frozen=True, slots=True)
class Advice:
    code: str
    why: str


def sharp(texts: list[str]) -> bool:
    """Angry words, or several posts in capitals: a tone to meet calmly, never a reason to be ignored."""
    shouting = sum(text.isupper() and len(text) > 20 for text in texts)
    return sum(len(_SHARP.findall(text)) for text in texts) + shouting >= _ANGRY


def advise(facts: Facts) -> Advice:
    """The first line that fits, the gravest first."""
    if facts.incident or len(facts.people) >= MANY:
        return Advice(
            "B3", f"{len(facts.people)} people say the same. Handle it as one incident, and write to each of them once."
        )
    if len(facts.people) >= 2:
        first, second = facts.people[:2]
        return Advice("B2", f"Two people have this within seven days. Write to {first} first, then to {second}.{_hand(facts)}")
    if facts.influence >= SECOND_READER:
        return Advice(
            "A4", f"It reaches far ({facts.influence} of 100), so a second person reads the reply. The remedy is the same."
        )
    if facts.sharp:
        return Advice("A3", "The tone is sharp. Offer once, politely, to go on in private; if they have a point, put it right.")
    return _addressed(facts) if facts.addressed else _overheard(facts)


def _addressed(facts: Facts) -> Advice:
    if facts.facts:
        return Advice("A2", "They told us more. Bring it in as a question, or go private if it needs their account.")
    if facts.works or facts.answers:
        helped = "and it worked" if facts.works else "already"
        return Advice("A1", f"Somebody answered {helped}. Check it, bring it in, and thank them by name.")
    if facts.ours:
        return Advice("W", "We have answered. Now it is their turn.")
    over = facts.asked_at + GRACE
    if facts.now < over:
        return Advice("A0", f"They asked us by name. Until {over:%H:%M} UTC somebody may solve it first; nothing in haste.")
    return Advice(
        "A", f"They asked us by name, and nobody has answered in half an hour. Say sorry and ask one question.{_hand(facts)}"
    )


def _overheard(facts: Facts) -> Advice:
    if facts.answers:
        return Advice("A1", "They spoke about us, not to us, and peers are answering. Bring it in if it helps others.")
    return Advice("B", f"They spoke about us, not to us. Watch for 48 hours; answer only if we can help at once.{_hand(facts)}")


def _hand(facts: Facts) -> str:
    return " A reply has to be posted by hand there." if facts.by_hand else ""
