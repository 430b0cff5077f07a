"""The keys that all processes of one core share: the first of them writes the public ones into the database.

A second process with a fresh data folder would make keys of its own: the hub would not let it in, and tokens
of one process would be none for the other. So it does not start, and says what to copy.
"""

from collections.abc import Mapping

from .db import Database

__all__ = ["OtherKeys", "check_keys"]


class OtherKeys(Exception):
    """This data folder holds other keys than the core whose database it was given."""


async def check_keys(database: Database, publics: Mapping[str, str], data: object) -> None:
    """Writes the public keys where there are none yet. Raises OtherKeys, DatabaseDown."""
    async with database.directory() as transaction:
        for name, public in publics.items():
            await transaction.execute(
                "INSERT INTO core_keys (name, public) VALUES (%s, %s) ON CONFLICT DO NOTHING", (name, public)
            )
        found = await (await transaction.execute("SELECT name, public FROM core_keys")).fetchall()
    known = {str(name): str(public) for name, public in found}
    other = sorted(name for name, public in publics.items() if known[name] != public)
    if other:
        raise OtherKeys(
            f"the {' and '.join(other)} key in {data} is not that of the other processes of this core: "
            "copy their nats/ and keys/ folders here"
        )
