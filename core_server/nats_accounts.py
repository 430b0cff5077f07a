"""Keys and claims of the NATS accounts: one CORE, one account per venue, in operator mode.

CORE only exports, so its token stays the same however many venues there are. A venue imports CORE's
services under its own short names; the server puts the venue's account key into the subject
(`account_token_position`), so the subject CORE sees names the sender and no payload need be believed:

    in the venue   ledger                 sync.<op>                 leaf.<op> (heard)
    at CORE        felt.<account>.ledger  felt.<account>.sync.<op>  down.<account>.<op> (published)

Everything here is a pure function of keys and names, but for the time of issue and new keys.
"""

import base64
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import nkeys

__all__ = [
    "PAYLOAD_MAX",
    "account_of",
    "core_token",
    "creds",
    "key_of_seed",
    "new_key",
    "operator_token",
    "public",
    "system_token",
    "user_token",
    "venue_token",
    "venue_user_token",
]

Claims = dict[str, object]

ALL: Final = -1  # NATS: no limit
KINDS: Final = {
    "operator": nkeys.PREFIX_BYTE_OPERATOR,
    "account": nkeys.PREFIX_BYTE_ACCOUNT,
    "user": nkeys.PREFIX_BYTE_USER,
}
SERVICES: Final = ("ledger", "sync.>", "docs.>", "reply.>")
PAYLOAD_MAX: Final = 8 << 20  # a row of the update log may be 2 MiB, a document 8 MiB
CORE_STORAGE: Final = {"mem_storage": 64 << 20, "disk_storage": 1 << 30, "streams": 32, "consumer": 256}
# `conn` counts leaf links too: below `leaf` it drops them at every push. Two leaf links: a restarted leaf
# comes back before the hub has noticed that the old one is gone.
VENUE_LIMITS: Final = {"conn": 4, "leaf": 2, "payload": PAYLOAD_MAX, "subs": 1000}


def new_key(kind: Literal["operator", "account", "user"]) -> nkeys.KeyPair:
    """A new key pair; `pair.seed` is its secret."""
    return nkeys.from_seed(nkeys.encode_seed(os.urandom(32), KINDS[kind]))


def key_of_seed(seed: str) -> nkeys.KeyPair:
    """The pair of a stored seed."""
    return nkeys.from_seed(seed.encode())


def public(pair: nkeys.KeyPair) -> str:
    """The public key as NATS writes it: `O…`, `A…` or `U…`, 56 characters."""
    return str(pair.public_key.decode())


def account_of(subject: str) -> str:
    """The venue's account key in a subject at CORE; the NATS server put it there."""
    return subject.split(".", 2)[1]


def operator_token(operator: nkeys.KeyPair, system: str, signer: str) -> str:
    """The operator's own claims: its system account and the key that signs accounts in its name."""
    body: Claims = {"type": "operator", "system_account": system, "signing_keys": [signer]}
    return _sign(operator, public(operator), "felt", body)


def system_token(signer: nkeys.KeyPair, system: str) -> str:
    """The account of the hubs' own requests (pushing accounts)."""
    return _account(signer, system, "SYS")


def core_token(signer: nkeys.KeyPair, core: str) -> str:
    """CORE's account: the same exports for ever."""
    exports = [_export("service", f"felt.*.{service}") for service in SERVICES]
    exports.append(_export("stream", "down.*.>"))
    return _account(signer, core, "CORE", exports=exports, limits=CORE_STORAGE)


def venue_token(signer: nkeys.KeyPair, core: str, venue: str, name: str, users_since: int = 0) -> str:
    """A venue's account. Tokens of users that were issued up to `users_since` (Unix seconds) are dead."""
    imports = [_import("service", core, f"felt.{venue}.{service}", service) for service in SERVICES]
    imports.append(_import("stream", core, f"down.{venue}.>", "leaf.>"))
    return _account(signer, venue, name, imports=imports, limits=VENUE_LIMITS, users_since=users_since)


def user_token(account: nkeys.KeyPair, user: str, name: str, **permissions: object) -> str:
    """A user of an account."""
    body: Claims = {"type": "user", "subs": ALL, "data": ALL, "payload": ALL, **permissions}
    return _sign(account, user, name, body)


def venue_user_token(account: nkeys.KeyPair, user: str, name: str) -> str:
    """The user a leaf's NATS node is: a leaf link only, and only our subjects cross it."""
    return user_token(
        account,
        user,
        name,
        allowed_connection_types=["LEAFNODE"],
        pub={"allow": list(SERVICES)},
        sub={"allow": ["leaf.>", "_INBOX.>"]},
    )


def creds(token: str, user: nkeys.KeyPair) -> str:
    """The text of a creds file: the user's token and seed."""
    return (
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n"
    )


def _account(
    signer: nkeys.KeyPair,
    account: str,
    name: str,
    *,
    exports: Sequence[Claims] = (),
    imports: Sequence[Claims] = (),
    limits: Mapping[str, int] | None = None,
    users_since: int = 0,
) -> str:
    unlimited = dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), ALL)
    body: Claims = {
        "type": "account",
        "limits": {**unlimited, "wildcards": True, **(limits or {})},
        "exports": list(exports),
        "imports": list(imports),
    }
    if users_since:
        body["revocations"] = {"*": users_since}
    return _sign(signer, account, name, body)


def _export(kind: Literal["service", "stream"], subject: str) -> Claims:
    # Token 2 is the `*`: it must be the importer's own key.
    return {"name": subject, "subject": subject, "type": kind, "account_token_position": 2}


def _import(kind: Literal["service", "stream"], account: str, subject: str, local: str) -> Claims:
    return {"name": local, "account": account, "type": kind, "subject": subject, "local_subject": local}


def _sign(issuer: nkeys.KeyPair, subject: str, name: str, body: Claims) -> str:
    claims: Claims = {
        "iat": int(time.time()),
        "iss": public(issuer),
        "name": name,
        "sub": subject,
        "nats": {**body, "version": 2},
    }
    digest = hashlib.new("sha512_256", _compact(claims)).digest()
    claims["jti"] = base64.b32encode(digest).rstrip(b"=").decode()
    text = _b64(b'{"typ":"JWT","alg":"ed25519-nkey"}') + "." + _b64(_compact(claims))
    return text + "." + _b64(issuer.sign(text.encode()))


def _compact(claims: Claims) -> bytes:
    return json.dumps(claims, separators=(",", ":")).encode()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
