"""The venue key: the owner's, made when a venue is founded, never on a box. It vouches for each new box.

As text it is 52 letters and digits (base32 of 32 secret bytes), in groups of four to be written down.
"""

import os
from base64 import b32decode, b32encode
from pathlib import Path

from felt.failure import CommandFailed
from ledger.heads import Signer

__all__ = ["new_venue_key", "read_venue_key"]


def new_venue_key(to: Path | None) -> tuple[Signer, str]:
    """A new one and its text; written to a new file of its owner's alone if one is named."""
    seed = os.urandom(32)
    text = b32encode(seed).decode().rstrip("=")
    grouped = "-".join(text[at : at + 4] for at in range(0, len(text), 4))
    if to is not None:
        try:
            with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(grouped + "\n")
        except OSError as error:
            raise CommandFailed(f"{to} can't be written: {error.strerror}") from error
    return Signer.from_seed(seed), grouped


def read_venue_key(path: Path) -> Signer:
    """Raises CommandFailed."""
    try:
        text = "".join(path.read_text().split()).replace("-", "").upper()
        seed = b32decode(text + "=" * (-len(text) % 8))
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{path} holds no venue key: {error}") from error
    if len(seed) != 32:
        raise CommandFailed(f"{path} holds no venue key")
    return Signer.from_seed(seed)
