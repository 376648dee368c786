"""Portable credentials: asked for, shown, checked, revoked, signed anew; by our own page and the library. Others' code: test_judges.py."""

import base64
import json
import socket
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.status import check_credential_status
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from sqlmodel import Session, select

from forum.core import clock
from forum.core.settings import settings
from forum.models import Activity, BadgeAward, Credential, Member
from forum.models.badges import BadgeAward as Award
from forum.policy.actor import actor_of
from forum.recognition import lifecycle
from forum.recognition.actions import subject_of
from forum.recognition.credentials import issuer, issuing, keys, proofs, signing, verifying
from forum.recognition.credentials.inputs import AskForCredential
from tests import make
from tests.fakes.client import Browser, fresh, words


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Everything here is worked out at home: opening a connection is an error."""
    monkeypatch.setattr(socket, "create_connection", _refuse)
    monkeypatch.setattr(socket, "getaddrinfo", _refuse)
    keys.published.cache_clear()


def _refuse(*_args, **_more):
    raise AssertionError("a socket was opened")


def earned(session: Session, badge: str = "solver-gold") -> tuple[Member, Award]:
    member = make.member(session, "Vera Volunteer")
    subject = subject_of(session, member.id)
    award = BadgeAward(badge=badge, subject=subject, earned_at=clock.now())
    session.add(award)
    session.commit()
    return member, award


@pytest.fixture
def issued(session):
    member, award = earned(session)
    row = issuing.ask(session, actor_of(member), AskForCredential(source=f"award:{award.id}"))
    session.commit()
    return member, award, row


def by_library(row: Credential, **more):
    document = json.dumps(issuer.did_document()).encode()
    return OB3Verifier.for_issuer_did(issuer.did(), download=lambda _url: document).verify(row.token, **more)


def test_nothing_is_issued_without_a_request(session, client):
    member, award = earned(session)
    client.sign_in(member)
    assert "You can have" in words(client.get("/me/credentials"))
    assert session.exec(select(Credential)).all() == []
    answer = client.post("/me/credentials", {"source": f"award:{award.id}"})
    assert answer.status_code == 303
    page = words(client.get(answer.headers["location"]))
    assert "Issued by Northwind Home" in page
    assert "Independent volunteer: not employed or paid by Northwind Home." in page
    assert client.post("/me/credentials", {"source": f"award:{award.id}"}).status_code == 409


def test_only_what_one_earned_and_what_may_travel(session, client):
    _, award = earned(session)
    _, bronze = earned(session, "first-answer")
    client.sign_in(make.member(session))
    assert client.post("/me/credentials", {"source": f"award:{award.id}"}).status_code == 404
    assert client.post("/me/credentials", {"source": f"award:{bronze.id}"}).status_code == 404
    assert client.post("/me/credentials", {"source": "season:1"}).status_code == 404
    assert client.post("/me/credentials", {"source": "anything"}).status_code == 422
    assert session.exec(select(Credential)).all() == []


def test_a_season_can_travel_too(session, client):
    member = make.vip(session)
    season = make.season(session)
    client.sign_in(member)
    answer = client.post("/me/credentials", {"source": f"season:{season.id}"})
    assert "VIP volunteer, season this season" in words(client.get(answer.headers["location"]))
    facts = client.get(f"/achievements/season-{season.id}-vip", headers={"accept": "application/json"}).json()
    assert "25 questions solved" in facts["criteria"]["narrative"]


def test_what_is_inside_and_what_is_not(issued):
    member, _, row = issued
    payload = jwt.decode(row.token, options={"verify_signature": False})
    text = json.dumps(payload)
    assert member.email not in text and member.name not in text and member.handle not in text
    subject = payload["credentialSubject"]
    identity = subject["identifier"][0]
    assert identity["identityHash"].startswith("sha256$") and len(identity["salt"]) == 32 and "id" not in subject
    assert subject["achievement"]["id"] == "http://testserver/achievements/solver-gold"
    assert "Independent volunteer" in payload["evidence"][0]["narrative"]
    assert payload["evidence"][0]["id"].startswith("http://testserver/")
    assert not {"result", "creditsEarned"} & set(subject)
    header = jwt.get_unverified_header(row.token)
    assert header["alg"] == "EdDSA" and header["kid"].startswith("did:web:testserver#k") and "jwk" not in header


def test_the_library_and_the_page_agree(issued, client):
    _, _, row = issued
    assert by_library(row).name == row.name
    page = words(client.post("/verify", {"text": row.token}))
    assert "It is genuine, unchanged, and still stands." in page
    assert "Northwind Home, matches" in page and "stands" in page


def test_the_document_with_a_proof(issued, session, drain):
    """In a job, since it takes half a second."""
    _, _, row = issued
    drain()
    document = json.loads(fresh(session, row).document)
    assert document["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    own = json.dumps(issuer.did_document()).encode()
    verified = OB3LdpVerifier.for_issuer_did(issuer.did()).verify(document, download=lambda _url: own)
    assert verified.id == signing.address(row.id)
    assert verifying.verdict_on(json.dumps(document)).ok
    document["credentialSubject"]["achievement"]["name"] = "Something grander"
    assert not verifying.verdict_on(json.dumps(document)).ok


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_pictures_carry_it(issued, client, ending):
    _, _, row = issued
    picture = client.get(f"/credentials/{row.id}.{ending}")
    assert picture.headers["content-type"].startswith("image/")
    assert verifying.text_of(picture.content) == row.token
    answer = client.post("/verify", {}, files={"file": (f"x.{ending}", picture.content, "image/*")})
    assert "still stands" in words(answer)


def test_each_form_by_accept(issued, client, session, drain):
    _, _, row = issued
    url = f"/credentials/{row.id}"
    assert client.get(url, headers={"accept": "application/vc+jwt"}).text == row.token
    assert client.get(url, headers={"accept": "application/ld+json"}).status_code == 404
    drain()
    document = client.get(url, headers={"accept": "application/ld+json"})
    assert document.headers["content-type"].startswith("application/ld+json")
    assert document.json()["id"] == f"http://testserver{url}"
    assert client.get(f"{url}.json").json() == document.json()
    assert "text/html" in client.get(url).headers["content-type"]
    did = client.get("/.well-known/did.json")
    assert did.json()["id"] == "did:web:testserver"
    assert {method["type"] for method in did.json()["verificationMethod"]} == {"JsonWebKey", "Multikey"}


def changed(token: str, part: int) -> str:
    parts = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(parts[part] + "=="))
    raw[len(raw) // 2] ^= 1
    parts[part] = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    return ".".join(parts)


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."


def by_another_key(token: str) -> str:
    other = jwt.algorithms.Ed25519PrivateKey.generate()
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload, other, algorithm="EdDSA", headers={"kid": jwt.get_unverified_header(token)["kid"]})


def with_a_shared_secret(token: str) -> str:
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload, "x" * 40, algorithm="HS256", headers={"kid": jwt.get_unverified_header(token)["kid"]})


@pytest.mark.parametrize(
    "forge",
    [
        lambda t: changed(t, 1),
        lambda t: changed(t, 2),
        unsigned,
        by_another_key,
        with_a_shared_secret,
        lambda t: t[:-9],
        lambda t: "{}",
    ],
    ids=["content", "signature", "alg none", "another key", "shared secret", "cut", "empty"],
)
def test_what_was_forged_is_refused(issued, client, forge):
    _, _, row = issued
    answer = client.post("/verify", {"text": forge(row.token)})
    assert answer.status_code == 200
    assert "still stands" not in words(answer)


def test_signed_by_us_but_unknown_is_not_genuine(issued, session):
    _, _, row = issued
    session.delete(fresh(session, row))
    session.commit()
    verdict = verifying.verdict_on(row.token)
    assert (verdict.ok, verdict.status) == (False, "unknown")


def status_of(client: Browser, row: Credential) -> None:
    """As a stranger's software would: fetch the list, check its signature, look at the bit. Raises when revoked."""
    token = client.get(f"/credentials/status/{row.list_number}").text
    own = json.dumps(issuer.did_document()).encode()

    def download(url: str, **_more):
        return own if url.endswith("did.json") else token.encode()

    kid = jwt.get_unverified_header(token)["kid"]
    key = next(one for one in keys.public_keys() if kid.endswith(one.name))
    pem = jwt.algorithms.OKPAlgorithm.from_jwk(json.dumps(key.jwk))
    check_credential_status(by_library(row), download=download, verify_list=True, list_pubkey_pem=_pem(pem))


