"""The sentence of each notice, for the list and for the mail."""

from dataclasses import dataclass

from forum.models import NoticeKind


@dataclass(frozen=True, slots=True)
class Wording:
    """`sentence` takes the actor's name and the topic's title."""

    sentence: str
    icon: str
    tone: str
    switch: str
    """The member's mail preference that governs it; empty is never mailed."""


WORDINGS: dict[NoticeKind, Wording] = {
    NoticeKind.answer: Wording("{who} answered “{title}”", "message-circle", "", "mail_answers"),
    NoticeKind.comment: Wording("{who} commented on “{title}”", "message-circle", "", ""),
    NoticeKind.mention: Wording("{who} mentioned you in “{title}”", "message-circle", "", "mail_mentions"),
    NoticeKind.accepted: Wording("{who} says your answer solved “{title}”", "circle-check", "ok", "mail_solved"),
    NoticeKind.official: Wording("{who} marked an official answer on “{title}”", "badge-check", "accent", ""),
    NoticeKind.solved: Wording("“{title}” is solved", "circle-check", "ok", "mail_solved"),
    NoticeKind.needs_info: Wording("{who} needs some details on “{title}”", "circle-question-mark", "warn", "mail_answers"),
    NoticeKind.duplicate: Wording("“{title}” was asked before. Did that fix it for you?", "link-2", "", ""),
    NoticeKind.resolution: Wording("You are credited in the resolution of “{title}”", "share-2", "ok", "mail_solved"),
}
