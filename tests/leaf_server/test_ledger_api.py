"""The ledger over HTTP on a whole leaf: outcomes, proofs an auditor can recompute, and the cage's picture."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.leaf_server.fix_leaf import Leaf, found, leaf, running
from tests.ledger.till import PROFILE, RULES, body, sale

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

LEDGER = "/api/v1/ledger"


class Till:
    """One signed-in device at the leaf."""

    def __init__(self, http: httpx.AsyncClient, sign_in: dict[str, str]) -> None:
        self.http = http
        self.sign_in = sign_in
        self.keys = 0

    async def ask(self, kind: str, *, key: str = "", **fields: Any) -> httpx.Response:
        self.keys += 1
        headers = {**self.sign_in, "idempotency-key": key or f"key-{self.keys}"}
        return await self.http.post(f"{LEDGER}/commands", content=body(kind, **fields), headers=headers)

    async def post(self, kind: str, **fields: Any) -> dict[str, Any]:
        answer = await self.ask(kind, **fields)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def get(self, path: str, status: int = 200) -> Any:
        answer = await self.http.get(path, headers=self.sign_in)
        assert answer.status_code == status, answer.text
        return answer.json()


async def open_house(leaf: Leaf) -> Till:
    till = Till(leaf.http, await leaf.token("ana", "cage"))
    await till.post("adopt_profile", profile=PROFILE)
    await till.post("adopt_tournament", tournament="t", rules=RULES)
    await till.post("vault_in", amount=100_000)
    await till.post("open_drawer", drawer="d", amount=20_000)
    return till


async def test_a_cashier_books_and_gets_a_receipt(leaf: Leaf) -> None:  # [LE8] [LE9]
    await open_house(leaf)
    till = Till(leaf.http, await leaf.token("cat", "cage"))
    first = await till.ask(**sale("buy_in", "ann", "a1", key="one"))
    assert first.status_code == 201
    posted = first.json()
    assert posted["outcome"] == "posted"
    assert (posted["entry"]["seq"], posted["entry"]["person"]) == (6, "cat")
    assert posted["head"]["hash"] == posted["hash"]
    receipt = posted["receipt"]
    assert receipt["hash_short"] == base64.b32encode(bytes.fromhex(posted["hash"])[:10]).decode()
    assert receipt["lines"][0] == {"text": "Prize pool", "amount_cents": 8_000}
    assert (receipt["total_cents"], receipt["copy"]) == (10_000, False)
    again = await till.ask(**sale("buy_in", "ann", "a1", key="one"))
    assert (again.status_code, again.content) == (201, first.content)
    assert await till.get(f"{LEDGER}/commands/one") == posted
    assert (await till.get("/api/v1/receipts/6")) == {**receipt, "copy": True}


async def test_a_refusal_is_the_same_problem_for_ever(leaf: Leaf) -> None:  # [LE9]
    till = await open_house(leaf)
    asked = sale("rebuy", "ann", "a1", key="no")
    first = await till.ask(**asked)
    assert first.status_code == 409
    assert first.headers["content-type"] == "application/problem+json"
    assert first.json()["error"]["code"] == "unknown_player_entry"
    await till.post(**sale("buy_in", "ann", "a1"))
    assert (await till.ask(**asked)).content == first.content
    stored = await till.get(f"{LEDGER}/commands/no")
    assert (stored["outcome"], stored["error"]) == ("refused", first.json()["error"])


@pytest.mark.parametrize(
    ("data", "key", "status", "code"),
    [
        (b"{", "k", 400, "malformed"),
        (b"[1]", "k", 422, "invalid"),
        (b"\xff", "k", 400, "malformed"),
        (b"[" * 100_000, "k", 400, "malformed"),
        (b" " * 300_000, "k", 413, "too_large"),
        (body("vault_in", amount=5), None, 400, "key_missing"),
        (body("vault_in", amount=5), "k" * 65, 422, "invalid"),
        (body("vault_in", amount=5, extra=1), "k", 422, "unknown_field"),
        (body("vault_in", amount=5.5), "k", 422, "invalid"),
        (body("vault_in", amount={"amount": 10**13, "currency": "EUR"}), "k", 422, "invalid"),
        (
            b'{"kind":"vault_in","kind":"vault_in","amount":{"amount":5,"currency":"EUR"}}',
            "k",
            400,
            "malformed",
        ),
    ],
)
async def test_bad_input_is_a_typed_problem(
    leaf: Leaf, data: bytes, key: str | None, status: int, code: str
) -> None:  # [LE10]
    headers = {**await leaf.token("ana", "cage"), **({"idempotency-key": key} if key else {})}
    answer = await leaf.http.post(f"{LEDGER}/commands", content=data, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    head = (await leaf.http.get(f"{LEDGER}/head")).json()
    assert head["seq"] == 1


async def test_who_may_not_is_told_so(leaf: Leaf) -> None:  # [LE17]
    for headers, status in (({}, 401), (await leaf.token("ben"), 403)):
        for path in ("entries", "balances", "export", "commands/x"):
            assert (await leaf.http.get(f"{LEDGER}/{path}", headers=headers)).status_code == status
        answer = await leaf.http.post(
            f"{LEDGER}/commands", content=body("vault_in", amount=5), headers=headers
        )
        assert answer.status_code == status
    cashier = {**await leaf.token("cat", "cage"), "idempotency-key": "k"}
    answer = await leaf.http.post(f"{LEDGER}/commands", content=body("vault_in", amount=5), headers=cashier)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_an_auditor_recomputes_every_hash_and_the_signature(
    leaf: Leaf,
) -> None:  # [LE2] [LE4] [LE7] [LE34]
    till = await open_house(leaf)
    await till.post(**sale("buy_in", "ann", "a1"))
    text = (await leaf.http.get(f"{LEDGER}/export", headers=till.sign_in)).content
    *lines, last = [json.loads(line) for line in text.splitlines()]
    before = bytes(32)
    for seq, line in enumerate(lines, 1):
        assert line["entry"]["seq"] == seq
        assert sum(posting["amount"] for posting in line["entry"]["postings"]) == 0
        before = hashlib.sha256(b"felt.entry.1" + before + rfc8785.dumps(line["entry"])).digest()
        assert before.hex() == line["hash"]
    head = dict(last["head"])
    assert (head["seq"], head["hash"]) == (len(lines), before.hex())
    (key,) = (await leaf.http.get(f"{LEDGER}/keys")).json()["keys"]
    assert key["key_id"] == head["key"]
    signature = base64.urlsafe_b64decode(head.pop("signature") + "==")
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["public_key"] + "="))
    public.verify(signature, b"felt.head.1" + rfc8785.dumps(head))
    page = await till.get(f"{LEDGER}/entries?after=2&limit=3")
    assert page["entries"] == lines[2:5]
    assert page["head"] == last["head"]


async def test_the_money_of_an_event_from_sale_to_settled(leaf: Leaf) -> None:
    till = await open_house(leaf)
    for name in ("ann", "bob", "cid"):
        await till.post(**sale("buy_in", name, f"{name}1"))
    money = await till.get(f"{LEDGER}/tournaments/t")
    assert (money["entries"], money["pool_cents"], money["amounts"]) == (3, 24_000, [15_600, 8_400])
    assert (money["provisional"], money["state"], money["rules"]["prices"]) == (
        True,
        "selling",
        RULES["prices"],
    )
    await till.post("close_registration", tournament="t")
    await till.post("confirm_result", tournament="t", places=[["ann", "ann1", 1], ["bob", "bob1", 2]])
    for player, place, cents in (("ann", 1, 15_600), ("bob", 2, 8_400)):
        paid = {"tournament": "t", "player": player, "place": place, "drawer": "d", "method": "cash"}
        await till.post("pay_prize", **paid, amount=cents)
    money = await till.get(f"{LEDGER}/tournaments/t")
    assert (money["state"], money["paid_cents"], money["due_cents"]) == ("confirmed", 24_000, 0)
    assert [(item["what"], item["cents"]) for item in money["open"]] == [("head", 1_000)] * 3
    await till.post("end_bounties", tournament="t", reason="nobody took them")
    bounty = {"tournament": "t", "player": "ann", "drawer": "d", "method": "cash", "amount": 3_000}
    await till.post("pay_bounty", **bounty)
    assert (await till.get(f"{LEDGER}/tournaments/t"))["open"] == []
    assert (await till.get(f"{LEDGER}/tournaments"))["tournaments"][0]["state"] == "settled"
    balances = await till.get(f"{LEDGER}/balances")
    assert balances["balances"]["1010/d"] == 23_000
    assert (balances["liability_cents"], balances["cash_cents"]) == (0, 103_000)


async def test_a_profile_to_start_from_is_adopted_as_it_is(leaf: Leaf) -> None:
    till = await open_house(leaf)
    profiles = (await till.get(f"{LEDGER}/profiles"))["profiles"]
    assert set(profiles) == {"casino", "denmark", "united_states"}
    for profile in profiles.values():
        await till.post("adopt_profile", profile=profile)


async def cage_facts(leaf: Leaf, headers: dict[str, str], seq: int) -> dict[str, Any]:
    """The document cage once it shows entry `seq`."""
    with anyio.fail_after(60):
        while True:
            answer = await leaf.http.get("/api/v1/documents/cage/facts", headers=headers)
            shown = {name: fact["value"] for name, fact in answer.json().get("facts", {}).items()}
            if shown.get("head", {}).get("seq") == seq:
                return shown
            await anyio.sleep(0.02)


async def test_tablets_see_what_the_ledger_knows(leaf: Leaf) -> None:
    till = await open_house(leaf)
    for name in ("ann", "bob"):
        await till.post(**sale("buy_in", name, f"{name}1"))
    await till.post("unregister", tournament="t", entry="bob1", drawer="d", reason="ill")
    await till.post("close_registration", tournament="t")
    await till.post("confirm_result", tournament="t", places=[["ann", "ann1", 1]])
    facts = await cage_facts(leaf, till.sign_in, 10)
    assert facts["entry/ann1"] == {
        "tournament": "t", "player": "ann", "kind": "buy_in", "seq": 6,
        "rebuys": 0, "add_ons": 0, "dealer_add_ons": 0,
    }  # fmt: skip
    assert facts.get("entry/bob1") is None
    assert facts["tournament/t"]["state"] == "confirmed"
    assert facts["prize/t.1.ann"]["amount_cents"] == 8_000
    assert facts["drawer/d"] == {"state": "open", "shift": 1, "person": "ana", "name": "Drawer d"}
    await till.post("reverse", seq=10, reason="wrong")
    facts = await cage_facts(leaf, till.sign_in, 11)
    assert facts.get("prize/t.1.ann") is None
    assert facts["tournament/t"]["state"] == "closed"


async def test_the_picture_goes_on_after_a_restart(tmp_path: Path) -> None:  # [LE12]
    founded = await found(tmp_path / "leaf")
    async with running(tmp_path / "leaf", founded) as leaf:
        await leaf.enrol()
        devices = leaf.devices
        till = await open_house(leaf)
        await till.post(**sale("buy_in", "ann", "a1"))
    async with running(tmp_path / "leaf", founded) as leaf:
        leaf.devices.update(devices)
        till = Till(leaf.http, await leaf.token("ana", "cage"))
        await till.post(**sale("re_entry", "ann", "a2", key="after"))
        facts = await cage_facts(leaf, till.sign_in, 7)
        assert (facts["entry/a1"]["seq"], facts["entry/a2"]["seq"]) == (6, 7)
        assert facts["tournament/t"]["entries"] == 2


async def test_what_is_not_there_is_said_so(leaf: Leaf) -> None:
    till = Till(leaf.http, await leaf.token("ana", "cage"))
    for path, code in (
        ("/api/v1/receipts/99", "no_entry"),
        ("/api/v1/receipts/x", "no_entry"),
        (f"{LEDGER}/tournaments/u", "unknown_tournament"),
        (f"{LEDGER}/commands/unknown", "no_outcome"),
        (f"{LEDGER}/head?venue=other", "no_venue"),
    ):
        assert (await till.get(path, 404))["error"]["code"] == code
    for query in ("limit=0", "limit=501", "after=-1", "after=1.5", "before=3"):
        assert await till.get(f"{LEDGER}/entries?{query}", 422)
