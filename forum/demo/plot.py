"""What happens in each topic: asked, answered, commented, solved, confirmed, closed."""

from datetime import datetime, timedelta

from forum.demo import crowd, elsewhere
from forum.demo.content import Answer, Comment, Subject
from forum.demo.people import Stage
from forum.demo.timeline import moment_of, waking_moment
from forum.models import Role, SectionKind
from forum.topics import actions, duplicates, states, verdicts
from forum.topics.inputs import Ask, AskForDetails, ChangeState, LinkDuplicate, MarkOfficial, WriteAnswer, WriteComment, WriteNote

OLDEST, NEWEST = 196, 4
"""Days between which a topic falls that names no time."""
FORGOTTEN = 0.27
MODERATOR = "tomasz"


def plan(stage: Stage) -> None:
    thanks = iter(stage.community.thanks)
    undated = sum(not one.ago for one in stage.community.topics)
    order = iter(stage.random.sample(range(undated), undated))
    for number, subject in enumerate(stage.community.topics):
        if subject.ago:
            moment = moment_of(stage.timeline.end, subject.ago)
        else:
            moment = waking_moment(stage.timeline.end, NEWEST + (OLDEST - NEWEST) * next(order) / undated, stage.random)
        _Plot(stage, subject, subject.key or f"topic {number}", moment, next(thanks, "") if number % 3 == 0 else "").plan()


