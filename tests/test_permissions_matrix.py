"""Every route for every kind of visitor: what they get, and that a refusal leaves nothing behind."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from PIL import Image
from sqlmodel import Session

from forum.app import create_app
from forum.core import db, ratelimit
from forum.models import Member, Role
from forum.policy.actor import VISITOR, actor_of
from forum.policy.check import may
from forum.policy.permissions import Permission
from forum.policy.rules import RULES
from tests import make
from tests.fakes.client import Browser, fresh
from tests.fakes.database import NOISE, Snapshot, changed, contents
from tests.member_rows import member_rows
from tests.programme_rows import programme_rows
from tests.review_rows import review_rows
from tests.social_rows import social_rows
from tests.test_house_rules import source_of_forum

VISITORS = ("visitor", "unconfirmed", "member", "volunteer", "moderator", "agent", "admin", "suspended", "asker")
"""The asker wrote the topics that the rows below are about; all others are strangers to them."""
Expected = dict[str, str]


def _for(allowed: str, refused: str = "403", **others: str) -> Expected:
    """ok for those named, `refused` for the rest."""
    return {who: "ok" if who in allowed.split() else refused for who in VISITORS} | others


ANYONE = _for(" ".join(VISITORS))
SIGNED_IN = _for("unconfirmed member volunteer moderator agent admin suspended asker")
MEMBERS = _for("member volunteer moderator agent admin asker")
MODERATORS = _for("moderator agent admin")
STAFF = _for("agent admin")
ADMINS = _for("admin")
OWNER_OR_MODERATOR = _for("asker moderator agent admin")
OTHERS = MEMBERS | {"asker": "403"}
"""Members, but nobody on what they wrote themselves."""
SOMEBODY_ELSES = _for("", "403", visitor="in")
TRUSTED = _for("volunteer moderator agent admin")
"""From 500 points in a standard community, 100 in a young one; moderators always."""
NOT_THEIRS = _for("", "404", visitor="403", unconfirmed="403", suspended="403")
ONLY_STAFF_SEES = _for("agent admin", "404")
REMOVED = _for("moderator agent admin", "404")
NOBODY_404 = _for("", "404")
ANOTHERS = NOBODY_404 | {"moderator": "403", "agent": "403", "admin": "403"}
"""Moderators see it, but only its owner may."""


def _all(status: str) -> Expected:
    return _for("", status)


def _instead(expected: Expected, status: str) -> Expected:
    """Those who may, find that it cannot be done just now."""
    return {who: status if one == "ok" else one for who, one in expected.items()}


STAFF_ASKS = _for("", "422", agent="ok", admin="ok", unconfirmed="403", suspended="403", visitor="in")
"""Into a section that only staff see: for others it does not exist."""


@dataclass(frozen=True)
class Row:
    """`route` names the route; `{names}` in the address and the form stand for ids of the community."""

    route: str
    url: str
    expected: Expected
    form: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.route.split()[0]} {self.url}"


TEXT = {"body": "Something that helps somebody."}
ASK = {"section": "help", "title": "A question with a long enough title", "body": "And a body.", "tags": "hub-3"}
EDIT = {"body": "Better words than before.", "title": "The hub drops the upstairs lamp at night"}
OFFICIAL = {"scope": "Hub 3", "review_by": "{soon}"}
RESOLUTION = {
    "question": "Red light and no internet",
    "answer": "Hold the button for ten seconds.",
    "body": "Ten.",
    "act": "save",
}
DETAILS = {"text": "Which model is it?"}
CLOSE = {"state": "closed", "reason": "It is answered elsewhere."}
ENDORSE = {"tag": "hub-3", "text": "Knows every light of the hub."}
PAUSE = {"privilege": "edit_others", "days": "30", "reason": "Some edits changed the meaning."}
POINTS = {"points": "5", "reason": "A vote was lost in the move."}
REASON = {"reason": "It was not true."}
T, P, R = "/topics/{topic_id}", "/posts/{post_id}", "/resolutions/{resolution_id}"
OLD = "/from/{source}"
INVITED = _for("asker", "404", visitor="403")

ROWS = [
    # Pages everybody reads.
    *(
        Row(f"GET {path}", path, ANYONE)
        for path in (
            *("/", "/healthz", "/readyz", "/robots.txt", "/favicon.ico", "/manifest.webmanifest", "/questions", "/sections"),
            *("/tags", "/ask", "/ask/similar", "/search", "/recognition", "/badges", "/resolutions", "/join/letter", "/forgot"),
            *("/forgot/letter", "/sign-in", "/join", "/dev/mail", "/sitemap.xml", "/opensearch.xml", "/feed.xml"),
            "/feeds/resolutions.xml",
        )
    ),
    Row("GET /sections/{slug}", "/sections/help", ANYONE),
    Row("GET /sections/{slug}", "/sections/lounge", SIGNED_IN | {"visitor": "404"}),
    Row("GET /sections/{slug}", "/sections/backroom", ONLY_STAFF_SEES),
    Row("GET /tags/{slug}", "/tags/hub-3", ANYONE),
    Row("GET /pages/{name}", "/pages/guidelines", ANYONE),
    Row("GET /members/{handle}", "/members/{helper_handle}", ANYONE),
    Row("GET /members/{handle}/reputation", "/members/{helper_handle}/reputation", ANYONE),
    Row("GET /images/{name}", "/images/00000000000000000000.png", NOBODY_404),
    # Topics and posts: public, for members, for staff, removed.
    Row(f"GET {T}", "/topics/{open}", ANYONE),
    Row(f"GET {T}/{{slug}}", "/topics/{open}/{open_slug}", ANYONE),
    Row(f"GET {T}", "/topics/{members_topic}", SIGNED_IN | {"visitor": "404"}),
    Row(f"GET {T}", "/topics/{staff_topic}", ONLY_STAFF_SEES),
    Row(f"GET {T}", "/topics/{removed_topic}", REMOVED),
    Row(f"GET {P}", "/posts/{answer}", ANYONE),
    Row(f"GET {P}", "/posts/{note}", ONLY_STAFF_SEES),
    Row(f"GET {P}", "/posts/{withdrawn}", REMOVED),
    Row(f"GET {P}", "/posts/{staff_answer}", ONLY_STAFF_SEES),
    Row(f"GET {P}/history", "/posts/{answer}/history", ANYONE),
    Row(f"GET {P}/history", "/posts/{withdrawn}/history", REMOVED),
    Row(f"GET {P}/history", "/posts/{note}/history", ONLY_STAFF_SEES),
    Row(f"GET {P}/edit", "/posts/{question}/edit", OWNER_OR_MODERATOR),
    Row(f"GET {P}/edit", "/posts/{answer}/edit", MODERATORS),
    Row(f"GET {P}/edit", "/posts/{staff_answer}/edit", ONLY_STAFF_SEES),
    Row(f"GET {P}/official-mark/new", "/posts/{answer}/official-mark/new", STAFF),
    Row(f"GET {OLD}/questions/{{old_id}}", "/from/old/questions/17", ANYONE),
    Row(f"GET {OLD}/questions/{{old_id}}", "/from/old/questions/20", ONLY_STAFF_SEES),
    Row(f"GET {OLD}/questions/{{old_id}}/{{rest:path}}", "/from/old/questions/17/a-title", ANYONE),
    Row(f"GET {OLD}/a/{{old_id}}", "/from/old/a/18", ANYONE),
    Row(f"GET {OLD}/a/{{old_id}}/{{rest:path}}", "/from/old/a/18/1", ANYONE),
    Row(f"GET {OLD}/users/{{old_id}}", "/from/old/users/19", ANYONE),
    Row(f"GET {OLD}/users/{{old_id}}/{{rest:path}}", "/from/old/users/19/hal", ANYONE),
    # Asking.
    Row("POST /ask", "/ask", MEMBERS | {"visitor": "in"}, ASK),
    Row("POST /ask", "/ask", STAFF_ASKS, ASK | {"section": "backroom"}),
    Row("GET /ask/held", "/ask/held", SIGNED_IN),
    Row("POST /ask/held", "/ask/held", SIGNED_IN),
    Row("POST /ask/deflections", "/ask/deflections", ANYONE, {"topic": "/topics/{open}/x"}),
    Row("POST /ask/deflections", "/ask/deflections", ONLY_STAFF_SEES, {"topic": "/topics/{staff_topic}/x"}),
    Row("POST /preview", "/preview", ANYONE, {"text": "**x**"}),
    Row("POST /images", "/images", MEMBERS, {"file": "picture"}),
    Row("POST /drafts", "/drafts", SIGNED_IN, {"place": "ask", "body": "Half a thought"}),
    Row("POST /drafts/removal", "/drafts/removal", SIGNED_IN, {"place": "ask"}),
    # What is done to a topic.
    Row(f"POST {T}/answers", "/topics/{open}/answers", MEMBERS, TEXT),
    Row(f"POST {T}/answers", "/topics/{staff_topic}/answers", ONLY_STAFF_SEES, TEXT),
    Row(f"POST {T}/answers", "/topics/{removed_topic}/answers", REMOVED, TEXT),
    Row(f"POST {T}/answers", "/topics/{members_topic}/answers", MEMBERS | {"visitor": "404"}, TEXT),
    Row(f"POST {T}/notes", "/topics/{open}/notes", STAFF, TEXT),
    Row(f"POST {T}/details", "/topics/{open}/details", MODERATORS, DETAILS),
    Row(f"POST {T}/details", "/topics/{staff_topic}/details", _for("", "404", agent="409", admin="409"), DETAILS),
    Row(f"POST {T}/state", "/topics/{open}/state", OWNER_OR_MODERATOR, CLOSE),
    Row(f"POST {T}/state", "/topics/{staff_topic}/state", ONLY_STAFF_SEES, CLOSE),
    Row(f"POST {T}/state", "/topics/{open}/state", _instead(MODERATORS, "409"), {"state": "open"}),
    Row(f"POST {T}/duplicate", "/topics/{open}/duplicate", OWNER_OR_MODERATOR, {"earlier": "{solved}"}),
    Row(f"POST {T}/duplicate", "/topics/{open}/duplicate", _instead(OWNER_OR_MODERATOR, "422"), {"earlier": "{staff_topic}"}),
    Row(f"POST {T}/duplicate/removal", "/topics/{open}/duplicate/removal", _instead(OWNER_OR_MODERATOR, "404")),
    Row(f"POST {T}/duplicate/confirmation", "/topics/{open}/duplicate/confirmation", _instead(OWNER_OR_MODERATOR, "409")),
    Row(f"POST {T}/duplicate/confirmation/removal", "/topics/{open}/duplicate/confirmation/removal", OWNER_OR_MODERATOR),
    Row(f"POST {T}/merge", "/topics/{open}/merge", MODERATORS, {"earlier": "{solved}"}),
    Row(f"POST {T}/merge", "/topics/{open}/merge", _instead(MODERATORS, "422"), {"earlier": "{members_topic}"}),
    Row(f"POST {T}/merge", "/topics/{solved}/merge", _instead(MODERATORS, "409"), {"earlier": "{open}"}),
    Row("POST /merges/{merge_id}/removal", "/merges/{merge}/removal", MODERATORS),
    Row(f"POST {T}/follow", "/topics/{open}/follow", SIGNED_IN, {"on": "1"}),
    Row(f"POST {T}/follow", "/topics/{staff_topic}/follow", ONLY_STAFF_SEES, {"on": "1"}),
    Row(f"POST {T}/me-too", "/topics/{open}/me-too", ANYONE | {"suspended": "403", "asker": "422"}, {"on": "1"}),
    Row(f"POST {T}/me-too", "/topics/{members_topic}/me-too", SIGNED_IN | {"visitor": "404", "suspended": "403", "asker": "422"}, {"on": "1"}),
    Row(f"POST {T}/acceptances", "/topics/{open}/acceptances", _for("asker moderator admin"), {"post": "{answer}"}),
    Row(f"POST {T}/acceptances", "/topics/{open}/acceptances", _all("403"), {"post": "{comment}"}),
    Row(f"POST {T}/acceptances", "/topics/{open}/acceptances", ONLY_STAFF_SEES | {"agent": "403", "admin": "409"}, {"post": "{staff_answer}"}),
    Row(f"POST {T}/acceptances/{{post_id}}/removal", "/topics/{solved}/acceptances/{accepted}/removal", OWNER_OR_MODERATOR),
    Row(f"GET {T}/resolution", "/topics/{solved}/resolution", STAFF),
    Row(f"GET {T}/resolution", "/topics/{staff_topic}/resolution", ONLY_STAFF_SEES),
    Row(f"POST {T}/resolution", "/topics/{solved}/resolution", STAFF, RESOLUTION),
    Row(f"POST {T}/resolution", "/topics/{open}/resolution", _for("", "403", agent="409", admin="409"), RESOLUTION),
    # What is done to a post.
    Row(f"POST {P}", "/posts/{question}", OWNER_OR_MODERATOR, EDIT),
    Row(f"POST {P}", "/posts/{answer}", MODERATORS, EDIT),
    Row(f"POST {P}", "/posts/{note}", ONLY_STAFF_SEES, EDIT),
    Row(f"POST {P}", "/posts/{withdrawn}", _all("404") | {"moderator": "403", "agent": "403", "admin": "403"}, EDIT),
    Row(f"POST {P}/comments", "/posts/{answer}/comments", MEMBERS, TEXT),
    Row(f"POST {P}/comments", "/posts/{staff_answer}/comments", ONLY_STAFF_SEES, TEXT),
    Row(f"POST {P}/restorations", "/posts/{answer}/restorations", MODERATORS, {"number": "1"}),
    Row(f"POST {P}/official-mark", "/posts/{answer}/official-mark", STAFF, OFFICIAL),
    Row(f"POST {P}/official-mark/removal", "/posts/{accepted}/official-mark/removal", STAFF),
    Row(f"POST {P}/withdrawal", "/posts/{comment}/withdrawal", _for("asker")),
    Row(f"POST {P}/withdrawal", "/posts/{answer}/withdrawal", _all("403")),
    Row(f"POST {P}/withdrawal", "/posts/{question}/withdrawal", _all("403") | {"asker": "409"}),
    Row(f"POST {P}/withdrawal/removal", "/posts/{withdrawn}/withdrawal/removal", _all("404") | {"moderator": "403", "agent": "403", "admin": "403"}),
    Row(f"POST {P}/removal", "/posts/{answer}/removal", MODERATORS, REASON),
    Row(f"POST {P}/removal", "/posts/{staff_answer}/removal", ONLY_STAFF_SEES, REASON),
    Row(f"POST {P}/removal/removal", "/posts/{withdrawn}/removal/removal", _all("404") | {"moderator": "403", "agent": "403", "admin": "403"}),
    Row(f"POST {P}/conversion", "/posts/{answer}/conversion", MODERATORS),
    Row(f"POST {P}/vote", "/posts/{answer}/vote", MEMBERS, {"value": "1"}),
    Row(f"POST {P}/vote", "/posts/{question}/vote", OTHERS, {"value": "1"}),
    Row(f"POST {P}/vote", "/posts/{comment}/vote", _all("403"), {"value": "1"}),
    Row(f"POST {P}/vote", "/posts/{staff_answer}/vote", ONLY_STAFF_SEES, {"value": "1"}),
    Row(f"POST {P}/marks", "/posts/{answer}/marks", MEMBERS, {"kind": "works"}),
    Row(f"POST {P}/marks", "/posts/{withdrawn}/marks", _all("404") | {"moderator": "403", "agent": "403", "admin": "403"}, {"kind": "works"}),
    # Edits that members suggest.
    Row(f"GET {P}/suggestions/new", "/posts/{answer}/suggestions/new", TRUSTED),
    Row(f"GET {P}/suggestions/new", "/posts/{staff_answer}/suggestions/new", ONLY_STAFF_SEES),
    Row(f"POST {P}/suggestions", "/posts/{answer}/suggestions", TRUSTED, TEXT),
    Row(f"POST {P}/suggestions", "/posts/{staff_answer}/suggestions", ONLY_STAFF_SEES, TEXT),
    Row("GET /suggestions/{suggestion_id}", "/suggestions/{suggestion}", REMOVED),
    Row("POST /suggestions/{suggestion_id}/decisions", "/suggestions/{suggestion}/decisions", REMOVED, {"decision": "accept", "number": "1"}),
    Row("POST /suggestions/{suggestion_id}/withdrawal", "/suggestions/{suggestion}/withdrawal", ANOTHERS),
    Row("GET /desk/edits", "/desk/edits", MODERATORS),
    Row("GET /me/edits", "/me/edits", SIGNED_IN),
    # Outcomes and what carries them back.
    Row(f"GET {R}", "/resolutions/{resolution}", ANYONE),
    Row(f"GET {R}/{{slug}}", "/resolutions/{resolution}/{resolution_slug}", ANYONE),
    Row(f"GET {R}", "/resolutions/{draft_resolution}", ONLY_STAFF_SEES),
    Row(f"POST {R}/helped", "/resolutions/{resolution}/helped", ANYONE | {"suspended": "403"}, {"helped": "yes"}),
    Row(f"POST {R}/helped", "/resolutions/{draft_resolution}/helped", NOBODY_404, {"helped": "yes"}),
    Row(f"POST {R}/withdrawal", "/resolutions/{resolution}/withdrawal", STAFF, REASON),
    Row(f"POST {R}/withdrawal", "/resolutions/{draft_resolution}/withdrawal", _for("", "404", agent="409", admin="409"), REASON),
    # Coming in. Whoever they are, nothing here works without the right words.
    Row("POST /sign-in", "/sign-in", _all("422"), {"who": "nobody", "password": "wrong wrong wrong"}),
    Row("POST /sign-out", "/sign-out", ANYONE),
    Row("POST /join", "/join", _all("422"), {"handle": "x"}),
    Row("GET /confirm", "/confirm?token=wrong", _all("410")),
    Row("POST /confirm", "/confirm", _all("410"), {"token": "wrong"}),
    Row("POST /forgot", "/forgot", _all("422"), {"email": "not an address"}),
    Row("GET /reset", "/reset?token=wrong", _all("410")),
    Row("POST /reset", "/reset", _all("410"), {"token": "wrong", "password": "a long and unknown sentence"}),
    Row("POST /theme", "/theme", ANYONE, {"theme": "dark"}),
    # One's own things.
    *(Row(f"GET {path}", path, SIGNED_IN) for path in ("/notifications", "/settings", "/settings/profile", "/settings/account")),
    *(Row(f"GET {path}", path, SIGNED_IN) for path in ("/settings/sessions", "/settings/notifications", "/settings/recognition")),
    Row("POST /notifications/reading", "/notifications/reading", SIGNED_IN),
    Row("POST /settings/profile", "/settings/profile", SIGNED_IN, {"name": "Somebody"}),
    Row("POST /settings/password", "/settings/password", _all("422") | {"visitor": "403"}, {"current": "x"}),
    Row("POST /settings/email", "/settings/email", _all("422") | {"visitor": "403"}, {"email": "x"}),
    Row("POST /settings/confirmation", "/settings/confirmation", _all("409") | {"visitor": "403", "unconfirmed": "ok"}),
    Row("POST /settings/sessions/{session_id}/removal", "/settings/sessions/{session}/removal", _all("404") | {"visitor": "403"}),
    Row("POST /settings/sessions/removals", "/settings/sessions/removals", SIGNED_IN),
    Row("POST /settings/notifications", "/settings/notifications", SIGNED_IN),
    Row("POST /settings/deletion", "/settings/deletion", _all("422") | {"visitor": "403"}, {"current": "not my password", "sure": "1"}),
    Row("POST /settings/recognition", "/settings/recognition", SIGNED_IN),
    # Being asked.
    *(Row(f"GET {path}", path, SIGNED_IN) for path in ("/for-you", "/invitations", "/settings/invitations")),
    Row("POST /invitations/{invite_id}/replies", "/invitations/{invite}/replies", INVITED, {"reply": "later"}),
    Row("POST /settings/invitations", "/settings/invitations", SIGNED_IN, {"zone": "Europe/Lisbon", "wants": "hub-3"}),
    Row("POST /settings/invitations", "/settings/invitations", _all("422") | {"visitor": "403"}, {"wants": "no-such-tag"}),
    Row("POST /settings/invitations/pauses", "/settings/invitations/pauses", SIGNED_IN, {"length": "week"}),
    Row("GET /desk/routing", "/desk/routing", STAFF),
    # The desk.
    Row("GET /desk", "/desk", ANYONE),
    *social_rows(Row, _for),
    *programme_rows(Row, _for),
    *member_rows(Row, _for),
    *review_rows(Row, _for),
    # The administration.
    Row("GET /admin/members", "/admin/members", ADMINS),
    Row("POST /admin/members/{member_id}/role", "/admin/members/{helper_id}/role", ADMINS, {"role": "moderator"}),
    Row("POST /admin/members/{member_id}/suspension", "/admin/members/{helper_id}/suspension", ADMINS, {"days": "3", "reason": "Spam."}),
    Row("POST /admin/members/{member_id}/suspension/removal", "/admin/members/{suspended_id}/suspension/removal", ADMINS),
    Row("GET /admin/badges", "/admin/badges", ADMINS),
    Row("GET /admin/badges/{key}", "/admin/badges/solver-gold", ADMINS),
    Row("GET /admin/badges/{key}", "/admin/badges/solver-gold?t0=5&t1=2", ADMINS),
    Row("POST /admin/badges/{key}", "/admin/badges/solver-gold", ADMINS, {"enabled": "1", "t0": "5", "t1": "2"}),
    Row("GET /badges/{key}", "/badges/solver-gold", ANYONE),
    Row("GET /badges/{key}", "/badges/no-such-badge", NOBODY_404),
    Row("POST /members/{handle}/stars", "/members/{helper_handle}/stars", _all("403"), {"note": "You were very patient."}),
    # Between volunteers.
    Row("GET /members/{handle}/endorsements/new", "/members/{helper_handle}/endorsements/new", TRUSTED | {"visitor": "in"}),
    Row("POST /members/{handle}/endorsements", "/members/{helper_handle}/endorsements", TRUSTED, ENDORSE),
    Row("GET /endorsements", "/endorsements", SIGNED_IN),
    Row("POST /endorsements/{review_id}", "/endorsements/{review}", ONLY_STAFF_SEES, {"agrees": "yes", "reason": "I have seen it."}),
    Row("GET /mentoring", "/mentoring", SIGNED_IN),
    Row("POST /mentoring", "/mentoring", MEMBERS, {"mentor": "{helper_id}"}),
    Row("POST /mentoring/{mentorship_id}/acceptance", "/mentoring/{mentorship}/acceptance", NOT_THEIRS),
    Row("POST /mentoring/{mentorship_id}/end", "/mentoring/{mentorship}/end", NOT_THEIRS),
    Row("POST /mentoring/drafts", "/mentoring/drafts", NOT_THEIRS, {"topic": "{open}"}),
    Row("POST /mentoring/drafts/{draft_id}", "/mentoring/drafts/{shown}", NOT_THEIRS, {"comment": "Say which firmware."}),
    # Boards and impact.
    *(Row(f"GET {path}", path, ANYONE) for path in ("/boards",)),
    Row("GET /boards/{key}", "/boards/newcomers", ANYONE),
    Row("GET /boards/{key}", "/boards/90?scope=tag:hub-3", ANYONE),
    Row("POST /admin/boards", "/admin/boards", ADMINS, {"on": "0"}),
    Row("GET /me/impact", "/me/impact", SIGNED_IN),
    Row("GET /me/impact/{year}", "/me/impact/2001", _for("", "404", visitor="in")),
    Row("GET /me/impact/{year}/card.png", "/me/impact/2001/card.png", _for("", "404", visitor="in")),
    Row("POST /topics/{topic_id}/helped", "/topics/{open}/helped", ANYONE | {"suspended": "403"}, {"helped": "yes"}),
    Row("POST /topics/{topic_id}/helped", "/topics/{members_topic}/helped", SIGNED_IN | {"visitor": "404", "suspended": "403"}, {"helped": "no"}),
    # Closing the loop.
    Row("GET /outcome/{token}", "/outcome/{outcome}", ANYONE),
    Row("GET /outcome/{token}", "/outcome/1-2-3-4-5.made-up", _all("410")),
    Row("POST /outcome/{token}", "/outcome/{outcome}", ANYONE, {"said": "not_yet"}),
    Row("POST /outcome/{token}", "/outcome/{outcome}", ANYONE, {"said": "fixed", "post": "{answer}"}),
    Row("POST /posts/{post_id}/credit", "/posts/{answer}/credit", _for("", asker="409")),
    Row("POST /posts/{post_id}/credit/removal", "/posts/{answer}/credit/removal", _for("asker")),
    Row("GET /posts/{post_id}/thanks/new", "/posts/{answer}/thanks/new", MEMBERS),
    Row("POST /posts/{post_id}/thanks", "/posts/{answer}/thanks", MEMBERS | {"asker": "409"}, {"text": "It works again."}),
    Row("GET /me/thanks", "/me/thanks", SIGNED_IN),
    Row("POST /thanks/{note_id}/removal", "/thanks/{thanks}/removal", _for("asker")),
    Row("POST /thanks/{note_id}/publication", "/thanks/{thanks}/publication", _all("403")),
    Row("POST /thanks/{note_id}/publication/removal", "/thanks/{thanks}/publication/removal", _all("403")),
    Row("GET /desk/thanks", "/desk/thanks", STAFF),
    Row("GET /admin/recognition", "/admin/recognition", ADMINS),
    Row("POST /admin/recognition", "/admin/recognition", ADMINS, {"preset": "young"}),
    Row("GET /admin/members/{member_id}/recognition", "/admin/members/{helper_id}/recognition", STAFF),
    Row("POST /admin/members/{member_id}/privilege-pauses", "/admin/members/{helper_id}/privilege-pauses", ADMINS, PAUSE),
    Row(
        "POST /admin/members/{member_id}/privilege-pauses/removal",
        "/admin/members/{helper_id}/privilege-pauses/removal",
        ADMINS,
        {"privilege": "edit_others"},
    ),
    Row("POST /admin/members/{member_id}/points", "/admin/members/{helper_id}/points", STAFF, POINTS),
    Row("POST /admin/points/{proposal_id}/approval", "/admin/points/{proposal}/approval", STAFF),
    Row("POST /admin/points/{proposal_id}/removal", "/admin/points/{proposal}/removal", STAFF),
    Row("GET /members/{handle}/reputation.csv", "/members/{helper_handle}/reputation.csv", SOMEBODY_ELSES),
    Row("GET /members/{handle}/reputation.json", "/members/{helper_handle}/reputation.json", SOMEBODY_ELSES),
    Row("GET /admin/jobs", "/admin/jobs", ADMINS),
    Row("POST /admin/jobs/{job_id}/retrial", "/admin/jobs/{job}/retrial", ADMINS),
    Row("POST /admin/jobs/{job_id}/removal", "/admin/jobs/{job}/removal", ADMINS),
]  # fmt: skip


def routes_of(app: Any) -> set[str]:
    """Every route by method and path, from the routers that were joined."""
    found: set[str] = set()
    for joined in app.routes:
        for route in getattr(getattr(joined, "original_router", None), "routes", [joined]):
            if isinstance(route, APIRoute):
                found |= {f"{method} {route.path}" for method in route.methods}
    return found


def test_every_route_has_a_row():
    routes = routes_of(create_app())
    assert len(routes) > 90
    assert routes - {row.route for row in ROWS} == set(), "routes without a row in the table above"
    assert {row.route for row in ROWS} - routes == set(), "rows without a route"


class World:
    """The community, its visitors, and the way back to how it began."""

    def __init__(self, session: Session, app: Any) -> None:
        self.ids = make.community(session)
        people = make.everybody(session) | {"asker": self.ids["asker"]}
        volunteer = people["volunteer"]
        assert volunteer is not None
        fresh(session, volunteer).reputation, fresh(session, volunteer).privileges = (
            500,
            "endorse,suggest_edit,review_queue,close_vote,invite_volunteer,propose_synonym,propose_article",
        )
        session.commit()
        self.ids["soon"] = (date.today() + timedelta(days=100)).isoformat()
        self.ids |= make.recognition(session, self.ids)
        suspended, self.admin = people["suspended"], people["admin"]
        assert suspended is not None
        self.ids |= {"suspended_id": suspended.id, "other_handle": make.member(session).handle}
        self.browsers: dict[str, Browser] = {}
        for name, member in people.items():
            self.browsers[name] = Browser(app)
            if member is not None:
                self.browsers[name].sign_in(member)
        session.close()
        self.start = Snapshot()

    def ask(self, who: str, row: Row) -> str:
        ratelimit._limiter.cache_clear()
        url = row.url.format(**self.ids)
        browser = self.browsers[who]
        if row.route.startswith("GET"):
            return _class(browser.get(url))
        kept = dict(browser.cookies)
        response = browser.post(url, {name: value.format(**self.ids) for name, value in row.form.items()}, **self._files(row))
        browser.cookies.clear()
        browser.cookies.update(kept)
        return _class(response)

    def _files(self, row: Row) -> dict[str, Any]:
        return {"files": {"file": ("picture.png", _png(), "image/png")}} if "file" in row.form else {}


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


def _class(response: Any) -> str:
    if response.status_code in (200, 201, 204, 301, 303):
        return "in" if response.headers.get("location", "").startswith("/sign-in") else "ok"
    return str(response.status_code)


@pytest.fixture
def world(session: Session, app: Any) -> Iterator[World]:
    made = World(session, app)
    yield made
    db.engine().dispose()


@pytest.mark.parametrize("who", VISITORS)
def test_the_matrix(world, who):
    wrong: list[str] = []
    for row in ROWS:
        expected = row.expected[who]
        if row.route.startswith("GET") and expected == "403" and who == "visitor":
            expected = "in"
        got = world.ask(who, row)
        if got != expected:
            wrong.append(f"{row}: {got} instead of {expected}")
        after = contents()
        touched = changed(world.start.digests, after) - NOISE
        if touched and (row.route.startswith("GET") or got not in ("ok", "in")):
            wrong.append(f"{row}: refused with {got}, yet {sorted(touched)} changed")
        if changed(world.start.digests, after):
            world.start.restore()
    if wrong:
        pytest.fail("\n".join(wrong))


def test_a_demotion_works_on_the_next_request(world, session):
    browser, jobs = world.browsers["admin"], "/admin/jobs"
    assert browser.get(jobs).status_code == 200
    admin = session.get(Member, world.admin.id)
    admin.role = Role.member
    session.commit()
    assert browser.get(jobs).status_code == 403
    assert browser.get(f"/topics/{world.ids['staff_topic']}").status_code == 404


def test_every_permission_has_rules_and_somebody_without_it(session):
    assert set(RULES) == set(Permission)
    stranger = actor_of(make.member(session, confirmed=False, suspended_until=None))
    for permission, rows in RULES.items():
        assert rows and all(rows), permission
        if permission in (Permission.topic_read, Permission.post_history, Permission.topic_me_too, Permission.topic_help_said):
            continue
        assert not may(VISITOR, permission), permission
        if permission not in (Permission.draft_keep, Permission.account_own, Permission.account_leave, Permission.topic_follow):
            assert not may(stranger, permission), permission


def test_every_permission_is_asked_for_somewhere():
    used = {name for text in source_of_forum().values() for name in re.findall(r"Permission\.(\w+)", text)}
    asked = {
        name
        for path, text in source_of_forum().items()
        if "policy/" not in path
        for name in re.findall(r"Permission\.(\w+)", text)
    }
    assert {permission.name for permission in Permission} - asked == set()
    assert used <= {permission.name for permission in Permission}
