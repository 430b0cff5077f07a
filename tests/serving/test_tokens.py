"""Sign-ins as tokens: who signed decides who opened, and nothing else is believed."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import HTTPConnection

from serving.tokens import (
    Issuer,
    SignIn,
    TokenRefused,
    TrustedKey,
    Verifier,
    own_key,
    public_key,
    public_text,
    token_of,
)

NOW_S = 1_000_000
ANA = SignIn("v1", "ana", "manager", "tab1", "leaf", NOW_S + 900, "s1")


@pytest.fixture
def leaf() -> Issuer:
    return Issuer(Ed25519PrivateKey.generate())


def verifier(*keys: TrustedKey, revoked: str = "") -> Verifier:
    return Verifier(keys, lambda: NOW_S, lambda session: session == revoked)


def refusal(verifier: Verifier, token: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        verifier.verify(token)
    return caught.value.code


def test_a_token_says_who_it_was_made_for(leaf: Issuer) -> None:
    assert verifier(TrustedKey(leaf.public, "leaf", "v1")).verify(leaf.issue(ANA)) == ANA


def test_a_token_is_base64url_without_padding(leaf: Issuer) -> None:
    assert set(leaf.issue(ANA)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_who_opened_follows_from_the_key_and_never_from_the_token(leaf: Issuer) -> None:
    forged = replace(ANA, opened_by="leaf")
    assert verifier(TrustedKey(leaf.public, "core")).verify(leaf.issue(forged)).opened_by == "core"


def test_a_leaf_speaks_for_its_own_venue_only(leaf: Issuer) -> None:
    known = verifier(TrustedKey(leaf.public, "leaf", "v2"))
    assert refusal(known, leaf.issue(ANA)) == "unknown_key"


def test_a_key_nobody_trusts_opens_nothing(leaf: Issuer) -> None:
    known = verifier()
    token = leaf.issue(ANA)
    assert refusal(known, token) == "unknown_key"
    known.trust(TrustedKey(leaf.public, "leaf", "v1"))
    assert known.verify(token) == ANA
    known.distrust(leaf.public)
    assert refusal(known, token) == "unknown_key"


def test_a_token_ends(leaf: Issuer) -> None:
    known = verifier(TrustedKey(leaf.public, "leaf", "v1"), revoked="s2")
    assert refusal(known, leaf.issue(replace(ANA, expires_s=NOW_S))) == "expired"
    assert refusal(known, leaf.issue(replace(ANA, session="s2"))) == "revoked"


def test_another_keys_signature_under_a_known_key_id_is_refused(leaf: Issuer) -> None:
    known = verifier(TrustedKey(leaf.public, "leaf", "v1"))
    head, body, _ = leaf.issue(ANA).split(".")
    forged = Issuer(Ed25519PrivateKey.generate()).issue(ANA).split(".")[2]
    assert refusal(known, f"{head}.{body}.{forged}") == "malformed"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_other_algorithm_is_taken(leaf: Issuer, algorithm: str) -> None:
    claims = {"sub": "ana", "exp": NOW_S + 1, "venue": "v1", "role": "admin", "device": "d", "sid": "s"}
    key = "" if algorithm == "none" else public_text(leaf.public).ljust(64)
    token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": leaf.key_id})
    assert refusal(verifier(TrustedKey(leaf.public, "leaf", "v1")), token) == "malformed"


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "é.é.é", "." * 4_000, "ey.ey.ey"])
def test_garbage_is_malformed(token: str) -> None:
    assert refusal(verifier(), token) == "malformed"


@pytest.mark.parametrize("wrong", [{"role": 7}, {"exp": "soon"}, {"venue": None}])
def test_claims_of_another_shape_are_malformed(leaf: Issuer, wrong: dict[str, object]) -> None:
    key = Ed25519PrivateKey.generate()
    issuer = Issuer(key)
    claims = {
        "sub": "ana",
        "exp": NOW_S + 1,
        "venue": "v1",
        "role": "admin",
        "device": "d",
        "sid": "s",
        **wrong,
    }
    header = base64.urlsafe_b64encode(json.dumps({"alg": "EdDSA", "kid": issuer.key_id}).encode()).rstrip(
        b"="
    )
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(key.sign(header + b"." + body)).rstrip(b"=")
    token = b".".join((header, body, signature)).decode()
    assert refusal(verifier(TrustedKey(issuer.public, "leaf", "v1")), token) == "malformed"


def test_a_key_file_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "tokens.pem"
    first = own_key(path)
    assert path.stat().st_mode & 0o077 == 0
    assert own_key(path).private_bytes_raw() == first.private_bytes_raw()
    path.write_bytes(b"lost")
    with pytest.raises(ValueError):
        own_key(path)


def test_a_public_key_reads_back(leaf: Issuer) -> None:
    assert public_key(public_text(leaf.public)) == leaf.public


def connection(headers: dict[str, str]) -> HTTPConnection:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": raw})


def test_a_token_comes_by_header_before_subprotocol_before_cookie() -> None:
    brought = {
        "authorization": "Bearer one",
        "sec-websocket-protocol": "felt.sync.1, felt.token.two",
        "cookie": "felt_session=three",
    }
    for expected in ("one", "two", "three", None):
        assert token_of(connection(brought)) == expected
        brought.pop(next(iter(brought)), None) if brought else None


def test_a_token_in_the_address_is_not_looked_at() -> None:
    scope = {"type": "http", "headers": [], "query_string": b"token=x&felt_session=y", "path": "/"}
    assert token_of(HTTPConnection(scope)) is None
