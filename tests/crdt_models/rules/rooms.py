"""A venue at random: tables, players, lives, busts, lists and sales that meet, contradict and are rivals."""

from random import Random

from crdt_models.documents.catalogue import check
from crdt_models.facts import Json
from tests.crdt_models.rules.arbitrary import Documents

__all__ = ["venue"]


def venue(seed: int) -> Documents:
    """Edits of `tournament/a`, `config`, `floor` and `cage` that the gate would take, in stamp order."""
    random = Random(seed)
    tables = [f"t{n}" for n in range(random.randint(1, 5))]
    players = [f"p{n}" for n in range(random.randint(1, 40))]
    made = {
        "tournament/a": _tournament(random, tables, players),
        "config": [(f"table/{table}", _furniture(random, n)) for n, table in enumerate(tables, start=1)],
        "floor": _floor(random, tables, players[:12]),
        "cage": _cage(random, players),
    }
    for document, edits in made.items():
        for name, value in edits:
            assert check(document, name, value, by_leaf=True) is None, (name, value)
    return made


def _tournament(random: Random, tables: list[str], players: list[str]) -> list[tuple[str, Json]]:
    edits: list[tuple[str, Json]] = [
        ("setup", {
            "kind": "tournament", "name": "F", "starts_ms": 0, "seats_per_table": random.randint(6, 9),
            "starting_stack": 20_000, "late_until_level": 2, "max_diff": random.randint(1, 2),
        }),
        ("clock", {
            "level": random.randint(1, 6), "state": random.choice(["running", "paused", "pending"]),
            "anchor_ms": random.randint(0, 20_000), "remaining_ms": random.randint(0, 20_000),
        }),
    ]  # fmt: skip
    for asked in ("re_entry", "rebuy", "add_on"):
        until, after, often = (random.choice([None, *range(limit)]) for limit in (4, 4, 3))
        terms: Json = {
            "chips": 100, "until_level": until, "after_level": after, "stack_max": random.choice([None, 700]),
            "per_player": often,
        }  # fmt: skip
        edits += [(f"terms/{asked}", terms)] * random.randint(0, 1)
    if random.random() < 0.5:
        edits.append(
            ("late", {"until_level": random.randint(0, 4), "until_minutes": random.choice([None, 1])})
        )
    if random.random() < 0.3:
        edits.append(
            ("registration", {"state": random.choice(["open", "closed"]), "at_ms": 1, "reason": "bus"})
        )
    edits += [
        (f"level/{n}", {"kind": random.choice(["play", "play", "break"]), "duration_ms": 5_000})
        for n in range(1, random.randint(0, 7))
    ]
    for n, table in enumerate(tables):
        edits.append(
            (
                f"table/{table}",
                {"open": random.random() < 0.9, "order": n // 2 + 1, "locked": random.random() < 0.1},
            )
        )
        if random.random() < 0.8:
            button: Json = {name: random.randint(1, 9) for name in ("button", "small_blind", "big_blind")}
            edits.append((f"button/{table}", button))
    few = random.random() < 0.5
    for n, player in enumerate(players):
        for life in range(random.randint(0 if few else 1, 2)):
            edits.append((f"entry/{player}-{life}", {"player": player, "number": life + 1}))
            if random.random() < (0.6 if life == 0 else 0.3):
                stack = random.choice([None, 500, 1_000])
                edits.append((f"bust/{player}-{life}", {
                    "player": player, "at_ms": random.randint(0, 9), "hand": f"h{random.randint(0, 9)}",
                    "stack_before": stack,
                }))  # fmt: skip
        if random.random() < 0.1:
            edits.append((f"carried/{player}", {"flight": "f", "entry": f"{player}-0", "chips": 5}))
        for _ in range(random.choice([0, 1, 1, 1, 2])):
            seat: Json = {
                "table": random.choice([*tables, "t9"] if n % 7 == 0 else tables),
                "seat": random.randint(1, 9),
            }
            edits.append((f"seat/{player}", seat))
    random.shuffle(edits)
    return edits


def _furniture(random: Random, number: int) -> Json:
    return {
        "number": number,
        "seats": random.randint(6, 10),
        "out_of_use": [random.randint(1, 9)] if number % 3 == 0 else [],
    }


def _floor(random: Random, tables: list[str], players: list[str]) -> list[tuple[str, Json]]:
    edits: list[tuple[str, Json]] = [
        (f"cash/{table}", {"list": random.choice("ab"), "state": random.choice(["open", "closed"])})
        for table in tables
    ]
    for n, player in enumerate(players):
        state = random.choice(["waiting", "waiting", "away", "left"])
        edits.append((f"waitlist/w{n}", {"list": random.choice("ab"), "player": player, "state": state}))
        if random.random() < 0.6:
            edits.append((f"arrived/w{n}", {"number": random.randint(1, 20), "at_ms": n}))
        if random.random() < 0.2:
            seat = random.choice([None, random.randint(1, 9)])
            edits.append((f"call/w{n}", {"table": random.choice(tables), "seat": seat, "until_ms": 5}))
        if random.random() < 0.3:
            edits.append((f"seat/{player}", {"table": random.choice(tables), "seat": random.randint(1, 9)}))
    random.shuffle(edits)
    return edits


def _cage(random: Random, players: list[str]) -> list[tuple[str, Json]]:
    edits: list[tuple[str, Json]] = []
    for n, player in enumerate(players, start=1):
        for life in range(random.randint(0, 2)):
            sold: Json = {"tournament": "a" if n % 9 else "b", "player": player, "kind": "buy_in", "seq": n}
            sold["rebuys"] = random.randint(0, 2)
            edits.append((f"entry/{player}-{life}", sold if random.random() < 0.9 else None))
        if random.random() < 0.1:
            place = random.randint(1, 3)
            prize: Json = {
                "tournament": "a",
                "player": player,
                "place": place,
                "amount_cents": 5,
                "paid_cents": 5,
            }
            edits.append((f"prize/a.{place}.{player}", prize))
    random.shuffle(edits)
    return edits
