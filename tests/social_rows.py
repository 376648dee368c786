"""Rows of the permission matrix for threads from elsewhere, channels and replies."""

from typing import Any

PUBLISH = {"title": "A red light on the hub again", "section": "help", "digest": "old"}
S = "/shares/{share_id}"


def social_rows(Row: Any, _for: Any) -> list[Any]:
    """`Row` and `_for` are those of the matrix."""
    STAFF, ADMINS = _for("agent admin"), _for("admin")
    NOBODY = _for("", "404")
    """For machines that hold the channel's secret; this one has none. And a picture that is not there."""
    TOO_LATE = {who: "409" if one == "ok" else one for who, one in STAFF.items()}
    SIGNED_IN = _for("unconfirmed member volunteer moderator agent admin suspended asker")
    MEMBERS = _for("member volunteer moderator agent admin asker")
    OWN_CLAIM = _for("", "404", asker="409", visitor="403", unconfirmed="403", suspended="403")
    NOBODY_THERE = {who: "404" if one == "ok" else one for who, one in STAFF.items()}
    DELEGATED = _for("", "409", visitor="403", unconfirmed="403", suspended="403")
    return [
        Row("GET /desk/social", "/desk/social", STAFF),
        Row("GET /desk/social/{thread_id}", "/desk/social/{thread}", STAFF),
        Row("GET /elsewhere/{post_id}/{place}.webp", "/elsewhere/1/0.webp", NOBODY),
        Row("GET /desk/channels", "/desk/channels", STAFF),
        Row("GET /desk/channels/new", "/desk/channels/new", ADMINS),
        Row(
            "POST /desk/channels",
            "/desk/channels",
            ADMINS,
            {"platform": "mastodon", "name": "Toots", "base_url": "social.example", "access_token": "x" * 20},
        ),
        Row("GET /desk/channels/{channel_id}", "/desk/channels/{channel}", STAFF),
        Row("POST /desk/channels/{channel_id}", "/desk/channels/{channel}", ADMINS, {"name": "Practice"}),
        Row("POST /desk/channels/{channel_id}/secrets", "/desk/channels/{channel}/secrets", ADMINS),
        Row("POST /desk/channels/{channel_id}/pause", "/desk/channels/{channel}/pause", ADMINS),
        Row("POST /desk/channels/{channel_id}/pause/removal", "/desk/channels/{channel}/pause/removal", ADMINS),
        Row("POST /desk/channels/{channel_id}/gaps/{gap_id}/closing", "/desk/channels/{channel}/gaps/{gap}/closing", STAFF),
        Row("GET /hooks/{platform}/{channel_id}", "/hooks/simulated/{channel}?crc_token=a", NOBODY),
        Row("POST /hooks/{platform}/{channel_id}", "/hooks/simulated/{channel}", NOBODY),
        Row("GET /desk/readings/new", "/desk/readings/new", STAFF),
        Row("POST /desk/readings", "/desk/readings", STAFF, {"url": "https://network.example/posts/1"}),
        Row("GET /desk/readings/{reading_id}", "/desk/readings/{reading}", STAFF),
        Row("POST /desk/social/{thread_id}/topic", "/desk/social/{thread}/topic", TOO_LATE, PUBLISH),
        Row("POST /desk/social/{thread_id}/ignoring", "/desk/social/{thread}/ignoring", STAFF, {"reason": "Not about us."}),
        Row("POST /desk/social/{thread_id}/reopening", "/desk/social/{ignored}/reopening", STAFF),
        Row(f"POST {S}", "/shares/{share}", STAFF, {"text": "Fixed, see our page."}),
        Row(f"POST {S}/receipt", "/shares/{share}/receipt", STAFF, {"receipt_url": "https://toot.example/1"}),
        Row("GET /desk/shares", "/desk/shares", STAFF),
        Row("GET /desk/shares/{share_id}", "/desk/shares/{share}", STAFF),
        Row(
            "POST /desk/social/{thread_id}/replies",
            "/desk/social/{thread}/replies",
            STAFF,
            {"text": "Which model is it?", "purpose": "ask"},
        ),
        Row(f"POST {S}/taking-back", "/shares/{share}/taking-back", TOO_LATE),
        Row(f"POST {S}/dropping", "/shares/{share}/dropping", STAFF),
        Row("GET /desk/practice", "/desk/practice", STAFF),
        Row("POST /desk/practice/posts", "/desk/practice/posts", STAFF, {"handle": "@maeve", "text": "Is anyone there?"}),
        Row("POST /desk/practice/accounts/{account_id}", "/desk/practice/accounts/nobody", NOBODY_THERE, {"bio": "x"}),
        Row("POST /desk/practice/faults", "/desk/practice/faults", STAFF, {"fault": "down"}),
        Row("GET /desk/archives", "/desk/archives", ADMINS),
        Row("POST /desk/archives", "/desk/archives", _for("", "403", admin="422"), {"form": "csv"}),
        Row("GET /desk/archives/{archive_id}", "/desk/archives/{archive}", ADMINS),
        Row("POST /desk/archives/{archive_id}", "/desk/archives/{archive}", _for("", "403", admin="409"), {"act": "try"}),
        Row("POST /desk/archives/{archive_id}/removal", "/desk/archives/{archive}/removal", ADMINS),
        # Volunteers' replies.
        Row("GET /desk/delegation", "/desk/delegation", ADMINS),
        Row("POST /desk/delegation", "/desk/delegation", ADMINS, {"handle": "{helper_handle}", "channel": "{channel}"}),
        Row("POST /desk/delegation/stop", "/desk/delegation/stop", ADMINS),
        Row("POST /desk/delegation/stop/removal", "/desk/delegation/stop/removal", ADMINS),
        Row("POST /desk/delegation/{delegation_id}/end", "/desk/delegation/{delegation}/end", ADMINS),
        Row("GET /me/replies", "/me/replies", MEMBERS),
        Row("POST /me/replies/{thread_id}", "/me/replies/{linked}", DELEGATED, {"text": "It is solved, see the question."}),
        *triage_rows(Row, _for),
        # Contacts and claims.
        Row("GET /desk/contacts", "/desk/contacts", STAFF),
        Row("GET /desk/contacts/{contact_id}", "/desk/contacts/{contact}", STAFF),
        Row("POST /desk/accounts/{account_id}/contact", "/desk/accounts/{account}/contact", STAFF),
        Row(
            "POST /desk/accounts/{account_id}/privacy",
            "/desk/accounts/{account}/privacy",
            STAFF,
            {"kind": "anonymise", "said": "By mail."},
        ),
        Row("POST /desk/accounts/{account_id}/mark", "/desk/accounts/{account}/mark", STAFF, {"kind": "press"}),
        Row("POST /desk/contacts/{contact_id}/merges", "/desk/contacts/{contact}/merges", STAFF, {"other": "{other_contact}"}),
        Row("POST /desk/merges/{merge_id}/undoing", "/desk/merges/{merge}/undoing", STAFF),
        Row("POST /desk/proposals/{proposal_id}/refusal", "/desk/proposals/{proposal}/refusal", STAFF),
        Row("POST /desk/claims/{claim_id}", "/desk/claims/{claim}", STAFF, {"decision": "keep"}),
        Row("GET /settings/accounts", "/settings/accounts", SIGNED_IN),
        Row("POST /settings/accounts", "/settings/accounts", MEMBERS, {"address": "https://network.example/@dora"}),
        Row("POST /settings/accounts/{claim_id}/look", "/settings/accounts/{claim}/look", OWN_CLAIM),
        Row("POST /settings/accounts/{claim_id}/letting-go", "/settings/accounts/{claim}/letting-go", OWN_CLAIM),
    ]


