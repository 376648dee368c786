"""Rows of the permissions matrix about flags, reviews, findings, doubted votes and votes to close."""

from typing import Any

ANSWER = {"decision": "upheld", "answer": "You are right."}
ARTICLE = {"question": "Red light and no internet", "answer": "Hold the button for ten seconds.", "body": "Ten."}
WHOM = {"handle": "nobody-of-that-name", "reason": "Knows every light."}
T, P = "/topics/{topic_id}", "/posts/{post_id}"


def review_rows(Row: Any, _for: Any) -> list[Any]:
    MEMBERS = _for("member volunteer moderator agent admin asker")
    OTHERS = MEMBERS | {"asker": "403"}
    TRUSTED = _for("volunteer moderator agent admin")
    MODERATORS, STAFF = _for("moderator agent admin"), _for("agent admin")
    UNWILLING = TRUSTED | dict.fromkeys(("volunteer", "moderator", "agent", "admin"), "422")
    ONLY_STAFF_SEES, INVITED = _for("agent admin", "404"), _for("asker", "404", visitor="403")
    NOBODY_ASKED = ONLY_STAFF_SEES | {"agent": "409", "admin": "409"}
    return [
        Row(f"GET {P}/flags/new", "/posts/{answer}/flags/new", MEMBERS),
        Row(f"GET {P}/flags/new", "/posts/{question}/flags/new", OTHERS),
        Row(f"POST {P}/flags", "/posts/{answer}/flags", MEMBERS, {"reason": "spam"}),
        Row(f"POST {P}/flags", "/posts/{comment}/flags", OTHERS, {"reason": "rude"}),
        Row(f"POST {P}/flags", "/posts/{note}/flags", _for("", "404", agent="403", admin="403"), {"reason": "spam"}),
        Row(f"POST {P}/flags", "/posts/{staff_answer}/flags", ONLY_STAFF_SEES, {"reason": "spam"}),
        Row("GET /reviews", "/reviews", TRUSTED),
        Row("GET /reviews/{item_id}", "/reviews/{item}", TRUSTED),
        Row("GET /reviews/{item_id}", "/reviews/{staff_item}", STAFF | {"volunteer": "404", "moderator": "404"}),
        Row("POST /reviews/{item_id}/claims", "/reviews/{item}/claims", TRUSTED),
        Row("POST /reviews/{item_id}/claims/removal", "/reviews/{item}/claims/removal", TRUSTED),
        Row("POST /reviews/{item_id}/opinions", "/reviews/{item}/opinions", TRUSTED, {"verdict": "fine"}),
        Row("GET /desk/reviews", "/desk/reviews", MODERATORS),
        Row("GET /desk/reviews/{item_id}", "/desk/reviews/{item}", MODERATORS),
        Row("GET /desk/reviews/{item_id}", "/desk/reviews/{staff_item}", STAFF | {"volunteer": "404", "moderator": "404"}),
        Row("POST /desk/reviews/{item_id}/decisions", "/desk/reviews/{item}/decisions", MODERATORS, {"decision": "fine"}),
        Row("POST /desk/reviews/{item_id}/decisions", "/desk/reviews/{item}/decisions", MODERATORS, {"decision": "spam", "reason": "Watches."}),
        Row(f"GET {P}/defect/new", "/posts/{answer}/defect/new", STAFF),
        Row(f"POST {P}/defect", "/posts/{answer}/defect", STAFF, {"reference": "HUB-7"}),
        Row(f"POST {P}/defect", "/posts/{note}/defect", _for("", "404", agent="403", admin="403"), {"reference": "HUB-7"}),
        Row(f"POST {P}/defect/fixing", "/posts/{question}/defect/fixing", STAFF),
        Row(f"POST {P}/defect/removal", "/posts/{question}/defect/removal", STAFF),
        Row("GET /desk/defects", "/desk/defects", STAFF),
        Row(f"GET {T}/invitations/new", "/topics/{open}/invitations/new", TRUSTED),
        Row(f"POST {T}/invitations", "/topics/{open}/invitations", UNWILLING, WHOM),
        Row(f"POST {T}/invitations", "/topics/{staff_topic}/invitations", NOBODY_ASKED, WHOM),
        Row(f"GET {T}/articles/new", "/topics/{unwritten}/articles/new", TRUSTED),
        Row(f"GET {T}/articles/new", "/topics/{staff_topic}/articles/new", ONLY_STAFF_SEES),
        Row(f"POST {T}/articles", "/topics/{unwritten}/articles", _for("volunteer moderator"), ARTICLE),
        Row(f"POST {T}/articles", "/topics/{open}/articles", _for("") | {"volunteer": "409", "moderator": "409"}, ARTICLE),
        Row(f"POST {T}/articles", "/topics/{staff_topic}/articles", _for("", "404", agent="403", admin="403"), ARTICLE),
        Row("GET /articles/{article_id}", "/articles/{article}", _for("agent admin", "404")),
        Row("POST /articles/{article_id}/refusals", "/articles/{article}/refusals", _for("agent admin", "404"), {"said": "It does not say when."}),
        Row("POST /articles/{article_id}/withdrawal", "/articles/{article}/withdrawal", _for("", "404", agent="403", admin="403")),
        Row("GET /desk/articles", "/desk/articles", STAFF),
        Row("GET /synonyms/new", "/synonyms/new", TRUSTED),
        Row("POST /synonyms", "/synonyms", TRUSTED, {"name": "hub3", "same_as": "hub-3"}),
        Row("GET /desk/tags", "/desk/tags", STAFF),
        Row("POST /desk/tags/{name}", "/desk/tags/the-hub-3", STAFF, {"decision": "accept"}),
        Row("GET /settings/findings/{event_id}", "/settings/findings/{finding}", INVITED),
        Row("POST /settings/findings/{event_id}/objections", "/settings/findings/{finding}/objections", INVITED, {"text": "It was meant as a joke."}),
        Row("GET /desk/findings", "/desk/findings", MODERATORS),
        Row("POST /desk/findings/{objection_id}/answers", "/desk/findings/{objection}/answers", MODERATORS, ANSWER),
        Row(f"GET {T}/state-votes/new", "/topics/{open}/state-votes/new", TRUSTED),
        Row(f"POST {T}/state-votes", "/topics/{open}/state-votes", TRUSTED, {"reason": "unclear"}),
        Row(f"POST {T}/state-votes", "/topics/{staff_topic}/state-votes", ONLY_STAFF_SEES, {"reason": "unclear"}),
        Row(f"POST {T}/state-votes/removal", "/topics/{open}/state-votes/removal", TRUSTED),
        Row("GET /desk/votes", "/desk/votes", MODERATORS),
        Row("GET /desk/votes/{case_id}", "/desk/votes/{case}", MODERATORS),
        Row("POST /desk/votes/{case_id}/decisions", "/desk/votes/{case}/decisions", MODERATORS, {"decision": "dismiss", "note": "Friends."}),
        Row("GET /me/votes/{case_id}", "/me/votes/{case}", _for("asker", "404", visitor="403")),
        Row("POST /me/votes/{case_id}/appeals", "/me/votes/{case}/appeals", _for("asker", "404", visitor="403"), {"text": "It was not so."}),
    ]  # fmt: skip
