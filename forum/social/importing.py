"""Writes what an archive holds into external accounts, posts and threads. Staff only; doing it again changes nothing."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, col, select, update

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.models.social import (
    ExternalAccount,
    ExternalHandle,
    ExternalPost,
    ExternalPostRevision,
    ExternalPostState,
    Platform,
    Privacy,
    ThreadLink,
    TriageState,
)
from forum.social.pictures import carried_over
from forum.social.runs import Problem, Standing, advance, note, open_run
from forum.social.sources import NATIVE, Item, SourceAccount, SourcePost, host_of
from forum.social.staging import Counted, StagedPost, Staging
from forum.social.stored import bury, by_host, stored_roots

BATCH = 1_000
ALIKE = {"render_nulls": True}
"""Rows with and without a parent go into one statement, not into one for each run of likes."""
SHOWN = 20


@dataclass(slots=True)
class Tally:
    """`read` equals stored + updated + unchanged + duplicates + withheld + skipped."""

    counted: Counted = field(default_factory=Counted)
    wrote: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def take_in(
    items: Iterable[Item],
    platform: Platform,
    source: str,
    *,
    dry_run: bool,
    on_read: Callable[[], None] = lambda: None,
    on_written: Callable[[int, int], None] = lambda _done, _all: None,
    consent: str = "",
) -> Tally:
    """Read everything into a scratch file, find the threads, then write in batches that each commit."""
    with tempfile.TemporaryDirectory() as scratch:
        staging = Staging(Path(scratch) / "staging.sqlite3")
        staging.take(items, on_read)
        staging.resolve(lambda missing: stored_roots(platform, missing))
        tally = Tally(staging.counted)
        for problem in staging.problems():
            tally.reasons[problem.reason] += 1
            if len(tally.problems) < SHOWN:
                tally.problems.append(problem)
        if dry_run:
            tally.wrote.update({"would store": staging.size(), "thread": staging.threads()})
        else:
            _write_all(staging, platform, consent, open_run(source), tally, on_written)
        staging.close()
    return tally


def _write_all(
    staging: Staging,
    platform: Platform,
    consent: str,
    standing: Standing,
    tally: Tally,
    on_written: Callable[[int, int], None],
) -> None:
    """A finished source is compared once more from its start; an interrupted one goes on behind its cursor."""
    counts: dict[str, Any] = dict(standing.counts)
    if "read" not in counts:
        counts["read"] = staging.counted.read
        with transaction() as session:
            note(session, standing.run_id, staging.problems())
            bury(session, platform, staging.gone())
            advance(session, standing.run_id, 0, counts)
    cursor = 0 if standing.finished else standing.cursor
    if cursor:
        tally.wrote["unchanged"] += sum(len(batch) for batch in staging.batches(0, BATCH) if batch[-1].seq <= cursor)
    written, size = 0, staging.size()
    for batch in staging.batches(cursor, BATCH):
        with transaction() as session:
            wrote = write_batch(session, platform, batch, consent)
            if not standing.finished:
                counts["wrote"] = dict(Counter(counts.get("wrote", {})) + wrote)
                advance(session, standing.run_id, batch[-1].seq, counts)
        tally.wrote += wrote
        written += len(batch)
        on_written(written, size)
    if not standing.finished:
        with transaction() as session:
            advance(session, standing.run_id, cursor, counts, finished=True)


def write_batch(session: Session, platform: Platform, batch: list[StagedPost], consent: str = "") -> Counter[str]:
    """Writes posts whose threads are known, in the caller's transaction: stored, updated, restored, unchanged, account, thread."""
    return _Writer(session, platform, consent).write(batch)


def is_erased(account: ExternalAccount) -> bool:
    """Somebody who asked to be erased has no name left here; the row stays, so that nothing of theirs is read again."""
    return account.privacy == Privacy.anonymise and not account.handle


