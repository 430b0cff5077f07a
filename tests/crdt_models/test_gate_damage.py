"""[DO10] Damaged updates: the gate raises nothing but Foul, and what it lets through pycrdt takes."""

import random

from pycrdt import merge_updates

from crdt_models.errors import Foul
from tests.crdt_models.behind_gate import SEAT, Client, Server


def mutate(data: bytes, dice: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        at = dice.randrange(len(out))
        match dice.randrange(4):
            case 0:
                out[at] = dice.randrange(256)
            case 1:
                out[at] ^= 1 << dice.randrange(8)
            case 2:
                del out[at : at + dice.choice([1, 2, 8])]
                if not out:
                    return b""
            case _:
                out[at:at] = dice.randbytes(dice.choice([1, 2, 8]))
    return bytes(out)


def mutants(count: int, seed: int) -> tuple[int, int, int]:
    """(fouls, cut to nothing, applied); any other exception, or a difference to pycrdt, fails."""
    dice = random.Random(seed)
    fouls = cut = applied = 0
    server, client, frames = Server(), Client(1), list[bytes]()
    for n in range(count):
        if n % 5 == 0:
            server, client = Server(), Client(dice.randrange(1, 2**32))
            for _ in range(dice.randrange(4)):
                server.take(client.write())
            batch = [
                client.write(SEAT, client.stamp(), act=dice.choice(["", "a"]))
                for _ in range(dice.randrange(1, 5))
            ]
            frames = [batch[0], merge_updates(*batch), client.doc.get_update()]
        try:
            verdict = server.take(mutate(dice.choice(frames), dice))
        except Foul:
            fouls += 1
        else:
            cut += not verdict.update
            applied += bool(verdict.update)
    return fouls, cut, applied


def test_damaged_updates_raise_only_fouls_and_pycrdt_takes_what_is_left() -> None:
    fouls, cut, applied = mutants(3_000, seed=1)
    assert fouls > 500
    assert cut > 100
    assert applied > 100
