"""Who may do what: one table. Any row grants; every rule in the row must hold. Rules query nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from forum.core import clock
from forum.models.accounts import Role
from forum.models.topics import Audience, PostKind, PostState, TopicKind, TopicState
from forum.policy.actor import Actor
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.policy.privileges import AFTER_GUIDE, SUSPENDED, Privilege, held, thresholds

Rule = Callable[[Actor, About], bool]
STAFF_ACCEPTS_AFTER = timedelta(days=7)
EXPERT_FROM = 2_000


def signed_in(actor: Actor, about: About) -> bool:
    return actor.signed_in


def confirmed(actor: Actor, about: About) -> bool:
    return actor.signed_in and actor.confirmed


def in_good_standing(actor: Actor, about: About) -> bool:
    return actor.suspended_until is None or actor.suspended_until <= clock.now()


def moderator(actor: Actor, about: About) -> bool:
    return actor.is_moderator


def not_an_agent(actor: Actor, about: About) -> bool:
    """Agents speak for the company, so their tick waits for the asker's; moderators' and admins' does not."""
    return actor.role != Role.agent


def staff(actor: Actor, about: About) -> bool:
    return actor.is_staff


def not_staff(actor: Actor, about: About) -> bool:
    """Somebody has to look after the place: staff give up their role first."""
    return not actor.is_staff


def volunteers(actor: Actor, about: About) -> bool:
    """Staff write the page itself, and have nobody to propose it to."""
    return not actor.is_staff


def admin(actor: Actor, about: About) -> bool:
    return actor.is_admin


def can_see_topic(actor: Actor, about: About) -> bool:
    if about.topic is None:
        return True
    audience = about.topic.audience
    if audience == Audience.public:
        return True
    if audience == Audience.members:
        return actor.signed_in
    if audience == Audience.staff:
        return actor.is_staff
    return actor.is_moderator or asked_it(actor, about)


def can_see_post(actor: Actor, about: About) -> bool:
    if about.post is None:
        return True
    if about.post.kind == PostKind.note:
        return actor.is_staff
    if about.post.state == PostState.visible:
        return True
    return actor.is_moderator or (actor.signed_in and about.post.author_id == actor.id)


def asked_it(actor: Actor, about: About) -> bool:
    return actor.signed_in and about.topic is not None and about.topic.author_id == actor.id


def owns_it(actor: Actor, about: About) -> bool:
    return actor.signed_in and about.owner_id == actor.id


def wrote_it(actor: Actor, about: About) -> bool:
    return actor.signed_in and about.post is not None and about.post.author_id == actor.id


def someone_elses(actor: Actor, about: About) -> bool:
    return about.post is None or about.post.author_id is None or about.post.author_id != actor.id


def expert(actor: Actor, about: About) -> bool:
    return actor.reputation >= EXPERT_FROM


def somebody_else(actor: Actor, about: About) -> bool:
    return about.owner_id is None or about.owner_id != actor.id


def is_open(actor: Actor, about: About) -> bool:
    return about.topic is None or about.topic.state not in (TopicState.closed, TopicState.archived)


def is_visible(actor: Actor, about: About) -> bool:
    return about.post is None or about.post.state == PostState.visible


def is_answer(actor: Actor, about: About) -> bool:
    return about.post is None or about.post.kind == PostKind.answer


def can_be_voted(actor: Actor, about: About) -> bool:
    return about.post is None or about.post.kind in (PostKind.answer, PostKind.question)


def is_content(actor: Actor, about: About) -> bool:
    """Questions and answers are everybody's to better; a comment is one person's word."""
    return about.post is None or about.post.kind in (PostKind.question, PostKind.answer)


def not_a_note(actor: Actor, about: About) -> bool:
    return about.post is None or about.post.kind != PostKind.note


def not_archived(actor: Actor, about: About) -> bool:
    return about.topic is None or about.topic.state != TopicState.archived


def has_solutions(actor: Actor, about: About) -> bool:
    return about.topic is None or about.topic.kind == TopicKind.question


def waited_a_week(actor: Actor, about: About) -> bool:
    return about.topic is not None and clock.now() - about.topic.created_at >= STAFF_ACCEPTS_AFTER


@dataclass(frozen=True)
class Holds:
    """Reputation opened this privilege, or a role did."""

    privilege: Privilege

    def __call__(self, actor: Actor, about: About) -> bool:
        return actor.holds(self.privilege)

    def unlocked_by(self, actor: Actor) -> str:
        """What is missing, in points."""
        if f"{SUSPENDED}{self.privilege}" in held(actor.privileges):
            return "A moderator has paused this for you for a while. Your profile says until when and why."
        needed = thresholds(actor.thresholds)[self.privilege]
        if self.privilege in AFTER_GUIDE and actor.reputation >= needed:
            return "You can {act} once you have finished the answering guide and its eight questions."
        return (
            f"You can {{act}} from {needed:,} points; you have {actor.reputation:,}. Points come when your answers help somebody."
        )


