"""What a till never sends, at the door where money is asked for: a stable code, a sentence, nothing written.

Each body is sent with a key of its own, then once more; the key is as good as new afterwards.
"""

import gzip
from typing import Any, Final

import apsw
import httpx
import pytest

from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import LEDGER, open_house

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

FIVE: Final = '"amount":{"amount":5,"currency":"EUR"}'
GOOD: Final = f'{{"kind":"vault_in",{FIVE}}}'
NO_WHOLE_NUMBER: Final = (
    "1.0", "1e3", "1E3", "-0.0", "0.0", '"100"', '"1e2"', "true", "false", "null", "[1]", "{}",
)  # fmt: skip
BEYOND: Final = ("-0", "0", "-1", f"{2**53}", f"{2**53 + 1}", f"{2**63}", f"{2**64}", "9" * 400)
NO_JSON: Final = ("007", "+1", "0x10", "1_000", "１", "1.", "1" * 5_000, "1//", "NaN", "1e400", "-Infinity")
BODIES: Final[dict[str, tuple[str, str]]] = {
    **{
        f"an amount of {text[:12]}": (
            f'{{"kind":"vault_in","amount":{{"amount":{text},"currency":"EUR"}}}}', code
        )
        for code, texts in (("invalid", NO_WHOLE_NUMBER + BEYOND), ("malformed", NO_JSON))
        for text in texts
    },
    **{
        f"{text} entries seen": (f'{{"kind":"vault_in",{FIVE},"expects":{{"entries":{text}}}}}', "invalid")
        for text in ("1.0", "true", '"0"', "-1", f"{2**53}")
    },
    **{
        f"a currency {text}": (f'{{"kind":"vault_in","amount":{{"amount":5,"currency":{text}}}}}', "invalid")
        for text in ('"eur"', '"EURO"', '""', "null", "5", '"ЕUR"', '"EUR\\n"')
    },
    **{
        f"a reason {text[:9]}": (f'{{"kind":"reverse","seq":4,"reason":{text}}}', code)
        for text, code in (
            ('"a\\u0000b"', "invalid"), ('"a\\nb"', "invalid"), ('"\\u001b@"', "invalid"), ('""', "invalid"),
            (f'"{"x" * 5_000}"', "invalid"), ('"\\ud800"', "malformed"),
        )
    },
    **{
        f"entry {text}": (f'{{"kind":"reverse","seq":{text},"reason":"x"}}', "invalid")
        for text in ("0", "-1", "4.0", "4e0", f"{2**63 - 1}", '"4"')
    },
    **{
        f"a count of {text}": (f'{{"kind":"close_drawer","drawer":"d","counted":{text}}}', code)
        for text, code in (
            ('{"1e2":1}', "invalid"), ('{"-100":1}', "invalid"), ('{"0":1}', "invalid"),
            ('{"00100":1}', "invalid"), ('{"１００":1}', "invalid"), ('{"100":1.0}', "invalid"),
            ('{"100":-1}', "invalid"), ('{"100":1,"1\\u00300":2}', "malformed"), ("[]", "invalid"),
        )
    },
    **{
        f"a player {text[:9]}": (f'{{"kind":"deposit","player":{text},"drawer":"d","method":"cash",{FIVE}}}',
        "invalid")
        for text in ('"a/b"', '".."', '""', '"zoë"', f'"{"p" * 100}"', "5", '"ann\\n"', "null")
    },
    "a kind twice": (f'{{"kind":"vault_in","kind":"vault_out",{FIVE}}}', "malformed"),
    "a kind twice, once in escapes": (f'{{"kind":"vault_in","\\u006bind":"vault_in",{FIVE}}}', "malformed"),
    "an amount twice": (
        '{"kind":"vault_in","amount":{"amount":5,"amount":500,"currency":"EUR"}}', "malformed"
    ),
    "a field that nobody knows": (f'{{"kind":"vault_in",{FIVE},"x":null}}', "unknown_field"),
    "one deep in": ('{"kind":"vault_in","amount":{"amount":5,"currency":"EUR","x":1}}', "unknown_field"),
    "another venue": (f'{{"kind":"vault_in",{FIVE},"venue":"other"}}', "unknown_field"),
    "a kind that is a list": (f'{{"kind":["vault_in"],{FIVE}}}', "invalid"),
    "no kind": (f"{{{FIVE}}}", "invalid"),
    "a kind of the ledger's own": ('{"kind":"open_term"}', "invalid"),
    "another of them": (f'{{"kind":"suspense",{FIVE}}}', "invalid"),
    "a list": ("[]", "invalid"),
    "nothing": ("", "malformed"),
    "two at once": (GOOD * 2, "malformed"),
    "a mark in front": ("\ufeff" + GOOD, "malformed"),
    "a pit": (f'{{"kind":"vault_in","amount":{"[" * 50_000}{"]" * 50_000}}}', "malformed"),
    "a flood": (f'{{"kind":"vault_in",{FIVE},"x":"{"a" * 262_144}"}}', "too_large"),
}  # fmt: skip
KEYS: Final = (
    "", "k" * 65, "a/b", "schlüssel", "a b", "a,b", '"a"', "a%20b", "a\tb",
)  # fmt: skip


