"""The keys of the core's NATS accounts, in `<data>/nats/` (0700, every file 0600).

`operator.seed`, needed only to make a new signer: keep it off line. `signer.seed` signs accounts in the
operator's name. `system.*` and `core.*` are the seeds and user credentials of these two accounts,
`venues/<venue>.seed` the account of each venue. Venues get user credentials, never a seed of an account.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import nkeys

from serving.nats_link import NatsLink

from . import nats_accounts as accounts

__all__ = ["AccountRefused", "NatsKeys"]

PUSH_TIMEOUT_S: Final = 10.0


class AccountRefused(Exception):
    """The hub did not take an account's claims; the message is the hub's."""


class NatsKeys:
    """The folder of keys of the core with this data folder; what is missing is made."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "nats"
        for folder in (self.folder, self.folder / "venues"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.operator = self._key("operator", "operator")
        self.signer = self._key("signer", "operator")
        self.system = self._key("system", "account")
        self.core = self._key("core", "account")
        self.system_credentials = self._credentials("system", self.system)
        self.core_credentials = self._credentials("core", self.core)

    def operator_token(self) -> str:
        """For the hub's configuration."""
        signer = accounts.public(self.signer)
        return accounts.operator_token(self.operator, accounts.public(self.system), signer)

    def preload(self) -> dict[str, str]:
        """Account key → token of the accounts that every hub knows from its start: system and CORE."""
        system, core = accounts.public(self.system), accounts.public(self.core)
        return {
            system: accounts.system_token(self.signer, system),
            core: accounts.core_token(self.signer, core),
        }

    def venue_account(self, venue: str) -> str:
        """The account key of a venue, made if it has none yet."""
        return accounts.public(self._key(f"venues/{venue}", "account"))

    def venue_credentials(self, venue: str) -> str:
        """A new user for the venue's leaf: the text of its creds file."""
        account, user = self._key(f"venues/{venue}", "account"), accounts.new_key("user")
        return accounts.creds(accounts.venue_user_token(account, accounts.public(user), "leaf"), user)

    async def push(self, system: NatsLink, account: str, name: str, users_since: int = 0) -> None:
        """Tells the hub of a venue's account, new or changed. `system`: a link with `system_credentials`.

        Users issued up to `users_since` (Unix seconds) are dead from then on, their links cut.
        Raises AccountRefused, or LinkError while the hub can't be reached; pushing again is harmless.
        """
        token = accounts.venue_token(self.signer, accounts.public(self.core), account, name, users_since)
        answer = await system.request("$SYS.REQ.CLAIMS.UPDATE", token.encode(), timeout_s=PUSH_TIMEOUT_S)
        said = json.loads(answer)
        if "error" in said:
            raise AccountRefused(str(said["error"]))

    def _key(self, name: str, kind: Literal["operator", "account", "user"]) -> nkeys.KeyPair:
        path = self.folder / f"{name}.seed"
        if not path.exists():
            _write(path, accounts.new_key(kind).seed.decode())
        return accounts.key_of_seed(path.read_text())

    def _credentials(self, name: str, account: nkeys.KeyPair) -> Path:
        path = self.folder / f"{name}.creds"
        if not path.exists():
            user = accounts.new_key("user")
            _write(path, accounts.creds(accounts.user_token(account, accounts.public(user), name), user))
        return path


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and for us alone; what another process has made meanwhile stays."""
    half_written = path.with_name(f"{path.name}.{os.getpid()}.half")
    with os.fdopen(os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(half_written)
    half_written.unlink()