MEMBER: list[Rule] = [signed_in, confirmed, in_good_standing]
SEES: list[Rule] = [can_see_topic, can_see_post]
MODERATES: list[Rule] = [*MEMBER, moderator]
WORKS_HERE: list[Rule] = [*MEMBER, staff]

RULES: dict[Permission, list[list[Rule]]] = {
    Permission.topic_read: [SEES],
    Permission.topic_ask: [MEMBER],
    Permission.topic_follow: [[signed_in, *SEES]],
    Permission.topic_me_too: [[in_good_standing, has_solutions, is_open, *SEES]],
    Permission.topic_help_said: [[in_good_standing, has_solutions, *SEES]],
    Permission.topic_needs_info: [[*MODERATES, has_solutions, is_open, *SEES]],
    Permission.topic_reopen: [[*MODERATES, *SEES]],
    Permission.topic_close: [[*MODERATES, *SEES], [*MEMBER, asked_it, *SEES]],
    Permission.topic_link_duplicate: [
        [*MODERATES, *SEES],
        [*MEMBER, asked_it, *SEES],
        [*MEMBER, Holds(Privilege.link_duplicate), *SEES],
    ],
    Permission.duplicate_confirm: [
        [*MEMBER, asked_it, *SEES],
        [*MEMBER, Holds(Privilege.confirm_duplicates), somebody_else, *SEES],
    ],
    Permission.topic_merge: [[*MODERATES, has_solutions, *SEES]],
    Permission.answer_post: [[*MEMBER, is_open, *SEES]],
    Permission.answer_accept: [
        [*MEMBER, asked_it, is_answer, is_visible, has_solutions, *SEES],
        [*MODERATES, not_an_agent, is_answer, is_visible, has_solutions, *SEES],
        [*WORKS_HERE, waited_a_week, is_answer, is_visible, has_solutions, *SEES],
    ],
    Permission.answer_mark: [[*MEMBER, someone_elses, is_answer, is_visible, *SEES]],
    Permission.answer_credit: [[*MEMBER, asked_it, someone_elses, is_answer, is_visible, has_solutions, *SEES]],
    Permission.answer_thank: [[*MEMBER, someone_elses, is_answer, is_visible, *SEES]],
    Permission.thanks_see_missing: [WORKS_HERE],
    Permission.routing_see: [WORKS_HERE],
    Permission.thanks_own: [[signed_in, owns_it]],
    Permission.answer_verify: [[*WORKS_HERE, is_answer, is_visible, has_solutions, *SEES]],
    Permission.comment_post: [[*MEMBER, is_open, is_visible, *SEES]],
    Permission.note_post: [[*WORKS_HERE, *SEES]],
    Permission.post_edit: [
        [*MEMBER, wrote_it, is_visible, is_open, *SEES],
        [*MODERATES, is_visible, *SEES],
        [*MEMBER, Holds(Privilege.edit_others), is_visible, is_open, is_content, *SEES],
    ],
    Permission.edit_suggest: [
        [*MEMBER, someone_elses, Holds(Privilege.suggest_edit), is_visible, is_open, is_content, *SEES],
    ],
    Permission.edit_decide: [
        [*MEMBER, wrote_it, somebody_else, is_visible, *SEES],
        [*MODERATES, somebody_else, is_visible, *SEES],
        [*MEMBER, Holds(Privilege.edit_others), somebody_else, is_visible, is_content, *SEES],
    ],
    Permission.edit_withdraw: [[signed_in, owns_it]],
    Permission.edits_see: [MODERATES],
    Permission.post_history: [SEES],
    Permission.post_vote: [
        [*MEMBER, someone_elses, can_be_voted, is_visible, Holds(Privilege.vote_helpful), *SEES],
        [*MEMBER, someone_elses, can_be_voted, is_visible, asked_it, *SEES],
    ],
    Permission.post_vote_down: [
        [*MEMBER, someone_elses, can_be_voted, is_visible, Holds(Privilege.vote_not_helpful), *SEES],
        [*MEMBER, someone_elses, can_be_voted, is_visible, asked_it, *SEES],
    ],
    Permission.votes_split: [[*MEMBER, Holds(Privilege.see_split), *SEES], [*SEES, wrote_it]],
    Permission.tag_make: [[*MEMBER, Holds(Privilege.new_tag)]],
    Permission.link_freely: [[*MEMBER, Holds(Privilege.add_picture)]],
    Permission.post_withdraw: [[*MEMBER, wrote_it, *SEES]],
    Permission.post_remove: [[*MODERATES, *SEES]],
    Permission.post_flag: [[*MEMBER, someone_elses, not_a_note, is_visible, *SEES]],
    Permission.review_give: [[*MEMBER, Holds(Privilege.review_queue), *SEES]],
    Permission.review_decide: [[*MODERATES, *SEES]],
    Permission.topic_vote_state: [[*MEMBER, Holds(Privilege.close_vote), not_archived, *SEES]],
    Permission.findings_judge: [MODERATES],
    Permission.post_convert: [[*MODERATES, is_visible, *SEES]],
    Permission.image_upload: [[*MEMBER, Holds(Privilege.add_picture)]],
    Permission.draft_keep: [[signed_in]],
    Permission.account_leave: [[signed_in, not_staff]],
    Permission.account_own: [[signed_in]],
    Permission.volunteer_invite: [[*MEMBER, Holds(Privilege.invite_volunteer), has_solutions, is_open, *SEES]],
    Permission.synonym_propose: [[*MEMBER, Holds(Privilege.propose_synonym)]],
    Permission.synonym_decide: [WORKS_HERE],
    Permission.defect_confirm: [[*WORKS_HERE, not_a_note, is_visible, *SEES]],
    Permission.defects_see: [WORKS_HERE],
    Permission.preview_report: [MEMBER],
    Permission.triage: [WORKS_HERE],
    Permission.account_claim: [MEMBER],
    Permission.share_write: [WORKS_HERE],
    Permission.share_approve: [WORKS_HERE],
    Permission.share_delegated: [MEMBER],
    Permission.delegation_manage: [[*MEMBER, admin]],
    Permission.rule_manage: [WORKS_HERE],
    Permission.incident_decide: [WORKS_HERE],
    Permission.lexicon_manage: [[*MEMBER, admin]],
    Permission.case_answer: [WORKS_HERE],
    Permission.channel_manage: [[*MEMBER, admin]],
    Permission.resolution_write: [[*WORKS_HERE, *SEES]],
    Permission.article_propose: [[*MEMBER, volunteers, Holds(Privilege.propose_article), has_solutions, *SEES]],
    Permission.article_withdraw: [[signed_in, owns_it]],
    Permission.votes_judge: [MODERATES],
    Permission.badge_manage: [[*MEMBER, admin]],
    Permission.badge_give: [[*MEMBER, expert, somebody_else]],
    Permission.admin_see: [[*MEMBER, admin]],
    Permission.ledger_export: [[signed_in, owns_it]],
    Permission.recognition_manage: [[*MEMBER, admin]],
    Permission.points_adjust: [[*WORKS_HERE]],
    Permission.member_endorse: [[*MEMBER, Holds(Privilege.endorse)]],
    Permission.mentoring: [MEMBER],
    Permission.mentor_offer: [[*MEMBER, Holds(Privilege.mentor)]],
    Permission.member_manage: [[*MEMBER, admin]],
    Permission.programme_run: [WORKS_HERE],
    Permission.programme_rules: [[*MEMBER, admin]],
    Permission.nominate: [MEMBER],
    Permission.credential_ask: [MEMBER],
    Permission.credential_revoke: [[signed_in, owns_it], [*MEMBER, admin]],
}

