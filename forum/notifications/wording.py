"""The sentence of each notice, for the list and for the mail."""

from dataclasses import dataclass

from forum.models import NoticeKind


@dataclass(frozen=True, slots=True)
class Wording:
    """`sentence` takes the actor's name, and the topic's title or else the notice's own."""

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
    NoticeKind.badge: Wording("{title}", "award", "ok", "mail_recognition"),
    NoticeKind.thanks: Wording("{who} thanks you for your answer to “{title}”", "heart", "ok", "mail_recognition"),
    NoticeKind.outcome: Wording("Did it help? Tell us how “{title}” went", "circle-question-mark", "", "mail_answers"),
    NoticeKind.privilege: Wording("{title}", "key-round", "", ""),
    NoticeKind.points: Wording("{title}", "info", "", ""),
    NoticeKind.invitation: Wording("You may know the answer to “{title}”", "hand", "accent", "mail_recognition"),
    NoticeKind.perk: Wording("{title}", "ticket", "accent", "mail_recognition"),
    NoticeKind.nomination: Wording("{title}", "award", "accent", "mail_recognition"),
    NoticeKind.endorsement: Wording("{title}", "award", "ok", "mail_recognition"),
    NoticeKind.mentoring: Wording("{title}", "graduation-cap", "", "mail_recognition"),
    NoticeKind.season: Wording("{title}", "award", "accent", "mail_recognition"),
    NoticeKind.quiet: Wording("{title}", "clock", "", ""),
    NoticeKind.impact: Wording("{title}", "activity", "", "mail_recognition"),
    NoticeKind.edit: Wording("{title}", "square-pen", "", ""),
    NoticeKind.account: Wording("{title}", "link-2", "", "mail_mentions"),
    NoticeKind.channel: Wording("{title}", "key-round", "warn", "mail_mentions"),
    NoticeKind.share: Wording("{title}", "share-2", "warn", ""),
}
