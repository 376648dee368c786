"""One story on Bluesky, told twice: on its real servers (`make test-bluesky`), and with what they answered then.

Whoever acts there is behind `act`: the real people when it is recorded, the kept results when it is read again.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import Session, select

from forum.models import Channel, ExternalPost, ExternalPostState, Platform
from forum.social.channels.running import through
from forum.social.connectors.base import Rendered, Seen, SendKey, Target
from forum.social.connectors.errors import Forbidden, Gone
from tests.make import channels

RECORDING = Path(__file__).parent / "recorded" / "bluesky.json"
PASSWORD = "only-on-this-machine"
COLLECTION = "app.bsky.feed.post"
Act = Callable[..., Any]


def aim(uri: str) -> Target:
    return Target(Platform.bluesky, uri, "bsky.app")


def run(channel: Channel, name: str, *given: Any) -> Any:
    return through(channel.id, lambda connector, budget: getattr(connector, name)(*given, budget), sending=True)


def states(session: Session) -> dict[str, str]:
    session.rollback()
    return {uri: str(state) for uri, state in session.exec(select(ExternalPost.ext_id, ExternalPost.state))}


def tell(session: Session, channel: Channel, act: Act) -> None:
    made = act("thread", 14)
    did, _, key = made[0].removeprefix("at://").partition(f"/{COLLECTION}/")
    thread = channels.read(session, f"https://bsky.app/profile/{did}/post/{key}")
    assert (thread.posts, thread.complete) == (15, True), "three answers deep"
    a_reply_is_there_once(channel, act, made[0])
    accepted_and_shown_to_nobody(channel, act)
    what_changes_there(session, channel, act, thread, made)


def a_reply_is_there_once(channel: Channel, act: Act, root: str) -> None:
    message = Rendered("Solved: https://northwind.example/a/1", aim(root))
    assert run(channel, "precheck", aim(root)).open
    assert run(channel, "find_sent", message, SendKey("one"), None) is None
    sent = run(channel, "send", message, SendKey("one"))
    assert run(channel, "send", message, SendKey("one")).ext_id == sent.ext_id
    assert run(channel, "find_sent", message, SendKey("one"), None).ext_id == sent.ext_id
    act("until_read", sent.ext_id)
    assert run(channel, "verify_visible", sent, aim(root)) == Seen.visible
    run(channel, "delete_sent", sent)
    act("until_gone", sent.ext_id)


def accepted_and_shown_to_nobody(channel: Channel, act: Act) -> None:
    gated = act("post_without_replies")
    gate = run(channel, "precheck", aim(gated))
    assert (gate.open, gate.reason) == (False, "Its author lets only some people reply, so nobody would see ours.")
    sent = run(channel, "send", Rendered("Can we help?", aim(gated)), SendKey("gated"))
    act("until_read", sent.ext_id)
    assert run(channel, "verify_visible", sent, aim(gated)) == Seen.hidden
    blocking = act("post_of_somebody_who_blocks")
    gate = run(channel, "precheck", aim(blocking))
    assert (gate.open, gate.reason) == (False, "This person blocks our account, so nobody would see our reply.")
    with pytest.raises(Forbidden):
        run(channel, "send", Rendered("Can we help?", aim(blocking)), SendKey("blocked"))


def what_changes_there(session: Session, channel: Channel, act: Act, thread: Any, made: list[str]) -> None:
    """Even ones are by Maeve, odd ones by Rhod."""
    act("edit", made[2], "It is the repeater in the hall")
    act("delete", made[6])
    thread = channels.read_again(session, thread)
    assert states(session) == {uri: "gone" if uri == made[6] else "live" for uri in made}, "what hangs below stays"
    row = session.exec(select(ExternalPost).where(ExternalPost.ext_id == made[2])).one()
    assert row.text == "It is the repeater in the hall"
    act("leave", made[1])
    for _ in range(2):
        thread = channels.read_again(session, thread)
    theirs = {state for uri, state in states(session).items() if uri in made[1::2]}
    assert theirs == {ExternalPostState.denied}, "switched off is not deleted"
    act("come_back", made[1])
    channels.read_again(session, thread)
    assert states(session)[made[1]] == ExternalPostState.live
    with pytest.raises(Gone):
        run(channel, "fetch_thread", aim(made[6]))


class Recording:
    """Answers by request, in the order in which they came; and what those who act there got."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        self.answers: list[dict[str, Any]] = (kept or {}).get("answers", [])
        self.acts: list[Any] = (kept or {}).get("acts", [])
        self.left: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in self.answers:
            self.left[one["asked"]].append(one)

    def keep(self, request: httpx2.Request, status: int, content: bytes) -> None:
        body = json.loads(content) if content else None
        if isinstance(body, dict) and "accessJwt" in body:
            body |= {"accessJwt": "a-token", "refreshJwt": "another"}
        self.answers.append({"asked": _name(request), "status": status, "body": body})

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        left = self.left[_name(request)]
        assert left, f"the recording has no answer to {_name(request)}"
        one = left.pop(0)
        return httpx2.Response(one["status"], json=one["body"]) if one["body"] is not None else httpx2.Response(one["status"])

    def act(self, _name: str, *_given: Any) -> Any:
        return self.acts.pop(0)

    def write(self) -> None:
        RECORDING.parent.mkdir(exist_ok=True)
        lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in self.answers)
        RECORDING.write_text(f'{{"acts":{json.dumps(self.acts)},"answers":[\n{lines}\n]}}\n')


def _name(request: httpx2.Request) -> str:
    return f"{request.method} {request.url.path.removeprefix('/xrpc/')}?{request.url.query.decode()}".rstrip("?")
