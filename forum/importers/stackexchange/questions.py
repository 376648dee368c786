"""Posts.xml, first reading: questions become topics, tag excerpts become descriptions."""

from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select, update

from forum.core import text
from forum.importers.rendering import Rendered
from forum.importers.stackexchange import mapping
from forum.importers.stackexchange.posts import Source, add_revisions, body, dated, people, post_values, revision_values, sources
from forum.importers.stackexchange.rows import Row
from forum.importers.stackexchange.stage import ANSWER, QUESTION
from forum.importers.stackexchange.steps import Import, Outcome, Write, insert_rows, known, new_rows, remember
from forum.models.catalog import Tag, TopicTag
from forum.models.topics import Post, PostKind, Topic, TopicState

EXCERPT = "4"
_BLANK_TOPIC = Topic(section_id=0, title="", slug="").model_dump(exclude={"id"})


class Questions:
    name = "question"
    file = "Posts.xml"
    counts_rows = True

    def check(self, work: Import, rows: list[Row], outcome: Outcome) -> list[Row]:
        """Answers pass by: the second reading takes them."""
        kept: list[Row] = []
        excerpts = work.stage.excerpts([row.id() for row in rows if row.id() and row.fields.get("PostTypeId") == EXCERPT])
        for row in dated(rows, outcome):
            kind = row.fields.get("PostTypeId")
            if kind == QUESTION or row.id() in excerpts:
                kept.append(row)
            elif kind != ANSWER:
                outcome.refuse(row, "Posts of this kind, such as tag pages, have no place here.")
        return kept

    def prepare(self, work: Import, rows: list[Row]) -> Write:
        found = sources(work, [row for row in rows if row.fields.get("PostTypeId") == QUESTION])
        wait = work.renderer.submit([body(one) for one in found])
        excerpts = work.stage.excerpts([row.id() for row in rows if row.fields.get("PostTypeId") == EXCERPT])
        described = {excerpts[row.id()]: row.text("Body") for row in rows if row.id() in excerpts}

        def write(session: Session, outcome: Outcome) -> None:
            rendered = dict(zip((one.row.id() for one in found), wait(), strict=True))
            _describe(session, described, outcome)
            _write(session, work, found, rendered, outcome)

        return write


def _describe(session: Session, described: dict[str, str], outcome: Outcome) -> None:
    """The first sentence or two of a tag's page."""
    ids = tag_ids(session, [mapping.tag_slug(tag) for tag in described])
    for tag, html in described.items():
        words = text.excerpt(text.clean_anyway(html), 290)
        unset = update(Tag).where(col(Tag.id) == ids[mapping.tag_slug(tag)], col(Tag.description) == "")
        session.execute(unset.values(description=words))
        outcome.made["tag description"] += 1


def _write(session: Session, work: Import, found: list[Source], rendered: dict[str, Rendered], outcome: Outcome) -> None:
    there = known(session, work.site, "question", [one.row.id() for one in found])
    fresh_ids = {row.id() for row in new_rows([one.row for one in found], there, "question", outcome)}
    fresh = list({one.row.id(): one for one in found if one.row.id() in fresh_ids}.values())
    who = people(session, work, fresh)
    authors = [who.get(one.row.id("OwnerUserId")) for one in fresh]
    titles = [mapping.title(one.row.text("Title"), rendered[one.row.id()].markdown) for one in fresh]
    topics = insert_rows(
        session, Topic, [_topic(work, one, title, author) for one, title, author in zip(fresh, titles, authors, strict=True)]
    )
    posts = insert_rows(session, Post, [
        post_values(one, rendered[one.row.id()], topic_id=topic, kind=PostKind.question, author_id=author)
        for one, topic, author in zip(fresh, topics, authors, strict=True)
    ])  # fmt: skip
    remember(session, work.site, "question", [(one.row.id(), topic) for one, topic in zip(fresh, topics, strict=True)])
    labels = [mapping.tags(one.row.text("Tags")) for one in fresh]
    add_revisions(session, [
        values
        for one, post, author, title, tags in zip(fresh, posts, authors, titles, labels, strict=True)
        for values in revision_values(one, rendered[one.row.id()], post, author, who, (title, ", ".join(tags)[:300]))
    ])  # fmt: skip
    _tag(session, dict(zip(topics, labels, strict=True)))
    work.stage.accept((one.row.id("AcceptedAnswerId"), one.row.id()) for one in fresh if one.row.id("AcceptedAnswerId"))
    outcome.made["question"] += len(topics)
    outcome.made["revision"] += sum(max(1, len(one.history)) for one in fresh)


def _topic(work: Import, source: Source, title: str, author_id: int | None) -> dict[str, Any]:
    reason = mapping.closed_reason(source.entries, source.row, has_history=work.stage.has_history)
    return {
        **_BLANK_TOPIC,
        "section_id": work.section_id,
        "title": title,
        "slug": text.slug(title),
        "author_id": author_id,
        "created_at": source.created_at,
        "active_at": source.created_at,
        "state": TopicState.closed if reason else TopicState.new,
        "closed_reason": reason,
        "score": source.votes.up - source.votes.down,
    }


def tag_ids(session: Session, slugs: list[str]) -> dict[str, int]:
    """Ids by slug; missing tags are made."""
    wanted = list(dict.fromkeys(slug for slug in slugs if slug))
    there = {slug: number for slug, number in session.exec(select(Tag.slug, Tag.id).where(col(Tag.slug).in_(wanted))) if number}
    missing = [slug for slug in wanted if slug not in there]
    made = insert_rows(session, Tag, [{"slug": slug, "description": "", "topics": 0} for slug in missing])
    return there | dict(zip(missing, made, strict=True))


def _tag(session: Session, labels: dict[int, list[str]]) -> None:
    ids = tag_ids(session, [slug for tags in labels.values() for slug in tags])
    pairs = [{"topic_id": topic, "tag_id": ids[slug]} for topic, tags in labels.items() for slug in tags if slug]
    if pairs:
        session.execute(insert(TopicTag), pairs)