class _Plot:
    def __init__(self, stage: Stage, subject: Subject, name: str, moment: datetime, thanks: str) -> None:
        self.stage, self.subject, self.name, self.moment, self.thanks = stage, subject, name, moment, thanks
        kinds = {one.slug: one.kind for one in stage.community.sections}
        self.question = kinds[subject.section] == SectionKind.support
        self.staff_only = subject.section == "staff-room"
        self.author = "" if subject.published_from else subject.by or self._somebody()
        self.solved = self._solved() if self.question else 0

    def plan(self) -> None:
        at, subject = self.stage.timeline.at, self.subject
        if subject.published_from:
            elsewhere.plan_publishing(self.stage, subject, self.name)
        else:
            at(self.moment, self._ask)
        if subject.linked_to:
            at(self.moment + timedelta(minutes=3), elsewhere.link, self.stage, subject.linked_to, self.name)
        self._talk(0, self.moment, subject.comments)
        for note in subject.notes:
            at(self.moment + timedelta(minutes=note.after), self._note, note)
        written = {self.author}
        moment = self.moment
        for number, answer in enumerate(subject.replies, 1):
            by = answer.by or self._helper(written)
            written.add(by)
            moment = self._answer_moment(answer, moment)
            self._plan_answer(number, answer, by, moment)
        if not self.staff_only:
            crowd.interest(self.stage, subject, self.name, self.author, self.moment + timedelta(minutes=15), self.question)
        self._plan_states()

    def _plan_answer(self, number: int, answer: Answer, by: str, moment: datetime) -> None:
        at = self.stage.timeline.at
        at(moment, self._answer, number, by, answer)
        self._talk(number, moment, answer.comments)
        accepted = number == self.solved
        if accepted:
            after = self.subject.solved_after or self.stage.random.choice((18, 25, 40, 70, 130, 300, 700, 1400))
            at(moment + timedelta(minutes=after), self._accept, number)
            if self.thanks and not answer.comments and self.author:
                at(moment + timedelta(minutes=after + 2), self._comment, number, self.author, self.thanks)
        if number == self.subject.official:
            later = 1 if by == self.subject.official_by else self.stage.random.randrange(31, 900)
            at(moment + timedelta(minutes=later), self._official, number)
        if not self.staff_only:
            crowd.praise(self.stage, self.name, number, answer, by, moment, accepted)

    def _plan_states(self) -> None:
        at, subject = self.stage.timeline.at, self.subject
        if subject.needs_info:
            at(self.moment + timedelta(minutes=47), self._needs_info)
        if subject.duplicate_of:
            at(self.moment + timedelta(minutes=95), self._duplicate)
        if subject.closed:
            at(self.moment + timedelta(days=3), self._close)

    def _talk(self, number: int, moment: datetime, comments: list[Comment]) -> None:
        for comment in comments:
            when = moment + timedelta(minutes=comment.after)
            self.stage.timeline.at(when, self._comment, number, comment.by, comment.body)

    def _solved(self) -> int:
        """Some askers never come back, so the first answer is the solution only most of the time."""
        if self.subject.solved >= 0 or not self.subject.answers:
            return max(self.subject.solved, 0)
        certain = self.subject.key or self.subject.official
        return 1 if certain or self.stage.random.random() > FORGOTTEN else 0

    def _answer_moment(self, answer: Answer, before: datetime) -> datetime:
        if answer.after:
            return self.moment + timedelta(minutes=answer.after)
        return before + timedelta(minutes=min(self.stage.random.lognormvariate(4.2, 1.1) + 6, 2200))

    def _somebody(self) -> str:
        """An asker for a topic that names none: neither staff nor one of those who answer most."""
        people = {one.handle: one for one in self.stage.community.people}
        there = self.stage.around(self.moment)
        return self.stage.random.choice([one for one in there if not people[one].knows and people[one].role == Role.member])

    def _helper(self, written: set[str]) -> str:
        there = set(self.stage.around(self.moment)) - written
        able = [one.handle for one in self.stage.community.people if self.subject.section in one.knows and one.handle in there]
        weights = [1 / (place + 1) for place in range(len(able))]
        if able and self.stage.random.random() < 0.85:
            return self.stage.random.choices(able, weights)[0]
        staff = {one.handle for one in self.stage.community.people if one.role in (Role.agent, Role.admin)}
        return self.stage.random.choice(sorted(there - staff))

    def _ask(self) -> None:
        subject = self.subject
        data = Ask(
            section=subject.section,
            title=subject.title,
            body=subject.body,
            tags=subject.tags,
            product=subject.product,
            product_detail=subject.detail,
        )
        self.stage.topics[self.name] = actions.ask(self.stage.session, self.stage.actors[self.author], data)
        self.stage.posts[self.name, 0] = crowd.question_of(self.stage, self.stage.topics[self.name])

    def _answer(self, number: int, by: str, answer: Answer) -> None:
        topic = self.stage.topics[self.name]
        data = WriteAnswer(body=answer.body)
        self.stage.posts[self.name, number] = actions.post_answer(self.stage.session, self.stage.actors[by], topic, data)

    def _comment(self, number: int, by: str, body: str) -> None:
        data = WriteComment(body=body)
        actions.post_comment(self.stage.session, self.stage.actors[by], self.stage.posts[self.name, number], data)

    def _note(self, note: Comment) -> None:
        data = WriteNote(body=note.body)
        actions.post_note(self.stage.session, self.stage.actors[note.by], self.stage.topics[self.name], data)

    def _accept(self, number: int) -> None:
        actor = self.stage.actors[self.author or MODERATOR]
        verdicts.accept_answer(self.stage.session, actor, self.stage.topics[self.name], self.stage.posts[self.name, number])

    def _official(self, number: int) -> None:
        review = (self.stage.timeline.end + timedelta(days=self.stage.random.randrange(40, 200))).date()
        data = MarkOfficial(scope=self.subject.scope, review_by=review)
        actor = self.stage.actors[self.subject.official_by]
        verdicts.mark_official(self.stage.session, actor, self.stage.topics[self.name], self.stage.posts[self.name, number], data)

    def _needs_info(self) -> None:
        data = AskForDetails(text=self.subject.needs_info)
        states.ask_for_details(self.stage.session, self.stage.actors[MODERATOR], self.stage.topics[self.name], data)

    def _duplicate(self) -> None:
        data = LinkDuplicate(earlier=str(self.stage.topics[self.subject.duplicate_of].id))
        duplicates.link_duplicate(self.stage.session, self.stage.actors[MODERATOR], self.stage.topics[self.name], data)

    def _close(self) -> None:
        data = ChangeState(state="closed", reason=self.subject.closed)
        states.change_state(self.stage.session, self.stage.actors[MODERATOR], self.stage.topics[self.name], data)