def _pem(key) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_revoked_by_its_holder(issued, client, session):
    member, award, row = issued
    status_of(client, row)
    client.sign_in(make.member(session))
    assert client.post(f"/credentials/{row.id}/revocation").status_code == 403
    client.sign_in(member)
    assert client.post(f"/credentials/{row.id}/revocation").status_code == 303
    assert "Revoked on" in words(client.get(f"/credentials/{row.id}"))
    with pytest.raises(OB3VerificationError):
        status_of(client, row)
    assert verifying.verdict_on(row.token).status == "revoked"
    again = client.post("/me/credentials", {"source": f"award:{award.id}"})
    assert again.status_code == 303
    assert len(session.exec(select(Credential)).all()) == 2


def test_the_status_list_is_signed_short_lived_and_large(issued, client):
    _, _, row = issued
    answer = client.get(f"/credentials/status/{row.list_number}")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    claims = jwt.decode(answer.text, options={"verify_signature": False})
    assert claims["credentialSubject"]["ttl"] == 3_600_000
    assert timedelta(seconds=claims["exp"] - claims["nbf"]) == timedelta(days=7)
    assert 0 <= row.list_index < signing.SIZE == 131_072
    assert len(answer.content) < 4_000
    assert client.get("/credentials/status/99").status_code == 404


