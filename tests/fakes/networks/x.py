"""A small X (API v2): conversations by search, edits as new ids, 200 for what is missing, replies only to who asked for them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx2

EPOCH = 1_288_834_974_657


def id_at(moment: datetime, number: int = 0) -> str:
    return str((int(moment.timestamp() * 1000) - EPOCH << 22) + number)


@dataclass
class XFake:
    now: datetime
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    newer_names: bool = False
    """Knows only `referenced_posts` and refuses the older name."""
    asked: list[str] = field(default_factory=list)
    words_twice: bool = False

    def join(self, number: str, handle: str, **more: Any) -> str:
        self.users[number] = {"id": number, "username": handle, "name": handle.title(), **more}
        return number

    def say(
        self, author: str, text: str, parent: str = "", *, edits: str = "", mentions: tuple[str, ...] = (), **more: Any
    ) -> str:
        number = id_at(self.now, len(self.posts) + 1)
        post: dict[str, Any] = {"id": number, "author_id": author, "text": text, "conversation_id": number, "lang": "en"}
        post["created_at"] = self.now.astimezone(UTC).isoformat()
        post["entities"] = {"mentions": [{"id": one, "username": self.users[one]["username"]} for one in mentions]}
        if parent:
            post["conversation_id"] = self.posts[parent]["conversation_id"]
            post["referenced_tweets"] = [{"type": "replied_to", "id": parent}]
        history = [*self.posts[edits]["edit_history_tweet_ids"], number] if edits else [number]
        if edits:
            post["conversation_id"] = self.posts[edits]["conversation_id"]
        self.posts[number] = post | more
        for one in history:
            self.posts[one]["edit_history_tweet_ids"] = history
        return number

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path, asked = (
            request.url.path.removeprefix("/2"),
            {key: one[0] for key, one in parse_qs(request.url.query.decode()).items()},
        )
        self.asked.append(f"{request.method} {path}")
        if self.newer_names and "referenced_tweets" in asked.get("tweet.fields", ""):
            said = "The `tweet.fields` query parameter value [referenced_tweets] is not one of [referenced_posts]"
            return httpx2.Response(400, json={"title": "Invalid Request", "errors": [{"message": said}]})
        if request.method == "POST":
            return self._reply(json.loads(request.content))
        if path == "/tweets/search/recent":
            wanted = asked["query"].removeprefix("conversation_id:")
            found = [one for one in self.posts.values() if one["conversation_id"] == wanted and one["id"] != wanted]
            return self._listed(found)
        if path.endswith("/mentions"):
            return self._listed([one for one in self.posts.values() if "@northwind" in one["text"]][::-1])
        if path.endswith("/tweets") and path.startswith("/users/"):
            return self._listed([one for one in self.posts.values() if one["author_id"] == path.split("/")[2]])
        if path == "/tweets":
            return self._some(asked["ids"].split(","))
        if path.startswith("/users/by/username/"):
            return httpx2.Response(200, json={"data": next(iter(self.users.values()))})
        return self._one(path.removeprefix("/tweets/"))

    def _one(self, number: str) -> httpx2.Response:
        if number not in self.posts:
            return httpx2.Response(200, json={"errors": [_missing(number)]})
        return httpx2.Response(200, json={"data": self._shown(self.posts[number]), "includes": self._who([self.posts[number]])})

    def _some(self, numbers: list[str]) -> httpx2.Response:
        found = [self.posts[one] for one in numbers if one in self.posts]
        body: dict[str, Any] = {"errors": [_missing(one) for one in numbers if one not in self.posts]}
        return httpx2.Response(200, json=body | ({"data": [self._shown(one) for one in found]} if found else {}))

    def _listed(self, found: list[dict[str, Any]]) -> httpx2.Response:
        body: dict[str, Any] = {"meta": {"result_count": len(found)}}
        if found:
            body |= {"data": [self._shown(one) for one in found], "includes": self._who(found)}
        return httpx2.Response(200, json=body, headers={"x-rate-limit-limit": "450", "x-rate-limit-remaining": "440"})

    def _who(self, found: list[dict[str, Any]]) -> dict[str, Any]:
        return {"users": [self.users[one] for one in sorted({post["author_id"] for post in found})]}

    def _shown(self, post: dict[str, Any]) -> dict[str, Any]:
        if not self.newer_names:
            return post
        names = {"referenced_tweets": "referenced_posts", "edit_history_tweet_ids": "edit_history_post_ids"}
        return {names.get(key, key): value for key, value in post.items()}

    def _reply(self, body: dict[str, Any]) -> httpx2.Response:
        above = self.posts[body["reply"]["in_reply_to_tweet_id"]]
        if not any(one["username"] == "northwind" for one in above["entities"]["mentions"]):
            said = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged."
            return httpx2.Response(403, json={"title": "Forbidden", "detail": said})
        if any(one["text"] == body["text"] for one in self.posts.values()):
            said = "You are not allowed to create a Tweet with duplicate content."
            return httpx2.Response(403, json={"title": "Forbidden", "detail": said})
        made = self.say("1", body["text"], above["id"])
        return httpx2.Response(201, json={"data": {"id": made, "text": body["text"]}})


def _missing(number: str) -> dict[str, str]:
    kind = "https://api.twitter.com/2/problems/resource-not-found"
    return {"resource_id": number, "value": number, "type": kind, "title": "Not Found Error", "detail": "Could not find"}