def triage_rows(Row: Any, _for: Any) -> list[Any]:
    """The inbox, watch rules, incidents and private cases."""
    STAFF, ADMINS, ANYONE = _for("agent admin"), _for("admin"), _for(" ".join(_for("")))
    TOO_LATE = {who: "409" if one == "ok" else one for who, one in STAFF.items()}
    NOT_SO = {who: "422" if one == "ok" else one for who, one in STAFF.items()}
    T, R, N = "/desk/social/{thread_id}", "/desk/rules/{rule_id}", "/desk/incidents/{incident_id}"
    t, r, i = "/desk/social/{thread}", "/desk/rules/{watch_rule}", "/desk/incidents/{incident}"
    RULE = {"name": "Lamps", "kind": "keyword", "expression": "lamp"}
    return [
        Row(f"POST {T}/watching", f"{t}/watching", STAFF, {"until": "{in_a_week}"}),
        Row(f"POST {T}/escalation", f"{t}/escalation", STAFF, {"to": "{staff_handle}", "note": "Please look."}),
        Row(f"POST {T}/attachment", f"{t}/attachment", TOO_LATE, {"topic": "{open}", "digest": "old"}),
        Row(f"POST {T}/pending", f"{t}/pending", TOO_LATE, {"digest": "old"}),
        Row(f"POST {T}/assignment", f"{t}/assignment", STAFF),
        Row(f"POST {T}/assignment/removal", f"{t}/assignment/removal", TOO_LATE),
        Row(f"POST {T}/return", f"{t}/return", TOO_LATE),
        Row(f"POST {T}/case", f"{t}/case", STAFF),
        Row("GET /desk/pastes/new", "/desk/pastes/new", STAFF),
        Row("POST /desk/pastes", "/desk/pastes", STAFF, {"author": "Nora", "text": "My lamp hums."}),
        Row("GET /desk/rules", "/desk/rules", STAFF),
        Row("GET /desk/rules/new", "/desk/rules/new", STAFF),
        Row("POST /desk/rules", "/desk/rules", STAFF, RULE),
        Row(f"GET {R}", r, STAFF),
        Row(f"POST {R}", r, STAFF, RULE),
        Row(f"GET {R}/trial", f"{r}/trial", STAFF),
        Row(f"POST {R}/pause", f"{r}/pause", STAFF),
        Row(f"POST {R}/pause/removal", f"{r}/pause/removal", STAFF),
        Row("GET /desk/incidents", "/desk/incidents", STAFF),
        Row(f"GET {N}", i, STAFF),
        Row(
            f"POST {N}/confirmation", f"{i}/confirmation", STAFF, {"title": "Hubs are down", "note": "We have seen it, and look."}
        ),
        Row(f"POST {N}/wording", f"{i}/wording", TOO_LATE, {"title": "Hubs are down", "note": "We have seen it, and look."}),
        Row(f"POST {N}/dismissal", f"{i}/dismissal", STAFF),
        Row(f"POST {N}/merging", f"{i}/merging", NOT_SO, {"into": "{incident}"}),
        Row(f"POST {N}/closing", f"{i}/closing", TOO_LATE, {"outcome": "A cable was cut; it is whole again."}),
        Row("GET /incidents/{incident_id}", "/incidents/{open_incident}", ANYONE),
        Row("GET /admin/trouble-words", "/admin/trouble-words", ADMINS),
        Row("POST /admin/trouble-words", "/admin/trouble-words", ADMINS, {"language": "en", "words": "broken"}),
        Row("GET /private/invitations/{token}", "/private/invitations/{private_case_invitation}", ANYONE),
        Row("POST /private/invitations/{token}", "/private/invitations/{private_case_invitation}", ANYONE, {"text": "Hello."}),
        Row("GET /private/{token}", "/private/{private_case_token}", ANYONE),
        Row("POST /private/{token}/messages", "/private/{private_case_token}/messages", ANYONE, {"text": "Hello."}),
        Row("POST /private/{token}/address", "/private/{private_case_token}/address", ANYONE, {"address": "maeve@example.org"}),
        Row("POST /private/{token}/address/removal", "/private/{private_case_token}/address/removal", ANYONE),
        Row("GET /private/addresses/{token}", "/private/addresses/{private_case_letter}", ANYONE),
        Row("POST /private/addresses/{token}", "/private/addresses/{private_case_letter}", ANYONE),
        Row("GET /desk/cases/{case_id}", "/desk/cases/{private_case}", STAFF),
        Row("POST /desk/cases/{case_id}/messages", "/desk/cases/{private_case}/messages", STAFF, {"text": "Hello."}),
        Row("POST /desk/cases/{case_id}/withdrawal", "/desk/cases/{private_case}/withdrawal", STAFF),
        Row("POST /desk/cases/{case_id}/closing", "/desk/cases/{private_case}/closing", STAFF, {"no_outcome": "One bill."}),
    ]