class _Writer:
    """One batch, in one transaction."""

    def __init__(self, session: Session, platform: Platform, consent: str) -> None:
        self.session = session
        self.platform = platform
        self.consent = consent
        self.wrote: Counter[str] = Counter()
        self.silent: set[int] = set()
        """Accounts of which nothing is shown: closed to strangers, or withdrawn by who they belong to."""
        self.erased: set[int] = set()
        """Accounts of people who asked to be erased: what they say now leaves only an empty row too."""

    def write(self, batch: list[StagedPost]) -> Counter[str]:
        self._adopt(batch)
        accounts = self._accounts({one.post.account.ext_id: one.post.account for one in batch})
        threads = self._threads(batch)
        there = self._stored([one.post.ext_id for one in batch])
        fresh = [one for one in batch if one.post.ext_id not in there]
        if fresh:
            rows = [self._values(one, threads[one.root], accounts[one.post.account.ext_id]) for one in fresh]
            self.session.execute(insert(ExternalPost), rows, execution_options=ALIKE)
        self.wrote["stored"] += len(fresh)
        for one in batch:
            if one.post.ext_id in there:
                self._compare(one, there[one.post.ext_id])
        self._recount({threads[one.root] for one in fresh})
        return self.wrote

    def _stored(self, ext_ids: list[str]) -> dict[str, ExternalPost]:
        made: dict[str, ExternalPost] = {}
        for host, some in by_host(self.platform, ext_ids).items():
            found = select(ExternalPost).where(
                ExternalPost.platform == self.platform, ExternalPost.host == host, col(ExternalPost.ext_id).in_(some)
            )
            made.update({row.ext_id: row for row in self.session.exec(found)})
        return made

    def _values(self, one: StagedPost, thread_id: int, account_id: int) -> dict[str, Any]:
        post = one.post
        if account_id in self.erased:
            post = replace(post, url="", text="", media=[], metrics={}, quote_of="")
        return {
            "platform": self.platform,
            "host": host_of(self.platform, post.ext_id),
            "ext_id": post.ext_id,
            "native_id": post.native.rpartition("/")[2],
            "revision": post.revision[:100],
            "thread_id": thread_id,
            "account_id": account_id,
            "parent_ext_id": one.parent or None,
            "quote_of_ext_id": post.quote_of or None,
            "url": post.url[:600],
            "language": post.language[:20] or "und",
            "text": post.text,
            "text_hash": "" if account_id in self.erased else one.hash,
            "media": post.media,
            "metrics": post.metrics,
            "sensitive": post.sensitive,
            "created_at": post.created_at,
            "edited_at": post.edited_at,
            "state": self._state(account_id),
            "seen_at": clock.now(),
        }

    def _state(self, account_id: int) -> ExternalPostState:
        if account_id in self.erased:
            return ExternalPostState.gone
        return ExternalPostState.withheld if account_id in self.silent else ExternalPostState.live

    def _compare(self, one: StagedPost, row: ExternalPost) -> None:
        """Same words: nothing happens. Other words: the old ones become a revision, unless what we have is newer.

        What was deleted stays deleted; what could not be read for a while is back.
        """
        post = one.post
        older = row.edited_at is not None and (post.edited_at is None or post.edited_at < row.edited_at)
        if row.state == ExternalPostState.gone:
            self.wrote["unchanged"] += 1
            return
        self._seen_again(row, post)
        if row.text_hash == one.hash or older:
            self.wrote["unchanged"] += 1
            return
        assert row.id is not None
        kept = {"post_id": row.id, "text": row.text, "text_hash": row.text_hash, "seen_at": row.seen_at}
        insert_ignoring(self.session, ExternalPostRevision, kept)
        row.text, row.text_hash, row.edited_at, row.seen_at = post.text, one.hash, post.edited_at, clock.now()
        row.media = carried_over(row, post.media)
        self.session.flush()
        self.wrote["updated"] += 1

    def _seen_again(self, row: ExternalPost, post: SourcePost) -> None:
        """It can be read, so it is shown again; numbers and names follow."""
        silent = row.account_id in self.silent
        if silent and row.state == ExternalPostState.live:
            row.state = ExternalPostState.withheld
        elif not silent and row.state in (ExternalPostState.denied, ExternalPostState.withheld):
            row.state = ExternalPostState.live
            self.wrote["restored"] += 1
        row.denied, row.orphan = 0, False
        row.revision = post.revision[:100] or row.revision
        row.native_id = post.native.rpartition("/")[2] or row.native_id
        if post.metrics:
            row.metrics = post.metrics
        self.session.add(row)

    def _accounts(self, wanted: dict[str, SourceAccount]) -> dict[str, int]:
        made: dict[str, int] = {}
        found = select(ExternalAccount).where(
            ExternalAccount.platform == self.platform,
            col(ExternalAccount.host).in_({account.host for account in wanted.values()}),
            col(ExternalAccount.ext_id).in_(list(wanted)),
        )
        for row in self.session.exec(found):
            assert row.id is not None
            made[row.ext_id] = row.id
            if is_erased(row):
                self.erased.add(row.id)
                continue
            if row.privacy == Privacy.withheld or wanted[row.ext_id].protected:
                self.silent.add(row.id)
            self._renamed(row, wanted[row.ext_id])
        missing = [account for ext_id, account in wanted.items() if ext_id not in made]
        if missing:
            self.session.execute(insert(ExternalAccount), [self._account(one) for one in missing], execution_options=ALIKE)
            names = col(ExternalAccount.ext_id).in_([account.ext_id for account in missing])
            ids = found.where(names).with_only_columns(col(ExternalAccount.ext_id), col(ExternalAccount.id))
            made |= {row.ext_id: row.id for row in self.session.execute(ids)}
        self.wrote["account"] += len(missing)
        return made

    def _renamed(self, row: ExternalAccount, account: SourceAccount) -> None:
        """The id stays when the handle changes; the old handle is kept as a name of the past."""
        if account.handle and row.handle != account.handle:
            old = {"account_id": row.id, "handle": row.handle, "until": clock.now()}
            insert_ignoring(self.session, ExternalHandle, old)
            row.handle, row.name, row.url = account.handle, account.name[:200] or row.name, account.url[:600] or row.url
        if account.followers is not None and account.followers != row.followers:
            row.followers, row.followers_at = account.followers, clock.now()
        row.noindex, row.protected = account.noindex, account.protected
        self.session.add(row)

    def _account(self, account: SourceAccount) -> dict[str, Any]:
        return {
            "platform": self.platform, "host": account.host, "ext_id": account.ext_id, "handle": account.handle,
            "name": account.name[:200], "url": account.url[:600], "followers": account.followers, "kind": account.kind,
            "bot": account.bot, "noindex": account.noindex, "protected": account.protected, "first_seen_at": clock.now(),
            "followers_at": clock.now() if account.followers is not None else None,
        }  # fmt: skip

    def _links(self, roots: Iterable[str]) -> dict[str, ThreadLink]:
        made: dict[str, ThreadLink] = {}
        for host, some in by_host(self.platform, roots).items():
            found = select(ThreadLink).where(
                ThreadLink.platform == self.platform, ThreadLink.host == host, col(ThreadLink.root_ext_id).in_(some)
            )
            made.update({row.root_ext_id: row for row in self.session.exec(found)})
        return made

    def _threads(self, batch: list[StagedPost]) -> dict[str, int]:
        first: dict[str, StagedPost] = {}
        for one in batch:
            first.setdefault(one.root, one)
        links = self._links(first)
        for root, link in links.items():
            if link.root_missing and first[root].root_known:
                link.root_missing = False
                self.session.add(link)
        missing = [one for root, one in first.items() if root not in links]
        if missing:
            self.session.execute(insert(ThreadLink), [self._thread(one) for one in missing], execution_options=ALIKE)
            links |= self._links(one.root for one in missing)
        self.wrote["thread"] += len(missing)
        return {root: link.id for root, link in links.items() if link.id}

    def _thread(self, one: StagedPost) -> dict[str, Any]:
        return {
            "platform": self.platform, "host": host_of(self.platform, one.root), "root_ext_id": one.root,
            "root_missing": not one.root_known, "url": "", "state": TriageState.new, "posts": 0, "people": 0,
            "first_post_at": one.post.created_at, "last_post_at": one.post.created_at, "ignored_reason": "",
            "imported_at": clock.now(), "consent": self.consent,
        }  # fmt: skip

    def _recount(self, ids: set[int]) -> None:
        mine = col(ExternalPost.thread_id) == ThreadLink.id

        def one(what: Any) -> Any:
            return select(what).where(mine).correlate(ThreadLink).scalar_subquery()

        first_url = select(ExternalPost.url).where(mine).order_by(col(ExternalPost.created_at), col(ExternalPost.id)).limit(1)
        values: dict[Any, Any] = {
            ThreadLink.posts: one(func.count(col(ExternalPost.id))),
            ThreadLink.people: one(func.count(func.distinct(ExternalPost.account_id))),
            ThreadLink.first_post_at: one(func.min(ExternalPost.created_at)),
            ThreadLink.last_post_at: one(func.max(ExternalPost.created_at)),
            ThreadLink.url: first_url.correlate(ThreadLink).scalar_subquery(),
        }
        self.session.flush()
        statement = update(ThreadLink).where(col(ThreadLink.id).in_(ids)).values(values)
        self.session.execute(statement.execution_options(synchronize_session=False))

    def _adopt(self, batch: list[StagedPost]) -> None:
        """A thread that began at a missing post joins that post's thread when the post arrives."""
        names = {name: one for one in batch for name in (one.post.ext_id, one.post.native) if name and name != one.root}
        for old_root, old in self._links(names).items():
            if not old.root_missing:
                continue
            new_root = names[old_root].root
            target = self._links([new_root]).get(new_root)
            if target is None:
                old.root_ext_id, old.host = new_root, host_of(self.platform, new_root)
                old.root_missing = not names[old_root].root_known
                self.session.add(old)
                self.session.flush()
            elif old.state == TriageState.new and target.id is not None:
                moved = update(ExternalPost).where(col(ExternalPost.thread_id) == old.id).values(thread_id=target.id)
                self.session.execute(moved)
                self.session.delete(old)
                self.session.flush()
                self._recount({target.id})
            if old_root.startswith(NATIVE):
                renamed = update(ExternalPost).where(col(ExternalPost.parent_ext_id) == old_root)
                owner = old.id if target is None else target.id
                renamed = renamed.where(col(ExternalPost.thread_id) == owner)
                self.session.execute(renamed.values(parent_ext_id=names[old_root].post.ext_id))
