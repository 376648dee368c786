"""What reading threads and big tables costs: `python -m bench.social [--rows 3000000]`.

A thread of 300 posts on the practice network is read twice; a table of invented posts is brought in by a process of its
own, whose memory is the system's own figure.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

POSTS = 300
ROWS = 3_000_000
START = datetime(2024, 1, 1, tzinfo=UTC)
WORDS = [
    *("hub", "lamp", "amber", "evening", "restart", "channel", "cable", "update", "app", "bill", "voucher", "sensor", "heating"),
    *("door", "camera", "garden", "slow", "again", "please", "help", "since", "yesterday", "nobody", "answers", "red", "light"),
    *("upstairs", "kitchen", "router", "firmware", "reset", "blinks", "offline", "works", "thanks", "same", "here"),
]
MAX_CPU = 3.0
MAX_MEMORY = 400.0


def main(rows: int = ROWS) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(FORUM_DATA_DIR=folder, FORUM_LOG_LEVEL="error", FORUM_SECRET_KEY="bench")
        _ready()
        made = _thread()
        table = Path(folder) / "posts.csv"
        _write(table, rows)
        made |= _child(table, rows)
    return made


def _ready() -> None:
    from forum import wiring
    from forum.core import migrations

    migrations.upgrade()
    wiring.wire()


def _thread() -> dict[str, float]:
    """The first reading stores all of it, the second finds nothing to do."""
    from sqlmodel import Session, func, select

    from forum.core.db import engine
    from forum.models import Channel, ExternalPost, ExternalPostRevision, Platform, ReadingRequest
    from forum.social.reading import jobs
    from forum.social.simulated.network import OWN, Network, address

    net, rng = Network(), random.Random(11)
    people = [net.join(f"person{number}") for number in range(40)]
    said: list[int] = []
    for number in range(POSTS):
        parent = said[rng.randrange(max(0, number - 30), number)] if said else None
        said.append(net.write(people[number % 40], _text(rng), parent=parent, at=START + timedelta(minutes=number)))
    with Session(engine()) as session:
        session.add(Channel(platform=Platform.simulated, name="Practice", own_ext_id=OWN, own_handle="us"))
        session.flush()
        request = ReadingRequest(url=address(said[0]))
        session.add(request)
        session.commit()
        request_id = request.id
    first = _cpu(lambda: jobs.read_address(request_id))
    with Session(engine()) as session:
        thread_id = session.get_one(ReadingRequest, request_id).thread_id
        before = _rows(session)
    again = _cpu(lambda: jobs.read_thread(thread_id, "clock"))
    with Session(engine()) as session:
        after = _rows(session)
        stored = session.exec(select(func.count()).select_from(ExternalPost)).one()
        revisions = session.exec(select(func.count()).select_from(ExternalPostRevision)).one()
    return {
        "thread_posts": stored,
        "first_reading_cpu_s": first,
        "again_cpu_s": again,
        "again_to_first": round(again / first, 2),
        "first_to_limit": round(first / MAX_CPU, 2),
        "changed_by_second": sum(one != other for one, other in zip(before, after, strict=True)) + revisions,
    }


def _rows(session) -> list[tuple]:
    from sqlmodel import col, select

    from forum.models import ExternalPost

    return [tuple(row) for row in session.execute(select(*ExternalPost.__table__.columns).order_by(col(ExternalPost.id)))]


def _cpu(work) -> float:
    began = time.process_time()
    work()
    return round(time.process_time() - began, 3)


def _text(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(8, 28)))


def _write(path: Path, rows: int) -> None:
    """Threads of about four posts, as support threads are; some parents stand later in the file, some nowhere."""
    rng = random.Random(17)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "author", "created_at", "text", "parent"])
        for number in range(1, rows + 1):
            dice = rng.random()
            near = number - rng.randint(1, 6) if dice < 0.7 else number + rng.randint(1, 6) if dice < 0.72 else 0
            parent = "" if not near else str(near) if 0 < near <= rows and near != number else "999999999999"
            at = (START + timedelta(seconds=20 * number)).isoformat()
            writer.writerow([str(number), f"u{rng.randint(1, rows // 8 + 1)}", at, _text(rng), parent])


CHILD = """
import json, resource, sys, time
from pathlib import Path
from forum import wiring
wiring.wire()
from forum.importers.social_files.importing import Format, run
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.perf_counter()
report = run(Path(sys.argv[1]), Format.csv, dry_run=False, progress=None)
print(json.dumps({
    "seconds": time.perf_counter() - began, "stored": report.made["stored"], "threads": report.made["thread"],
    "idle_kb": idle, "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))
"""


def _child(table: Path, rows: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", CHILD, str(table)], check=True, capture_output=True, text=True)
    said = json.loads(done.stdout.splitlines()[-1])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "rows": rows,
        "file_mb": round(table.stat().st_size / 1e6, 1),
        "stored": said["stored"],
        "threads": said["threads"],
        "rows_per_s": round(rows / said["seconds"]),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "idle_mb": round(said["idle_kb"] / 1024, 1),
        "peak_mb": round(said["peak_kb"] / 1024, 1),
        "peak_to_limit": round(said["peak_kb"] / 1024 / MAX_MEMORY, 2),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    print(json.dumps(main(parser.parse_args().rows)))
