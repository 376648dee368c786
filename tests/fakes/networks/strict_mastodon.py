"""A strict server of the Mastodon family: tells strangers nothing, ids with letters, 5,000 characters, and a key it ignores."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

BASE = "https://social.example"


@dataclass
class StrictFake:
    token: str = "the-token-of-northwind"
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost_answers: int = 0

    def say(self, name: str, text: str, parent: str = "", language: str = "en") -> dict[str, Any]:
        number = f"01KX{len(self.statuses):022d}"
        at = datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(minutes=len(self.statuses))
        made = {
            "id": number,
            "uri": f"{BASE}/users/{name}/statuses/{number}",
            "url": f"{BASE}/@{name}/statuses/{number}",
            "created_at": at.isoformat(),
            "visibility": "public",
            "content": f"<p>{text}</p>",
            "in_reply_to_id": parent or None,
            "language": language or None,
            "account": self.account(name),
        }
        self.statuses[number] = made
        return made

    def account(self, name: str) -> dict[str, Any]:
        return {"id": f"01AC{name:X<22}", "acct": name, "username": name, "uri": f"{BASE}/users/{name}", "url": f"{BASE}/@{name}"}

    def own(self) -> list[dict[str, Any]]:
        return [one for one in self.statuses.values() if one["account"]["acct"] == "northwind"]

    @property
    def app(self) -> Starlette:
        routes = [
            Route("/api/v1/statuses", self.create, methods=["POST"]),
            Route("/api/v1/statuses/{number}", self.show),
            Route("/api/v1/statuses/{number}/context", self.context),
            Route("/api/v2/search", self.search),
            Route("/api/v1/accounts/verify_credentials", self.me),
            Route("/api/v1/accounts/{number}/statuses", self.mine),
            Route("/api/v2/instance", lambda request: JSONResponse({"error": "not here"}, 500)),
            Route("/api/v1/instance", self.instance),
        ]
        return Starlette(routes=routes)

    def known(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.token}"

    async def show(self, request: Request) -> Response:
        if not self.known(request):
            return JSONResponse({"error": "Unauthorized: token not supplied"}, 401)
        found = self.statuses.get(request.path_params["number"])
        return JSONResponse(found) if found else JSONResponse({"error": "Not Found"}, 404)

    async def context(self, request: Request) -> Response:
        if not self.known(request):
            return JSONResponse({"error": "Unauthorized: token not supplied"}, 401)
        number = request.path_params["number"]
        below = [one for one in self.statuses.values() if one["in_reply_to_id"] == number]
        return JSONResponse({"ancestors": [], "descendants": below})

    async def search(self, request: Request) -> Response:
        asked = request.query_params["q"]
        found = [one for one in self.statuses.values() if asked in (one["uri"], one["url"])]
        return JSONResponse({"statuses": found, "accounts": [], "hashtags": []})

    async def me(self, request: Request) -> Response:
        return JSONResponse(self.account("northwind")) if self.known(request) else JSONResponse({"error": "Unauthorized"}, 401)

    async def mine(self, request: Request) -> Response:
        return JSONResponse(self.own()[::-1])

    async def instance(self, request: Request) -> Response:
        statuses = {"max_characters": 5000, "characters_reserved_per_url": 25}
        return JSONResponse({"version": "", "configuration": {"statuses": statuses}})

    async def create(self, request: Request) -> Response:
        body = await request.json()
        made = self.say("northwind", body["status"], body["in_reply_to_id"])
        if self.lost_answers:
            self.lost_answers -= 1
            return HTMLResponse("<html><title>504 Gateway Time-out</title>")
        return JSONResponse(made)
