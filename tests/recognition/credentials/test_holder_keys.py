"""A holder's own key: named, proved by a signature, and then named in what is signed for them."""

import base64
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3.did import did_key_from_pem
from sqlmodel import select

from forum.core import clock
from forum.core.settings import settings
from forum.models import BadgeAward, Credential, HolderKey
from forum.recognition.actions import subject_of
from forum.recognition.credentials import keys, signing
from tests import make
from tests.fakes.client import words

KEY = "/me/credentials/key"


def did_of(key):
    return did_key_from_pem(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


@pytest.fixture
def key():
    keys.published.cache_clear()
    return Ed25519PrivateKey.generate()


@pytest.fixture
def holder(session, client):
    member = make.member(session, "Vera Volunteer")
    award = BadgeAward(badge="solver-gold", subject=subject_of(session, member.id), earned_at=clock.now())
    session.add(award)
    session.commit()
    client.sign_in(member)
    return award


def challenge(session):
    session.rollback()
    return session.exec(select(HolderKey)).one().challenge


def proof(session, key, **changes):
    soon = datetime.now(UTC) + timedelta(minutes=10)
    claims = {"nonce": challenge(session), "aud": settings().base_url, "exp": soon, **changes}
    return jwt.encode({name: value for name, value in claims.items() if value}, key, algorithm="EdDSA")


def issued(session, client, holder):
    client.post("/me/credentials", {"source": f"award:{holder.id}"})
    session.rollback()
    return session.exec(select(Credential)).one()


def test_a_proved_key_is_the_subject_of_what_is_signed(session, client, holder, key):
    assert client.post(KEY, {"did": did_of(key)}).status_code == 303
    assert challenge(session) in words(client.get("/me/credentials"))
    assert client.post(f"{KEY}/proof", {"proof": proof(session, key)}).status_code == 303
    assert "Credentials name your key" in words(client.get("/me/credentials"))
    row = issued(session, client, holder)
    payload = jwt.decode(row.token, options={"verify_signature": False})
    assert payload["sub"] == payload["credentialSubject"]["id"] == did_of(key)
    assert "identifier" not in payload["credentialSubject"]
    assert did_of(key) in signing.with_proof(row.token)
    client.sign_out()
    assert did_of(key) in words(client.get(f"/credentials/{row.id}"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nonce": "another"}, "It answers another question."),
        ({"aud": "https://elsewhere.example"}, "for another site"),
        ({"exp": datetime(2020, 1, 1, tzinfo=UTC)}, "has expired"),
        ({"exp": None}, "needs “nonce”, “aud” and “exp”"),
    ],
)
def test_a_proof_of_something_else_is_refused_and_comes_back(session, client, holder, key, changes, said):
    client.post(KEY, {"did": did_of(key)})
    token = proof(session, key, **changes)
    again = client.post(f"{KEY}/proof", {"proof": token})
    assert again.status_code == 422 and said in words(again) and token in again.text
    assert "sub" not in jwt.decode(issued(session, client, holder).token, options={"verify_signature": False})


def test_another_key_no_algorithm_or_nonsense_prove_nothing(session, client, holder, key):
    client.post(KEY, {"did": did_of(key)})
    nothing = jwt.encode({"nonce": challenge(session)}, "", algorithm="none")
    for token in (proof(session, Ed25519PrivateKey.generate()), nothing, "eyJ.x.y", base64.b64encode(b"x" * 90).decode()):
        assert client.post(f"{KEY}/proof", {"proof": token}).status_code == 422
    session.rollback()
    assert session.exec(select(HolderKey)).one().proved_at is None


def test_a_challenge_is_answered_once_and_within_the_hour(session, client, holder, key):
    client.post(KEY, {"did": did_of(key)})
    token = proof(session, key)
    moment = clock.now()
    clock.use(lambda: moment + timedelta(minutes=61))
    assert client.post(f"{KEY}/proof", {"proof": token}).status_code == 409
    clock.use(lambda: moment)
    assert client.post(f"{KEY}/proof", {"proof": token}).status_code == 303
    assert client.post(f"{KEY}/proof", {"proof": token}).status_code == 409


def test_other_kinds_of_name_are_refused(client, holder, key):
    for name in (did_of(generate_private_key(SECP256R1())), "did:web:example.org", "did:key:z6Mk", "did:key:" + "z" * 60):
        again = client.post(KEY, {"did": name})
        assert again.status_code == 422 and "begins with did:key:z6Mk" in words(again), name


def test_a_removed_key_is_named_no_longer(session, client, holder, key):
    client.post(KEY, {"did": did_of(key)})
    client.post(f"{KEY}/proof", {"proof": proof(session, key)})
    assert client.post(f"{KEY}/removal").status_code == 303
    payload = jwt.decode(issued(session, client, holder).token, options={"verify_signature": False})
    assert "sub" not in payload and payload["credentialSubject"]["identifier"]
