"""The key files of a leaf, in `<data>/keys`, readable by their owner alone.

tokens.pem    Ed25519, signs sign-ins
draw.key      32 bytes that the seeds of seat draws follow from
ledger.key    32 bytes, the seed of the key that signs ledger heads; each box makes its own
venue.pub     public half of the venue key, which vouches for boxes and is never on one (not in old venues)
box.json      certificate of this box's ledger key (not there while the first box goes on)
leaf.json     what the core is told at enrolment: venue and public keys
core.json     what the core said at enrolment: its public key and addresses (not there before)
venue.creds   NATS user of this venue's account (not there before)
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from leaf_server.identity.venue import VenueRecord
from ledger.heads import Signer
from serving.tokens import Issuer, own_key, public_key, public_text

__all__ = ["CorePeer", "KeyFiles", "KeyUnreadable"]

_JSON_BYTES_MAX: Final = 64 * 1024


class KeyUnreadable(Exception):
    """A key file is there and holds something else; a person has to look."""


@dataclass(frozen=True, slots=True)
class CorePeer:
    """The core this leaf is enrolled with."""

    token_key: Ed25519PublicKey
    core_url: str | None
    nats_hub: tuple[str, ...]
    core_sync_url: str | None = None  # its sync port, as it was at enrolment


class KeyFiles:
    """The folder. Keys are made on first use."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "keys"

    @property
    def creds(self) -> Path | None:
        """The NATS credentials, once enrolled."""
        path = self._folder / "venue.creds"
        return path if path.exists() else None

    def issuer(self) -> Issuer:
        """Raises KeyUnreadable."""
        self.make_folder()
        try:
            return Issuer(own_key(self._folder / "tokens.pem"))
        except (ValueError, TypeError) as error:
            raise KeyUnreadable("keys/tokens.pem") from error

    def signer(self) -> Signer:
        """Raises KeyUnreadable."""
        self.make_folder()
        path = self._folder / "ledger.key"
        if not path.exists():
            _write(path, os.urandom(32))
        seed = path.read_bytes()
        if len(seed) != 32:
            raise KeyUnreadable("keys/ledger.key")
        return Signer.from_seed(seed)

    def draw_secret(self) -> bytes:
        """What seeds of seat draws follow from. Raises KeyUnreadable."""
        self.make_folder()
        path = self._folder / "draw.key"
        if not path.exists():
            _write(path, os.urandom(32))
        secret = path.read_bytes()
        if len(secret) != 32:
            raise KeyUnreadable("keys/draw.key")
        return secret

    def venue_key(self) -> str:
        """The public half of the venue key as base64url; empty: the venue has none."""
        path = self._folder / "venue.pub"
        return path.read_text().strip() if path.exists() else ""

    def certificate(self) -> dict[str, Any] | None:
        """Who vouches for this box. Raises KeyUnreadable."""
        path = self._folder / "box.json"
        if not path.exists():
            return None
        try:
            return dict(json.loads(path.read_bytes()[:_JSON_BYTES_MAX]))
        except (ValueError, TypeError) as error:
            raise KeyUnreadable("keys/box.json") from error

    def name_venue_key(self, public_key: str) -> None:
        """At founding; the first term will name it."""
        self.make_folder()
        _write(self._folder / "venue.pub", public_key.encode())

    def new_ledger_key(self, certify: Callable[[Signer], dict[str, Any] | None]) -> Signer:
        """This folder becomes a box of its own: another key, vouched for by what `certify` answers."""
        self.make_folder()
        seed = os.urandom(32)
        certificate = certify(Signer.from_seed(seed))
        (self._folder / "box.json").unlink(missing_ok=True)
        if certificate is not None:
            _write(self._folder / "box.json", json.dumps(certificate).encode())
        _write(self._folder / "ledger.key", seed)
        self._tell_again()
        return Signer.from_seed(seed)

    def _tell_again(self) -> None:
        """The core, should it be enrolled again, is told of the key as it is now."""
        path = self._folder / "leaf.json"
        if path.exists():
            key = public_text(Ed25519PublicKey.from_public_bytes(self.signer().public_key))
            told = json.loads(path.read_bytes()) | {"ledger_key": key}
            _write(path, json.dumps(told, indent=1).encode())

    def tell(self, venue: VenueRecord) -> None:
        """Writes `leaf.json` for the core."""
        ledger_key = Ed25519PublicKey.from_public_bytes(self.signer().public_key)
        told = {
            "v": 1,
            "venue": venue.id,
            "name": venue.name,
            "currency": venue.currency,
            "time_zone": venue.time_zone,
            "start_ms": venue.start_ms,
            "token_key": public_text(self.issuer().public),
            "ledger_key": public_text(ledger_key),
        }
        _write(self._folder / "leaf.json", json.dumps(told, indent=1).encode())

    def core(self) -> CorePeer | None:
        """The core, once enrolled. Raises KeyUnreadable."""
        path = self._folder / "core.json"
        if not path.exists():
            return None
        try:
            told: dict[str, Any] = json.loads(path.read_bytes()[:_JSON_BYTES_MAX])
            hub = tuple(str(url) for url in told["nats_hub"])
            return CorePeer(
                public_key(str(told["token_key"])), told.get("core_url"), hub, told.get("core_sync_url")
            )
        except (ValueError, KeyError, TypeError) as error:
            raise KeyUnreadable("keys/core.json") from error

    def make_folder(self) -> None:
        """The folder and all above it, for the owner alone."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, 0600."""
    fresh = path.with_name(path.name + ".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
