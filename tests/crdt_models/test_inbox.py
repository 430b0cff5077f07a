"""What waits for a room's next turn: its order, its bounds, and what becomes of it when the room closes."""

import pytest

from crdt_models.errors import RoomClosed
from crdt_models.gate import LIVE
from crdt_models.inbox import BYTES_MAX, TURN_BYTES_MAX, Frame, Inbox, Item, Own, Rows, Waiter
from crdt_models.replica import Replica
from crdt_models.update_log import LogRow
from tests.crdt_models.venue import Tablet

pytestmark = pytest.mark.anyio


def frame(size: int = 1) -> Frame:
    return Frame(Tablet(Replica("floor", device="d", nonce="a", client_id=1)), bytes(size), LIVE)


async def test_rows_of_the_other_server_have_turns_of_their_own() -> None:
    inbox = Inbox()
    items: list[Item] = [frame(), Own([], ""), Rows(LogRow("floor", 1, b"x"), Waiter()), frame()]
    for item in items:
        inbox.put(item)
    assert [inbox.next_turn(1) for _ in range(4)] == [items[:2], items[2:3], items[3:], []]


async def test_a_turn_is_bounded() -> None:
    """[DO49]"""
    inbox = Inbox()
    for _ in range(5):
        inbox.put(frame(TURN_BYTES_MAX // 2))
    assert [len(inbox.next_turn(1)) for _ in range(3)] == [2, 2, 1]


async def test_writers_wait_while_too_much_waits_for_the_log() -> None:
    inbox = Inbox()
    inbox.put(frame(BYTES_MAX))
    await inbox.writable()
    inbox.put(frame(1))
    assert not inbox._writable.is_set()
    inbox.next_turn(1)
    await inbox.writable()


async def test_who_waits_in_a_room_that_closes_is_told() -> None:
    inbox, waiter = Inbox(), Waiter()
    inbox.put(Own([], "", waiter))
    inbox.abandon(RoomClosed("floor"))
    assert len(inbox) == 0
    with pytest.raises(RoomClosed):
        await waiter.wait()
