"""How long the nightly looks at the ledger and at all badges take when it is large: `python -m bench.badges [events]`."""

import json
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2024, 1, 1, tzinfo=UTC)
KINDS = ("answer.helpful",) * 14 + ("solution.accepted",) * 3 + ("solution.verified", "edit.accepted", "article.published")
CHUNK = 5_000


def main(events: int = 1_000_000) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(FORUM_DATA_DIR=folder, FORUM_LOG_LEVEL="error", FORUM_SECRET_KEY="bench")
        from forum import wiring
        from forum.core import migrations

        migrations.upgrade()
        wiring.wire()
        _fill(Path(folder), events)
        return _measure(events)


def _measure(events: int) -> dict[str, float]:
    from sqlalchemy import delete

    from forum.core.db import transaction
    from forum.models import BadgeAward
    from forum.recognition.badges.awards import settle_accounts
    from forum.recognition.jobs import drift, rebuild

    figures: dict[str, float] = {"events": events}

    def timed(name, work):
        """Seconds by the clock and of the processor: on a busy machine the first says little."""
        wall, used = time.perf_counter(), time.process_time()
        result = work()
        figures[f"{name}_s"] = round(time.perf_counter() - wall, 3)
        figures[f"{name}_cpu_s"] = round(time.process_time() - used, 3)
        return result

    figures["awards"] = timed("first_run", lambda: settle_accounts().given)
    figures["changed_by_second"] = timed("second_run", lambda: settle_accounts().changed)
    with transaction() as session:
        session.execute(delete(BadgeAward).where(BadgeAward.badge == "first-answer"))
    figures["its_awards"] = timed("one_badge_retroactive", lambda: settle_accounts(only="first-answer").given)
    timed("one_member", lambda: settle_accounts([17]))
    figures["ledger_days"] = timed("ledger_rebuild", rebuild)
    with transaction(writes=False) as session:
        figures["ledger_differences"] = timed("ledger_check", lambda: len(drift(session)))
    return figures


def _fill(folder: Path, events: int) -> None:
    """Rows straight into the tables: acting them out would take hours. A few people do much, as they do."""
    from sqlalchemy import insert

    from forum.core.db import transaction
    from forum.models import Member, Post, RepEvent, RepSubject, Section, Tag, Topic, TopicTag

    rng = random.Random(7)
    people, topics = max(50, events // 100), max(50, events // 5)

    def put(table, rows):
        for start in range(0, len(rows), CHUNK):
            with transaction() as session:
                session.execute(insert(table), rows[start : start + CHUNK])

    put(Section, [{"id": 1, "slug": "hub", "name": "Hub"}])
    put(Tag, [{"id": n + 1, "slug": f"t{n}"} for n in range(60)])
    names = [f"m{n}" for n in range(1, people + 1)]
    common = {"joined_at": START, "confirmed_at": START, "name": "x"}
    put(Member, [{"id": n, "handle": name, "handle_key": name, "email_key": name, **common} for n, name in enumerate(names, 1)])
    put(RepSubject, [{"subject": f"s{n}", "member_id": n} for n in range(1, people + 1)])

    def helper():
        return min(people, int(rng.paretovariate(0.9)))

    askers = [rng.randint(1, people) for _ in range(topics)]
    times = [START + timedelta(minutes=5 * n) for n in range(topics)]
    helpers = [helper() for _ in range(topics)]
    put(
        Topic,
        [
            {"id": n + 1, "section_id": 1, "title": "x", "slug": "x", "author_id": askers[n], "created_at": times[n]}
            for n in range(topics)
        ],
    )
    put(TopicTag, [{"topic_id": n + 1, "tag_id": n % 60 + 1} for n in range(topics)])
    hour = timedelta(hours=1)
    post = {"kind": "answer", "html": "x", "body": "x"}
    put(
        Post,
        [{"id": n + 1, "topic_id": n + 1, "author_id": helpers[n], "created_at": times[n] + hour, **post} for n in range(topics)],
    )
    rows = []
    for number in range(events):
        place = rng.randrange(topics)
        at = times[place] + timedelta(hours=rng.randint(2, 200))
        kind = KINDS[number % len(KINDS)]
        rows.append(
            {
                "idem_key": str(number),
                "subject": f"s{helpers[place]}",
                "kind": kind,
                "points": 10,
                "capped": False,
                "occurred_at": at,
                "earn_day": at.date(),
                "topic_id": place + 1,
                "post_id": place + 1,
                "cause_type": "bench",
                "cause_id": number,
                "actor_subject": f"s{rng.randint(1, people)}",
                "reason": "",
                "rule_version": 2,
            }
        )
        if len(rows) == 50_000:
            put(RepEvent, rows)
            rows = []
    put(RepEvent, rows)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)))