@pytest.fixture
async def door(leaf: Leaf) -> "Door":
    till = await open_house(leaf)
    return Door(leaf, till.sign_in)


class Door:
    """Where bad input is sent, and whether anything was written."""

    def __init__(self, leaf: Leaf, sign_in: dict[str, str]) -> None:
        self._leaf, self._sign_in = leaf, sign_in
        self._db = apsw.Connection(str(leaf.settings.data / "ledger.db"), flags=apsw.SQLITE_OPEN_READONLY)

    @property
    def written(self) -> Any:
        counts = "(SELECT count(*) FROM entries), (SELECT count(*) FROM outcomes)"
        return self._db.execute(f"SELECT {counts}").fetchone()

    async def send(self, content: bytes, *keys: str, **more: str) -> httpx.Response:
        named = [(b"idempotency-key", key.encode()) for key in keys]
        told = {**self._sign_in, "content-type": "application/json", **more}
        headers = [*named, *((name.encode(), value.encode()) for name, value in told.items())]
        return await self._leaf.http.post(f"{LEDGER}/commands", content=content, headers=headers, timeout=60)


def refused(answer: httpx.Response, code: str) -> dict[str, Any]:
    """The error, which says for a person what is wrong."""
    assert 400 <= answer.status_code < 500, answer.text
    error = dict(answer.json()["error"])
    assert error["code"] == code, answer.text
    assert error["message"].endswith(".")
    assert " " in error["message"]
    return error


async def test_no_body_that_is_no_command_gets_in(door: Door) -> None:
    """[LE10]"""
    before = door.written
    for n, (text, code) in enumerate(BODIES.values()):
        first = await door.send(text.encode(), f"bad{n}")
        again = await door.send(text.encode(), f"bad{n}")
        error = refused(first, code)
        assert again.content == first.content
        for field in error["details"].get("fields", ()):
            assert not field.startswith(("vault_in", "reverse", "close_drawer", "deposit")), field
    for content in (
        GOOD.encode("utf-16"),
        gzip.compress(GOOD.encode()),
        b'{"kind":"\xe9"}',
        b'"\xed\xa0\x80"',
    ):
        refused(await door.send(content, "bad"), "malformed")
    assert door.written == before
    assert (await door.send(GOOD.encode(), "bad0")).status_code == 201


async def test_no_key_that_is_none_books_anything(door: Door) -> None:
    """[LE10] Nor do two of them."""
    before = door.written
    refused(await door.send(GOOD.encode()), "key_missing")
    for key in KEYS:
        error = refused(await door.send(GOOD.encode(), key), "invalid" if key else "key_missing")
        assert not key or "Idempotency-Key" in error["details"]["fields"]
    refused(await door.send(GOOD.encode(), "one", "two"), "invalid")
    refused(await door.send(GOOD.encode(), "one", "one"), "invalid")
    for head in ("{", f'{{"venue":"x","term":1,"seq":{"9" * 400}}}', "[" * 2_000):
        refused(await door.send(GOOD.encode(), "one", **{"ledger-head": head}), "invalid")
    assert door.written == before


async def test_the_sentence_names_the_field(door: Door) -> None:
    """[LE10]"""
    text = '{"kind":"vault_in","amount":{"amount":1.5,"currency":"EUR"}}'
    error = refused(await door.send(text.encode(), "k"), "invalid")
    assert error["message"] == (
        "Something in the form is missing or not as it must be. "
        "“amount.amount”: give a whole number, without decimals and letters."
    )
