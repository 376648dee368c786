"""How a thread elsewhere becomes a topic: who asks, who answers, who comments, who only has it too. Pure."""

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.models.social import AccountKind, MapRole

MAX_SEGMENTS = 25
SEGMENT_GAP = timedelta(minutes=15)
ANSWER_LENGTH = 40
ME_TOO_LENGTH = 25
TITLE_LENGTH = 80
_NUMBERED = re.compile(r"(?:^|[\s(\[])\d{1,2}\s?/\s?(?:\d{1,2}|n)?(?:$|[\s)\].,:])|🧵|\(cont", re.I)
_HANDLE = re.compile(r"(?<![\w@])@[\w.-]{1,64}(?:@[\w.-]{1,253})?")
_URL = re.compile(r"https?://\S{1,2000}")
_LIST = re.compile(r"^\s{0,8}(?:[-*•]|\d{1,2}[.)])\s", re.M)
_CODE = re.compile(r"`[^`\n]{2,200}`|^\s{4}\S", re.M)
_SAME = re.compile(
    r"\b(?:same(?: here| for me| issue| problem)?|me too|mee too|also me|here too|mine too|so'?s mine|us too|ditto|\+1|"
    r"yo también|moi aussi|ich auch|anche io|ik ook)\b",
    re.I,
)
_WORKED = re.compile(
    r"\b(?:that|this|it)?\s?(?:work(?:s|ed)|fixed|solved|sorted|did the trick)\b|\bworking (?:now|again)\b|"
    r"\b(?:all good now|problem solved)\b",
    re.I,
)
_NOT = re.compile(r"\b(?:not|n't|never|still|didn'?t|doesn'?t|isn'?t)\b", re.I)
_OPENING = (MapRole.question, MapRole.segment)
_SENTENCE = re.compile(r"(?<=[.!?…])\s|\n")


@dataclass(frozen=True, slots=True)
class ThreadPost:
    id: int
    ext_id: str
    parent_ext_id: str | None
    account_id: int
    kind: AccountKind
    text: str
    created_at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one post goes. `under` is the answer or question a comment belongs to."""

    post_id: int
    role: MapRole
    position: int
    under: int | None = None
    staff: bool = False
    suggests_solved: bool = False


def without_handles(text: str) -> str:
    return " ".join(_HANDLE.sub(" ", text).split())


def title_for(text: str) -> str:
    """The first sentence without handles and addresses, at most 80 characters; a person edits it."""
    words = _URL.sub(" ", _HANDLE.sub(" ", text[:4000])).strip()
    sentence = next((part for part in (" ".join(one.split()) for one in _SENTENCE.split(words)) if len(part) > 9), "")
    sentence = sentence or " ".join(words.split())
    if len(sentence) > TITLE_LENGTH:
        sentence = sentence[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",.;:- ") + "…"
    return sentence


def place(posts: list[ThreadPost], root_ext_id: str) -> list[Placement]:
    """Every live post once, in the order the topic shows them. Walks with a queue, so depth and circles do no harm."""
    known = sorted(posts, key=lambda post: (post.created_at, post.id))
    live = [post for post in known if not post.gone]
    if not live:
        return []
    return _Thread(known, _root(live, root_ext_id)).placements()


def _root(live: list[ThreadPost], root_ext_id: str) -> ThreadPost:
    """The first post; when it is gone or unknown, the earliest one by somebody who is not the brand."""
    for post in live:
        if post.ext_id == root_ext_id:
            return post
    return next((post for post in live if post.kind not in (AccountKind.brand, AccountKind.staff)), live[0])


class _Thread:
    def __init__(self, posts: list[ThreadPost], root: ThreadPost) -> None:
        self.posts = posts
        self.root = root
        self.children: dict[str, list[ThreadPost]] = {}
        for post in posts:
            if post.parent_ext_id:
                self.children.setdefault(post.parent_ext_id, []).append(post)
        self.made: dict[int, Placement] = {}

    def placements(self) -> list[Placement]:
        segments = self._segments()
        self._put(self.root, MapRole.question)
        for post in segments:
            self._put(post, MapRole.segment)
        waiting = deque([self.root, *segments])
        self._spread(waiting)
        for post in self.posts:
            if post.id not in self.made:
                if not post.gone:
                    self._reply_to_question(post)
                waiting.append(post)
                self._spread(waiting)
        order = {MapRole.question: 0, MapRole.segment: 1}
        times = {post.id: (post.created_at, post.id) for post in self.posts}
        found = [one for one in self.made.values() if one.position >= 0]
        found.sort(key=lambda one: (order.get(one.role, 2), times[one.post_id]))
        return [_numbered(one, number) for number, one in enumerate(found)]

    def _segments(self) -> list[ThreadPost]:
        """The author going on: the earliest own reply to the last link, soon after it or numbered."""
        made: list[ThreadPost] = []
        seen = {self.root.id}
        last = self.root
        while len(made) < MAX_SEGMENTS:
            own = [one for one in self.children.get(last.ext_id, []) if one.account_id == self.root.account_id and not one.gone]
            following = next((one for one in own if one.id not in seen), None)
            if following is None or not _goes_on(last, following):
                break
            seen.add(following.id)
            made.append(following)
            last = following
        return made

    def _spread(self, waiting: deque[ThreadPost]) -> None:
        while waiting:
            parent = waiting.popleft()
            for child in self.children.get(parent.ext_id, []):
                if child.id not in self.made:
                    self._reply(child, parent)
                    waiting.append(child)

    def _reply(self, post: ThreadPost, parent: ThreadPost) -> None:
        """A gone post keeps its place in the tree, so that what hangs below it stays under its answer."""
        above = self.made.get(parent.id)
        anchor = above.under if above is not None and above.under is not None else None
        if above is not None and above.role == MapRole.answer:
            anchor = parent.id
        if post.gone:
            self.made[post.id] = Placement(post.id, MapRole.comment, -1, anchor)
        elif anchor is None or anchor == self.root.id:
            self._reply_to_question(post, direct=above is None or above.position < 0 or above.role in _OPENING)
        else:
            self._put(post, MapRole.comment, anchor)

    def _reply_to_question(self, post: ThreadPost, *, direct: bool = True) -> None:
        words = without_handles(post.text)
        if post.account_id == self.root.account_id or _speaks_for_us(post) or not direct:
            self._put(post, MapRole.comment, self.root.id)
        elif len(words) <= ME_TOO_LENGTH and _SAME.search(words):
            self._put(post, MapRole.me_too)
        elif len(words) >= ANSWER_LENGTH or _URL.search(words) or _LIST.search(post.text) or _CODE.search(post.text):
            self._put(post, MapRole.answer)
        else:
            self._put(post, MapRole.comment, self.root.id)

    def _put(self, post: ThreadPost, role: MapRole, under: int | None = None) -> None:
        happy = post.account_id == self.root.account_id and post.id != self.root.id and role == MapRole.comment
        solved = happy and bool(_WORKED.search(post.text[:500])) and not _NOT.search(post.text[:500])
        self.made[post.id] = Placement(post.id, role, 0, under, _speaks_for_us(post), solved)


def _numbered(one: Placement, number: int) -> Placement:
    return Placement(one.post_id, one.role, number, one.under, one.staff, one.suggests_solved)


def _goes_on(last: ThreadPost, post: ThreadPost) -> bool:
    return post.created_at - last.created_at <= SEGMENT_GAP or bool(_NUMBERED.search(post.text[:1000]))


def _speaks_for_us(post: ThreadPost) -> bool:
    return post.kind in (AccountKind.brand, AccountKind.staff)
