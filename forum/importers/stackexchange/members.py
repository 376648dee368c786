"""Users.xml: members without mail or password, under safe and unique handles."""

from typing import Any

from sqlmodel import Session, col, select

from forum.accounts.handles import handle_fault
from forum.importers.rendering import Body, Rendered
from forum.importers.stackexchange import mapping
from forum.importers.stackexchange.rows import Row
from forum.importers.stackexchange.steps import Import, Outcome, Write, insert_rows, known, new_rows, remember
from forum.models.accounts import Member

_BLANK = Member(handle="x", handle_key="x", name="x").model_dump(exclude={"id"})


class Members:
    name = "member"
    file = "Users.xml"
    counts_rows = True

    def check(self, work: Import, rows: list[Row], outcome: Outcome) -> list[Row]:
        kept: list[Row] = []
        for row in rows:
            if not row.id():
                outcome.refuse(row, "This row has no usable id.")
            elif row.at("CreationDate") is None:
                outcome.refuse(row, "The date of this row cannot be read.")
            else:
                kept.append(row)
        return kept

    def prepare(self, work: Import, rows: list[Row]) -> Write:
        wait = work.renderer.submit([Body(row.text("AboutMe"), is_html=True) for row in rows])

        def write(session: Session, outcome: Outcome) -> None:
            bios = dict(zip((row.id() for row in rows), wait(), strict=True))
            _write(session, work, rows, bios, outcome)

        return write


def _write(session: Session, work: Import, rows: list[Row], bios: dict[str, Rendered], outcome: Outcome) -> None:
    there = known(session, work.site, "user", [row.id() for row in rows])
    fresh = new_rows(rows, there, "member", outcome)
    handles = _handles(session, fresh)
    values = [_values(row, handles[row.id()], bios[row.id()]) for row in fresh]
    ids = insert_rows(session, Member, values)
    remember(session, work.site, "user", [(row.id(), new) for row, new in zip(fresh, ids, strict=True)])
    outcome.made["member"] += len(ids)


def _values(row: Row, handle: str, bio: Rendered) -> dict[str, Any]:
    return {
        **_BLANK,
        "handle": handle,
        "handle_key": handle.casefold(),
        "name": mapping.name(row),
        "bio": bio.markdown,
        "bio_html": bio.html,
        "joined_at": row.at("CreationDate"),
        "last_seen_at": row.at("LastAccessDate"),
    }


def _handles(session: Session, rows: list[Row]) -> dict[str, str]:
    """A handle each: the plain one when it is free, else with the old id, else with a number behind that."""
    made: dict[str, str] = {}
    taken: set[str] = set()
    waiting = {row.id(): mapping.handle(row.text("DisplayName"), row.id()) for row in rows}
    bases = dict(waiting)
    for attempt in range(1, 50):
        wanted = {handle.casefold() for handle in waiting.values()}
        taken |= set(session.exec(select(Member.handle_key).where(col(Member.handle_key).in_(wanted))).all())
        for old_id, handle in list(waiting.items()):
            if handle.casefold() not in taken and not handle_fault(handle):
                made[old_id] = waiting.pop(old_id)
                taken.add(handle.casefold())
            else:
                waiting[old_id] = mapping.handle_with_id(bases[old_id], old_id + (str(attempt) if attempt > 1 else ""))
        if not waiting:
            break
    return made