def test_fraud_takes_the_credential_with_the_badge(issued, session):
    from forum.recognition.badges.events import BadgeVoided

    _, award, row = issued
    session.rollback()
    with Session(session.get_bind().execution_options(forum_writes=True)) as writing:
        issuing.revoke_voided(writing, BadgeVoided(actor_id=1, badge=award.badge, award_id=award.id, reason="fraud"))
        writing.commit()
    assert fresh(session, row).revoked_reason == issuing.VOIDED


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "revoked"])
def test_when_the_account_goes_the_holder_has_chosen(issued, client, session, kept):
    member, _, row = issued
    client.sign_in(member)
    client.post(f"/credentials/{row.id}/keeping", {"outlives_account": "1"} if kept else {})
    session.rollback()
    with Session(session.get_bind().execution_options(forum_writes=True)) as writing:
        lifecycle.forget(writing, member.id)
        writing.commit()
    left = fresh(session, row)
    assert left.member_id is None
    assert verifying.verdict_on(left.token).ok is kept


def test_after_a_change_of_keys_the_old_still_count(issued, session, client):
    _, _, row = issued
    before = keys.current().name
    keys.rotate()
    assert keys.current().name != before
    assert by_library(row).name == row.name
    assert verifying.verdict_on(row.token).ok
    status_of(client, row)
    second = make.vip(session)
    season = make.season(session)
    other = issuing.ask(session, actor_of(second), AskForCredential(source=f"season:{season.id}"))
    session.commit()
    assert jwt.get_unverified_header(other.token)["kid"] != jwt.get_unverified_header(row.token)["kid"]
    assert verifying.verdict_on(other.token).ok
    methods = client.get("/.well-known/did.json").json()["verificationMethod"]
    assert len(methods) == 4


def test_keys_lie_outside_the_database_for_one_account_alone(issued):
    folder = settings().data_dir / "keys"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    keys.rotate()
    assert len(list(folder.glob("*.pem"))) == 1
    assert len(list(folder.glob("*.public.json"))) == 2


def test_keys_change_by_themselves_after_a_year(issued):
    before = keys.current().name
    proofs.rotate_when_old()
    assert keys.current().name == before
    clock.use(lambda: datetime.now(UTC) + timedelta(days=366))
    proofs.rotate_when_old()
    assert keys.current().name != before


def test_an_expired_one_is_told_as_that(issued):
    _, _, row = issued
    payload = jwt.decode(row.token, options={"verify_signature": False})
    gone = datetime.now(UTC) - timedelta(days=1)
    payload |= {"exp": int(gone.timestamp()), "validUntil": gone.strftime("%Y-%m-%dT%H:%M:%SZ")}
    key = keys.current()
    token = jwt.encode(payload, key.pem, algorithm="EdDSA", headers={"kid": issuer.method(key.name)})
    verdict = verifying.verdict_on(token)
    assert (verdict.ok, verdict.sentence) == (False, "It has expired.")


def test_the_log_names_no_address(issued, session):
    member, _, _ = issued
    rows = session.exec(select(Activity).where(Activity.event == "CredentialIssued")).all()
    assert len(rows) == 1 and member.email not in json.dumps(rows[0].data)


@pytest.mark.parametrize("text", ["", "   ", "hello", "a.b.c", "{" * 5_000, '{"@context": []}', "<svg/>"])
def test_nonsense_is_answered_kindly(client, text):
    assert client.post("/verify", {"text": text}).status_code in (200, 422)


def test_first_time_says_what_it_is(session, client):
    client.sign_in(make.member(session))
    assert "Nothing to take along yet" in words(client.get("/me/credentials"))
    assert "Check a credential" in words(client.get("/verify"))
