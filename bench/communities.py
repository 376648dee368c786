"""Real communities from ../shared/data as lines for `forum eval`: `python -m bench.communities FOLDER`."""

import json
import lzma
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import iterparse

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SUMO = DATA / "sumo_thunderbird_2023_2024.jsonl.xz"
SUMO_LINKS = DATA / "gold_sumo_related_questions.tsv"
STACK_EXCHANGE = DATA / "se_iot_quantum.tar.xz"
DISCOURSE = DATA / "discourse_urho3d_topics.jsonl.xz"
Line = dict[str, Any]
VOTES_SEEN = timedelta(days=3)
"""Where only totals are known, votes and ticks count as given three days after the answer."""


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in {
        "sumo": sumo(),
        "sumo-en": sumo(locale="en-US"),
        "quantum": stack_exchange("se_quantumcomputing"),
        "iot": stack_exchange("se_iot"),
        "urho3d": discourse(),
    }.items():
        print(name, write(folder / f"{name}.jsonl", lines))


def write(path: Path, lines: Iterable[Line]) -> int:
    ordered = sorted(lines, key=lambda line: line["at"])
    with path.open("w") as out:
        out.writelines(json.dumps(line) + "\n" for line in ordered)
    return len(ordered)


def sumo(locale: str = "") -> Iterator[Line]:
    written: dict[str, Line] = {}
    mentions: dict[tuple[str, str], str] = {}
    for question in json_lines(SUMO):
        if question.get("is_spam") == "true" or (locale and question["locale"] != locale):
            continue
        made = _question(
            question["id"], moment(question["created"]), question["creator"], question["title"], question["content"],
            question["tags"],
        )  # fmt: skip
        written[question["id"]] = made
        yield made
        for answer in question["answers"]:
            if answer.get("is_spam") == "true":
                continue
            at = moment(answer["created"])
            yield _answer(answer["id"], question["id"], at, answer["creator"], answer["content"])
            up, down = int(answer.get("num_helpful") or 0), int(answer.get("num_unhelpful") or 0)
            for value in [1] * up + [-1] * down:
                yield {"type": "vote", "answer": answer["id"], "at": _later(at), "voter": None, "value": value}
            if answer["id"] == question.get("solution"):
                yield {"type": "accept", "question": question["id"], "answer": answer["id"], "at": _later(at)}
            for other in re.findall(r"/questions/(\d{5,9})", answer["content"]):
                mentions.setdefault((question["id"], other), at)
    yield from _sumo_links(written, mentions)


def _sumo_links(written: dict[str, Line], mentions: dict[tuple[str, str], str]) -> Iterator[Line]:
    kinds: dict[tuple[str, str], str] = {}
    for row in SUMO_LINKS.read_text().splitlines()[1:]:
        source, target, duplicate, _same = row.split("\t")
        kind = "duplicate" if duplicate == "1" else kinds.get((source, target), "related")
        kinds[source, target] = kind
    for (source, target), kind in kinds.items():
        if source in written:
            at = mentions.get((source, target), written[source]["at"])
            yield {"type": "link", "from": source, "to": target, "kind": kind, "at": at}


def stack_exchange(site: str) -> Iterator[Line]:
    posts = {row["Id"]: row for row in _rows(site, "Posts")}
    for row in posts.values():
        author = row.get("OwnerUserId") or row.get("OwnerDisplayName")
        if row["PostTypeId"] == "1":
            tags = re.findall(r"<([^>]+)>", row.get("Tags", ""))
            yield _question(row["Id"], row["CreationDate"], author, row["Title"], row["Body"], tags)
        elif row["PostTypeId"] == "2":
            yield _answer(row["Id"], row["ParentId"], row["CreationDate"], author, row["Body"])
    answers = {one for one, row in posts.items() if row["PostTypeId"] == "2"}
    values = {"2": 1, "3": -1}
    for row in _rows(site, "Votes"):
        if row["PostId"] not in answers:
            continue
        if row["VoteTypeId"] in values:
            yield {
                "type": "vote", "answer": row["PostId"], "at": row["CreationDate"], "voter": None,
                "value": values[row["VoteTypeId"]],
            }  # fmt: skip
        elif row["VoteTypeId"] == "1":
            question = posts[row["PostId"]]["ParentId"]
            yield {"type": "accept", "question": question, "answer": row["PostId"], "at": row["CreationDate"]}
    for row in _rows(site, "PostLinks"):
        kind = "duplicate" if row["LinkTypeId"] == "3" else "related"
        ends = [posts.get(row[end], {}).get("ParentId", row[end]) for end in ("PostId", "RelatedPostId")]
        yield {"type": "link", "from": ends[0], "to": ends[1], "kind": kind, "at": row["CreationDate"]}


def discourse() -> Iterator[Line]:
    for topic in json_lines(DISCOURSE):
        first, *replies = [post for post in topic["post_stream"]["posts"] if post["post_type"] == 1] or [None]
        if first is None:
            continue
        yield _question(
            topic["id"], first["created_at"], first["username"], topic["title"], first["cooked"], topic.get("tags") or []
        )
        for post in replies:
            yield _answer(post["id"], topic["id"], post["created_at"], post["username"], post["cooked"])
            likes = next((one.get("count", 0) for one in post["actions_summary"] if one["id"] == 2), 0)
            for _ in range(likes):
                yield {"type": "vote", "answer": post["id"], "at": _later(post["created_at"]), "voter": None, "value": 1}
            if post.get("accepted_answer"):
                yield {"type": "accept", "question": topic["id"], "answer": post["id"], "at": _later(post["created_at"])}


def _question(one: Any, at: str, author: str | None, title: str, body: str, tags: list[str]) -> Line:
    return {"type": "question", "id": one, "at": at, "author": author, "title": title, "body": body, "tags": tags}


def _answer(one: Any, question: Any, at: str, author: str | None, body: str) -> Line:
    return {"type": "answer", "id": one, "question": question, "at": at, "author": author, "body": body}


def moment(text: str) -> str:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").isoformat()


def _later(at: str) -> str:
    return (datetime.fromisoformat(at) + VOTES_SEEN).isoformat()


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt") as lines:
        for line in lines:
            yield json.loads(line)


def _rows(site: str, table: str) -> Iterator[dict[str, str]]:
    with tarfile.open(STACK_EXCHANGE, "r:xz") as archive:
        member = archive.extractfile(f"{site}/{table}.xml")
        assert member is not None
        for _, element in iterparse(member):
            if element.tag == "row":
                yield dict(element.attrib)
            element.clear()


if __name__ == "__main__":
    main()
