"""Posts.xml, second reading, and Comments.xml: answers with their ticks, comments under what they are about."""

from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from forum.importers.rendering import Body, Rendered
from forum.importers.stackexchange.posts import (
    Source,
    add_revisions,
    body,
    comment_values,
    dated,
    people,
    post_values,
    revision_values,
    sources,
)
from forum.importers.stackexchange.rows import Row
from forum.importers.stackexchange.stage import ANSWER, QUESTION
from forum.importers.stackexchange.steps import Import, Outcome, Write, insert_rows, known, new_rows, remember
from forum.models.topics import Acceptance, Post, PostKind, Topic

NO_QUESTION = "The question of this answer is not in the dump."
NO_POST = "The post of this comment is not in the dump."


class Answers:
    name = "answer"
    file = "Posts.xml"
    counts_rows = False

    def check(self, work: Import, rows: list[Row], outcome: Outcome) -> list[Row]:
        answers = [row for row in rows if row.fields.get("PostTypeId") == ANSWER and row.id() and row.at("CreationDate")]
        kinds = work.stage.known_posts([row.id("ParentId") for row in answers if row.id("ParentId")])
        kept = [row for row in answers if kinds.get(row.id("ParentId")) == QUESTION]
        for row in answers:
            if kinds.get(row.id("ParentId")) != QUESTION:
                outcome.refuse(row, NO_QUESTION)
        return kept

    def prepare(self, work: Import, rows: list[Row]) -> Write:
        found = sources(work, rows)
        wait = work.renderer.submit([body(one) for one in found])

        def write(session: Session, outcome: Outcome) -> None:
            rendered = dict(zip((one.row.id() for one in found), wait(), strict=True))
            _write_answers(session, work, found, rendered, outcome)

        return write


def _write_answers(session: Session, work: Import, found: list[Source], rendered: dict[str, Rendered], outcome: Outcome) -> None:
    topics = known(session, work.site, "question", [one.row.id("ParentId") for one in found])
    there = known(session, work.site, "answer", [one.row.id() for one in found])
    placed = {one.row.id(): one for one in found if one.row.id("ParentId") in topics}
    for one in found:
        if one.row.id("ParentId") not in topics:
            outcome.refuse(one.row, NO_QUESTION)
    fresh = [placed[row.id()] for row in new_rows([one.row for one in placed.values()], there, "answer", outcome)]
    outcome.unchanged["answer"] += sum(one.row.id() in placed for one in found) - len(placed)
    who = people(session, work, fresh)
    authors = [who.get(one.row.id("OwnerUserId")) for one in fresh]
    ids = insert_rows(session, Post, [
        post_values(
            one, rendered[one.row.id()], topic_id=topics[one.row.id("ParentId")], kind=PostKind.answer, author_id=author
        )
        for one, author in zip(fresh, authors, strict=True)
    ])  # fmt: skip
    remember(session, work.site, "answer", [(one.row.id(), new) for one, new in zip(fresh, ids, strict=True)])
    add_revisions(session, [
        values
        for one, post, author in zip(fresh, ids, authors, strict=True)
        for values in revision_values(one, rendered[one.row.id()], post, author, who, None)
    ])  # fmt: skip
    _accept(session, work, {one.row.id(): (one, new) for one, new in zip(fresh, ids, strict=True)}, topics, outcome)
    outcome.made["answer"] += len(ids)
    outcome.made["revision"] += sum(max(1, len(one.history)) for one in fresh)


def _accept(
    session: Session, work: Import, made: dict[str, tuple[Source, int]], topics: dict[str, int], outcome: Outcome
) -> None:
    """The tick was the asker's; a dump gives its day only, so it never comes before its answer."""
    ticked = work.stage.accepted(list(made))
    ticked = {answer: asked for answer, asked in ticked.items() if made[answer][0].row.id("ParentId") == asked}
    statement = select(Topic.id, Topic.author_id).where(col(Topic.id).in_([topics[asked] for asked in ticked.values()]))
    askers = dict(session.exec(statement).all())
    rows: list[dict[str, Any]] = []
    for answer, asked in ticked.items():
        source, post_id = made[answer]
        at = max(source.votes.accepted_at or source.created_at, source.created_at)
        rows.append({"post_id": post_id, "topic_id": topics[asked], "by_id": askers.get(topics[asked]), "at": at})
    if rows:
        session.execute(insert(Acceptance), rows)
    outcome.made["accepted"] += len(rows)


class Comments:
    name = "comment"
    file = "Comments.xml"
    counts_rows = True

    def check(self, work: Import, rows: list[Row], outcome: Outcome) -> list[Row]:
        kept = dated(rows, outcome)
        kinds = work.stage.known_posts([row.id("PostId") for row in kept if row.id("PostId")])
        for row in kept:
            if kinds.get(row.id("PostId")) not in (QUESTION, ANSWER):
                outcome.refuse(row, NO_POST)
        return [row for row in kept if kinds.get(row.id("PostId")) in (QUESTION, ANSWER)]

    def prepare(self, work: Import, rows: list[Row]) -> Write:
        wait = work.renderer.submit([Body(row.text("Text"), is_html=False) for row in rows])

        def write(session: Session, outcome: Outcome) -> None:
            rendered = dict(zip((row.id() for row in rows), wait(), strict=True))
            _write_comments(session, work, rows, rendered, outcome)

        return write


def _write_comments(session: Session, work: Import, rows: list[Row], rendered: dict[str, Rendered], outcome: Outcome) -> None:
    parents = _parents(session, work, [row.id("PostId") for row in rows])
    for row in rows:
        if row.id("PostId") not in parents:
            outcome.refuse(row, NO_POST)
    placed = [row for row in rows if row.id("PostId") in parents]
    there = known(session, work.site, "comment", [row.id() for row in placed])
    fresh = new_rows(placed, there, "comment", outcome)
    who = known(session, work.site, "user", [row.id("UserId") for row in fresh])
    values: list[dict[str, Any]] = []
    for row in fresh:
        post_id, topic_id = parents[row.id("PostId")]
        author = who.get(row.id("UserId"))
        values.append(comment_values(row, rendered[row.id()], topic_id=topic_id, parent_id=post_id, author_id=author))
    ids = insert_rows(session, Post, values)
    remember(session, work.site, "comment", [(row.id(), new) for row, new in zip(fresh, ids, strict=True)])
    add_revisions(session, [
        {"post_id": new, "number": 1, "title": None, "tags": None, "body": one["body"], "author_id": one["author_id"],
         "reason": "", "at": one["created_at"]}
        for one, new in zip(values, ids, strict=True)
    ])  # fmt: skip
    outcome.made["comment"] += len(ids)


def _parents(session: Session, work: Import, old_ids: list[str]) -> dict[str, tuple[int, int]]:
    """Old post id to (post, topic) here."""
    answers = known(session, work.site, "answer", old_ids)
    questions = known(session, work.site, "question", old_ids)
    in_topics = select(Post.topic_id, Post.id).where(
        Post.kind == PostKind.question, col(Post.topic_id).in_(list(questions.values()))
    )
    opening = {topic: post for topic, post in session.exec(in_topics) if post}
    topics = dict(session.exec(select(Post.id, Post.topic_id).where(col(Post.id).in_(list(answers.values())))).all())
    made = {old: (new, topics[new]) for old, new in answers.items() if new in topics}
    return made | {old: (opening[topic], topic) for old, topic in questions.items() if topic in opening}