WAITING_CURES: set[Rule] = {waited_a_week}
"""Of several rows as near, the one that time opens is the one to speak of."""

UNLOCKS: dict[Rule, str] = {
    signed_in: "Sign in or join to {act}.",
    confirmed: "Confirm your e-mail address to {act}. We can send the link again from your settings.",
    in_good_standing: "You can read, but not {act}, while your account is suspended.",
    moderator: "Only moderators can {act}.",
    not_an_agent: "Staff can {act} seven days after it was asked. Until then it is the asker's word.",
    not_staff: "Staff give up their role first, so that somebody is left to look after this place.",
    staff: "Only staff can {act}.",
    volunteers: "Staff write resolutions themselves. You find “Write a resolution” below the answers.",
    admin: "Only administrators can {act}.",
    asked_it: "Only the person who asked can {act}.",
    owns_it: "Only the owner can {act}.",
    wrote_it: "Only the person who wrote it can {act}.",
    someone_elses: "You cannot {act} on your own post.",
    expert: f"You can {{act}} from {EXPERT_FROM:,} reputation on.",
    somebody_else: "You cannot {act} to yourself.",
    is_open: "This topic is closed. Ask a new question and link to it.",
    is_visible: "This post was taken back, so you cannot {act} here.",
    is_answer: "You can {act} only where there is an answer.",
    is_content: "Only questions and answers can be edited by others.",
    not_a_note: "Notes are for staff, who can speak to each other.",
    not_archived: "This topic is kept for reading. Ask a new question and link to it.",
    can_be_voted: "Only questions and answers take votes.",
    has_solutions: "Topics of this kind have no solutions.",
    waited_a_week: "Staff can {act} seven days after it was asked. Until then it is the asker's word.",
}
