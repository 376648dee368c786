"""Evidence for badges, as rows: what would take two hundred solved questions to act out."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session, select

from forum.core import clock
from forum.models import (
    Acceptance,
    Activity,
    ExternalAccount,
    ExternalPost,
    Flag,
    FlagReason,
    FlagState,
    LedgerKind,
    MapRole,
    Member,
    MeToo,
    OfferKind,
    Platform,
    Post,
    PostKind,
    PostMap,
    PreviewReport,
    RepEvent,
    ReportState,
    Resolution,
    ReviewItem,
    ReviewKind,
    ReviewOpinion,
    ReviewState,
    Revision,
    Section,
    Share,
    ShareState,
    Tag,
    ThreadLink,
    Topic,
    TopicTag,
    TriageState,
    Verdict,
    VipOffer,
    Vote,
)
from forum.recognition.actions import subject_of
from forum.recognition.badges.sources.shape import VOTE_PATTERN
from forum.recognition.rates import RATES
from tests import make

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
PAST = NOW - timedelta(days=100)
_numbers = count(1)


class Scene:
    """One helper, and whatever they are to have done. `last` is the newest piece, for taking it away."""

    def __init__(self, session: Session) -> None:
        clock.use(lambda: NOW)
        self.session = session
        self.helper = make.member(session, "Hal Helper", joined_at=NOW - timedelta(days=800))
        self.section = make.section(session)
        self.crowd: list[Member] = []
        self.last: RepEvent | Post | None = None
        self.tag = Tag(slug="hub-3")
        self.at = PAST
        session.add(self.tag)
        session.commit()

    def other(self, number: int) -> Member:
        """The nth other person, always the same."""
        while len(self.crowd) <= number:
            name = f"c{next(_numbers)}"
            row = Member(
                handle=name, handle_key=name, name=name, email=f"{name}@x.example", email_key=f"{name}@x.example", joined_at=PAST
            )
            self.session.add(row)
            self.crowd.append(row)
        self.session.flush()
        return self.crowd[number]

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def topic(self, asker: Member | None, **values: Any) -> Topic:
        values.setdefault("created_at", self.at)
        title = "The light is amber"
        section = self.session.get(Section, self.section.id)
        return self.add(Topic(section_id=section.id, title=title, slug="x", author_id=asker.id if asker else None, **values))

    def post(self, topic: Topic, author: Member | None, kind: PostKind = PostKind.answer, **values: Any) -> Post:
        values.setdefault("created_at", topic.created_at + timedelta(hours=30))
        values.setdefault("body", "x")
        return self.add(Post(topic_id=topic.id, author_id=author.id if author else None, kind=kind, html="x", **values))

    def line(self, kind: LedgerKind, member: Member | None = None, **values: Any) -> RepEvent:
        number = next(_numbers)
        values.setdefault("occurred_at", self.at + timedelta(hours=40))
        row = RepEvent(
            idem_key=f"test:{number}",
            subject=subject_of(self.session, (member or self.helper).id),
            kind=kind,
            points=RATES[kind].points,
            capped=RATES[kind].capped,
            earn_day=values["occurred_at"].date(),
            cause_type="test",
            cause_id=number,
            rule_version=2,
            **values,
        )
        self.last = self.add(row)
        return row

    def flip(self, event: RepEvent, kind: LedgerKind = LedgerKind.reversal, reason: str = VOTE_PATTERN) -> None:
        self.add(
            RepEvent(
                idem_key=f"flip:{next(_numbers)}", subject=event.subject, kind=kind, points=0, occurred_at=NOW,
                earn_day=event.earn_day, cause_type="test", cause_id=0, reverses_id=event.id, reason=reason, rule_version=2,
            )
        )  # fmt: skip

    def spoil(self) -> None:
        """The newest piece turns out to be fraud."""
        assert self.last is not None
        if isinstance(self.last, RepEvent):
            self.flip(self.last)
        else:
            author = self.session.get(Member, self.last.author_id) or self.helper
            post = self.last
            self.line(LedgerKind.conduct_spam_upheld, author, post_id=post.id, topic_id=post.topic_id)

    def solution(
        self,
        number: int,
        *,
        asker: Member | None = None,
        wait: timedelta = timedelta(hours=30),
        body: str = "x",
        tag: bool = False,
    ) -> Post:
        topic = self.topic(asker or self.other(number))
        answer = self.post(topic, self.helper, created_at=topic.created_at + wait, body=body)
        if tag:
            self.add(TopicTag(topic_id=topic.id, tag_id=self.tag.id))
        at = max(answer.created_at, self.at) + timedelta(hours=2)
        self.line(LedgerKind.solution_accepted, topic_id=topic.id, post_id=answer.id, occurred_at=at)
        return answer

    def talk(self, answer: Post, author: Member, times: int) -> None:
        for minute in range(times):
            at = answer.created_at + timedelta(minutes=minute + 1)
            self.post(self.session.get_one(Topic, answer.topic_id), author, PostKind.comment, parent_id=answer.id, created_at=at)

    def helpful(self, answer: Post, voter: int, kind: LedgerKind = LedgerKind.answer_helpful) -> None:
        actor = subject_of(self.session, self.other(voter).id)
        self.line(kind, topic_id=answer.topic_id, post_id=answer.id, actor_subject=actor)

    def own_question(self, number: int) -> Post:
        topic = self.topic(self.helper)
        self.last = self.post(topic, self.helper, PostKind.question)
        self.post(topic, self.other(number))
        return self.last

    def tick(self, question: Post) -> None:
        answer = self.session.exec(select(Post).where(Post.topic_id == question.topic_id, Post.kind == "answer")).one()
        at = question.created_at + timedelta(days=2)
        self.add(Acceptance(post_id=answer.id, topic_id=question.topic_id, by_id=self.helper.id, at=at))

    def carried_back(self, number: int) -> None:
        answer = self.solution(number)
        where: dict[str, Any] = {"platform": Platform.mastodon, "host": "toot.example"}
        link = self.add(
            ThreadLink(
                **where, root_ext_id=str(number), topic_id=answer.topic_id, state=TriageState.published,
                first_post_at=PAST, last_post_at=PAST,
            )
        )  # fmt: skip
        page = self.add(Resolution(topic_id=answer.topic_id, question="q", slug="q", answer="a"))
        self.add(Share(resolution_id=page.id, thread_id=link.id, state=ShareState.posted, dedup_key=f"{page.id}-{link.id}"))

    def from_elsewhere(self, number: int, language: str) -> None:
        answer = self.solution(number)
        where: dict[str, Any] = {"platform": Platform.mastodon, "host": "toot.example"}
        account = self.add(ExternalAccount(**where, ext_id=f"a{number}{language}", handle="x"))
        link = self.add(
            ThreadLink(
                **where, root_ext_id=f"{number}{language}", first_post_at=PAST, last_post_at=PAST, topic_id=answer.topic_id
            )
        )
        post = self.add(
            ExternalPost(
                **where, ext_id=f"{number}{language}", thread_id=link.id, account_id=account.id, language=language,
                text="x", text_hash="x", created_at=PAST,
            )
        )  # fmt: skip
        self.add(PostMap(external_post_id=post.id, topic_id=answer.topic_id, role=MapRole.question))

    def me_too(self, question: Post, *numbers: int) -> None:
        for number in numbers:
            self.add(MeToo(topic_id=question.topic_id, member_id=self.other(number).id, at=PAST + timedelta(days=1)))

    def logged(self, event: str, post: Post | None = None, *, by: Member | None = None) -> None:
        post_id, topic_id = (post.id, post.topic_id) if post else (None, None)
        self.add(
            Activity(
                event=event, actor_id=(by or self.helper).id, post_id=post_id, topic_id=topic_id, at=PAST + timedelta(days=1)
            )
        )

    def flag(self, *, upheld: bool) -> None:
        item = self._item(acted=upheld)
        outcome = FlagState.upheld if upheld else FlagState.declined
        values = {"post_id": item.post_id, "member_id": self.helper.id, "reason": FlagReason.spam, "at": self.at}
        self.add(Flag(item_id=item.id, state=outcome, **values))

    def opinion(self, *, agreed: bool) -> None:
        item = self._item(acted=agreed)
        self.add(ReviewOpinion(item_id=item.id, member_id=self.helper.id, verdict=Verdict.needs, at=self.at))

    def report(self, state: ReportState) -> None:
        now = {"opens_at": PAST, "closes_at": PAST}
        texts = {"text": "x", "html": "x", "room_text": "", "room_html": "", "nda_text": "", "draw": ""}
        offer = self.add(VipOffer(kind=OfferKind.early_product, title="New", tiers="vip", capacity=1, **now, **texts))
        values = {"text": "It gets warm.", "at": PAST, "state": state, "decided_at": PAST + timedelta(days=1)}
        self.add(PreviewReport(offer_id=offer.id, member_id=self.helper.id, **values))

    def _item(self, *, acted: bool) -> ReviewItem:
        post = self.post(self.topic(self.other(90)), self.other(91))
        state = ReviewState.acted if acted else ReviewState.kept
        return self.add(ReviewItem(kind=ReviewKind.flag, post_id=post.id, state=state, decided_at=self.at))

    def think_again(self) -> None:
        """A moderator decides otherwise about the first that nothing was done about."""
        query = select(ReviewItem).where(ReviewItem.state == ReviewState.kept).order_by(ReviewItem.id).limit(1)
        item = self.session.exec(query).one()
        item.state = ReviewState.acted
        for flag in self.session.exec(select(Flag).where(Flag.item_id == item.id)):
            flag.state = FlagState.upheld
        self.session.flush()

    def vote(self, author: int, value: int = 1) -> None:
        topic = self.topic(self.other(author + 1))
        self.last = self.post(topic, self.other(author))
        self.add(Vote(post_id=self.last.id, member_id=self.helper.id, value=value, at=PAST))

    def retag(self, number: int) -> None:
        topic = self.topic(self.other(number))
        self.last = self.post(topic, self.other(number), PostKind.question)
        self.add(Revision(post_id=self.last.id, number=1, tags="old", author_id=self.last.author_id, at=PAST))
        self.add(Revision(post_id=self.last.id, number=2, tags="new", author_id=self.helper.id, at=PAST))
