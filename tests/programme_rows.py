"""Rows of the permission matrix for the volunteer programme and portable credentials."""

from typing import Any

from forum.recognition.vip.criteria import FIRST
from tests import make

EVERYBODY = "visitor unconfirmed member volunteer moderator agent admin suspended asker"


def programme_rows(Row: Any, _for: Any) -> list[Any]:
    """`Row` and `_for` are those of the matrix."""
    ANYONE = _for(EVERYBODY)
    SIGNED_IN = _for(EVERYBODY.removeprefix("visitor "))
    MEMBERS = _for("member volunteer moderator agent admin asker")
    STAFF, ADMINS, NOBODY_404 = _for("agent admin"), _for("admin"), _for("", "404")
    INVITED = _for("asker", "404", visitor="403")
    NOMINATES = _for("asker agent admin")
    NOMINATION = {"handle": "{other_handle}", "sentence": "Explains things until they work."}
    CRITERIA = {name: str(needed) for name, needed in FIRST.items()} | {"applies_on": "{soon}", "note": "Fewer months."}
    ASKS = _for("", "404", asker="409", unconfirmed="403", suspended="403", visitor="403")
    C = "/credentials/{credential_id}"
    G, D = "/perks/{offer_id}", "/desk/perks/{offer_id}"

    UNASKED = {who: "409" if one == "ok" else one for who, one in MEMBERS.items()}
    REPORT = "The second antenna works where the first one did not."
    ANSWERED = {"verdict": "useful", "sentence": "We found the reason."}
    OUTSIDE = {"unconfirmed": "403", "suspended": "403"}
    REFUSED = _for("", "403", agent="409", admin="409")
    return [
        # The volunteer programme, as a member sees it.
        Row("GET /me/vip", "/me/vip", SIGNED_IN),
        Row("POST /me/vip/appeals", "/me/vip/appeals", SIGNED_IN, {"text": "Please count the last week again."}),
        Row("GET /nominations", "/nominations", MEMBERS),
        Row("POST /nominations", "/nominations", NOMINATES, NOMINATION),
        Row("POST /nominations/{nomination_id}/comments", "/nominations/{nomination}/comments", NOMINATES, {"text": "True."}),
        Row("GET /perks", "/perks", SIGNED_IN),
        Row(f"GET {G}", "/perks/{offer}", INVITED),
        Row(f"GET {G}", "/perks/{draft_offer}", NOBODY_404 | {"visitor": "403"}),
        Row(f"POST {G}/reply", "/perks/{offer}/reply", INVITED, {"answer": "no"}),
        Row(f"POST {G}/reply", "/perks/{draft_offer}/reply", NOBODY_404 | {"visitor": "403"}, {"answer": "yes"}),
        Row(f"POST {G}/signature", "/perks/{seat_offer}/signature", INVITED, {"agree": "1", "version": "2026-1"}),
        Row(f"POST {G}/signature", "/perks/{offer}/signature", INVITED | {"asker": "403"}, {"agree": "1", "version": ""}),
        Row(f"GET {G}/room", "/perks/{seat_offer}/room", INVITED | {"asker": "403", "agent": "ok", "admin": "ok"}),
        Row(f"POST {G}/reports", "/perks/{seat_offer}/reports", INVITED | {"asker": "403", **OUTSIDE}, {"text": REPORT}),
        Row(f"GET {G}/draw", "/perks/{offer}/draw", INVITED | {"agent": "ok", "admin": "ok"}),
        Row(f"GET {G}/draw.json", "/perks/{offer}/draw.json", INVITED | {"agent": "ok", "admin": "ok"}),
        Row(f"GET {G}/seat.ics", "/perks/{seat_offer}/seat.ics", INVITED),
        Row(f"GET {G}/seat.ics", "/perks/{offer}/seat.ics", INVITED | {"asker": "404"}),
        Row(f"GET {G}/cancellation.ics", "/perks/{offer}/cancellation.ics?ticket=x&proof=y", INVITED | {"asker": "404"}),
        # The same at the desk.
        *(Row(f"GET /desk/{name}", f"/desk/{name}", STAFF) for name in ("perks", "perks/new", "season", "appeals", "nominations")),
        Row("POST /desk/perks", "/desk/perks", STAFF, make.offer_form()),
        Row(f"GET {D}", "/desk/perks/{offer}", STAFF),
        Row(f"GET {D}/edit", "/desk/perks/{seat_offer}/edit", STAFF),
        Row(f"POST {D}", "/desk/perks/{approved_offer}", STAFF, make.offer_form()),
        Row(f"POST {D}", "/desk/perks/{offer}", REFUSED, make.offer_form()),
        Row(f"POST {D}/approval", "/desk/perks/{draft_offer}/approval", STAFF),
        Row(f"POST {D}/approval", "/desk/perks/{offer}/approval", REFUSED),
        Row(f"POST {D}/invitations", "/desk/perks/{approved_offer}/invitations", STAFF),
        Row(f"POST {D}/invitations", "/desk/perks/{draft_offer}/invitations", REFUSED),
        Row(f"POST {D}/withdrawal", "/desk/perks/{offer}/withdrawal", STAFF, {"reason": "The hall burnt down."}),
        Row(f"POST {D}/closing", "/desk/perks/{seat_offer}/closing", STAFF),
        Row(f"POST {D}/reports/{{report_id}}/answer", "/desk/perks/{seat_offer}/reports/{report}/answer", STAFF, ANSWERED),
        Row(f"POST {D}/needs", "/desk/perks/{seat_offer}/needs", STAFF),
        Row("POST /desk/season/preview", "/desk/season/preview", STAFF),
        Row("POST /desk/season/{season_id}/publication", "/desk/season/{draft_season}/publication", STAFF),
        Row("POST /desk/season/criteria", "/desk/season/criteria", ADMINS, CRITERIA),
        Row("POST /desk/appeals/{appeal_id}/answer", "/desk/appeals/{appeal}/answer", STAFF, {"answer": "They were reversed in May."}),
        Row("POST /desk/nominations", "/desk/nominations", STAFF, NOMINATION),
        # Credentials: shown to everybody who has the address, changed by their holder.
        Row("GET /.well-known/did.json", "/.well-known/did.json", ANYONE),
        Row("GET /achievements/{key}", "/achievements/solver-gold", ANYONE),
        Row("GET /achievements/{key}", "/achievements/first-answer", NOBODY_404),
        Row("GET /credentials/status/{number}", "/credentials/status/1", ANYONE),
        *(Row(f"GET {C}{end}", f"/credentials/{{credential}}{end}", ANYONE) for end in ("", ".svg", ".png", ".jwt")),
        Row(f"GET {C}.json", "/credentials/{credential}.json", NOBODY_404),
        Row("GET /me/credentials", "/me/credentials", SIGNED_IN),
        Row("POST /me/credentials", "/me/credentials", ASKS, {"source": "season:{season}"}),
        Row("POST /me/credentials/key", "/me/credentials/key", MEMBERS, {"did": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}),
        Row("POST /me/credentials/key/proof", "/me/credentials/key/proof", UNASKED, {"proof": "eyJh.eyJh.x"}),
        Row("POST /me/credentials/key/removal", "/me/credentials/key/removal", SIGNED_IN),
        Row(f"POST {C}/revocation", "/credentials/{credential}/revocation", _for("asker admin"), {"reason": "It was not theirs."}),
        Row(f"POST {C}/keeping", "/credentials/{credential}/keeping", INVITED, {"outlives_account": "1"}),
        Row("GET /verify", "/verify", ANYONE),
        Row("POST /verify", "/verify", ANYONE, {"text": "eyJ.x.y"}),
    ]  # fmt: skip
