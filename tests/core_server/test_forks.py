"""One fork is told once, however many say so."""

from core_server.forks import forks_of
from core_server.ledger_mirror import Quarantined


def aside(seq: int, received_ms: int, cleared_ms: int = 0, seen_by: str = "") -> Quarantined:
    return Quarantined(seq, b"h", b"{}", received_ms, cleared_ms, received_ms if seen_by else 0, seen_by)


def test_all_that_stands_is_one_fork_from_the_lowest_number_on() -> None:  # [LE164]
    (fork,) = forks_of([aside(7, 30), aside(5, 20, seen_by="Mara"), aside(9, 10)])
    assert (fork.seq, fork.since_ms, fork.cleared_ms, fork.first.seen_by) == (5, 10, 0, "Mara")
    assert [one.seq for one in fork.witnesses] == [9, 5, 7]


def test_what_shows_an_earlier_number_is_news_to_who_knew_of_the_later() -> None:  # [LE164]
    (fork,) = forks_of([aside(5, 20, seen_by="Mara"), aside(3, 30)])
    assert (fork.seq, fork.first.seen_by, fork.since_ms) == (3, "", 20)


def test_what_one_act_cleared_was_one_and_what_stands_comes_first() -> None:  # [LE164]
    found = forks_of([aside(3, 1, 50), aside(4, 2, 50), aside(8, 60, 90), aside(9, 95)])
    assert [(fork.seq, fork.cleared_ms, len(fork.witnesses)) for fork in found] == [
        (9, 0, 1), (8, 90, 1), (3, 50, 2),
    ]  # fmt: skip
    assert forks_of([]) == []
