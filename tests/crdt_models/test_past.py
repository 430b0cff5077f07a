"""What a client remembers over epochs and terms, without a replica."""

import json

from crdt_models.past import NAMED_MAX, Past
from crdt_models.session import HAND_IN_EDITS_MAX, Note, read_message


def hello(epoch: int, term: int, *, hand_in: bool = False) -> dict[str, object]:
    return {"epoch": epoch, "term": term, "hand_in": hand_in}


def test_what_was_put_aside_is_offered_in_a_later_term() -> None:
    """[DO56]"""
    past = Past()
    assert past.hello(hello(1, 1), dict) == "same"
    past.drop({"1.1.a-b": "x"})
    past = Past.of(past.kept)
    past.connect()
    assert past.hello(hello(3, 2), lambda: {"1.2.a-b": "y"}) == "same"
    assert (past.aside, past.offer) == ({}, {"1.1.a-b": "x", "1.2.a-b": "y"})


def test_in_the_same_term_only_the_leaf_makes_it_forget_what_was_put_aside() -> None:
    """[DO56] The core may be behind the epoch that was dropped, and the leaf may burn before it is not."""
    past = Past()
    past.hello(hello(1, 1), dict)
    past.drop({"1.1.a-b": "x", "1.2.a-b": ""})
    past.connect()
    past.hello({**hello(1, 1), "at": "core"}, dict)
    past.accepted({"vector": {}, "at": "leaf"})  # told on by the core
    past.drop({"1.2.a-b": "still there at the core", "1.3.a-b": "z"})
    assert past.kept.aside == {"1.1.a-b": "x", "1.2.a-b": "", "1.3.a-b": "z"}
    past.connect()
    past.hello({**hello(2, 1), "at": "leaf"}, dict)
    past.accepted({"vector": {}, "at": "leaf"})
    assert (past.aside, past.offer) == ({}, {})


def test_another_epoch_of_the_same_term_is_another_replica() -> None:
    """[DO50]"""
    past = Past(epoch=1, term=1)
    assert past.hello(hello(2, 1), lambda: {"1.1.a-b": "x"}) == "other_epoch"
    assert past.over
    assert past.offer == {}


def test_an_old_box_is_turned_away() -> None:
    """[DO55]"""
    past = Past(epoch=10_001, term=2)
    assert past.hello(hello(1, 1), dict) == "old_box"
    assert (past.over, past.term, past.epoch) == (True, 2, 10_001)


def test_a_leaf_that_knows_less_than_it_promised_is_seen_but_the_core_may() -> None:
    """[DO57]"""
    past = Past(epoch=1, term=1, replicas={"d-a"})
    assert past.accepted({"vector": {"d-other": 9}, "at": "leaf"}) == {}  # another tab vouches for it
    assert past.accepted({"vector": {"d-a": 5}, "at": "leaf"}) == {}
    assert past.accepted({"vector": {"d-a": 3}, "at": "leaf"}) == {"d-a": 5}
    past.connect()
    assert past.accepted({"vector": {"d-a": 1}, "at": "core"}) == {}
    assert past.accepted({"vector": {"d-a": 3}, "at": "leaf"}) == {}


def test_what_is_forgotten_on_a_word_of_the_leaf_was_promised_by_it_also_before_everything_is_here() -> None:
    """[DO57] Else a restored leaf that lacks it is not seen to be behind, and waits for it for ever."""
    past = Past(epoch=1, term=1, replicas={"d-a"}, aside={"1.1.e-b": "x"})
    assert past.accepted({"vector": {"d-a": 5}, "at": "leaf"}, whole=False) == {}
    assert past.aside
    assert past.accepted({"vector": {"d-a": 3}, "at": "leaf"}) == {"d-a": 5}


def test_an_offer_is_handed_in_by_pages_and_kept_until_the_last_is_answered() -> None:
    """[DO56]"""
    past = Past(epoch=1, term=1, promised={"d-a": 2})
    past.offer = {f"{n}.1.a-b": "x" * 300 for n in range(1, 2_000)} | {"0.1.s-t": '["setup",1,[],["",""]]'}
    assert past.hand_in({}) == []
    past.hello(hello(1, 1, hand_in=True), dict)
    pages = past.hand_in({})
    notes = [note for page in pages if isinstance(note := read_message(page), Note)]
    assert len(notes) == len(pages) > 2
    assert all(len(page) < 256 * 1024 for page in pages)
    assert notes[0].content["edits"][0][0] == "0.1.s-t"
    assert sorted(stamp for note in notes for stamp, _ in note.content["edits"]) == sorted(past.offer)
    assert all(len(note.content["edits"]) <= HAND_IN_EDITS_MAX for note in notes)
    assert [note.content["vector"] for note in notes] == [{}] * (len(notes) - 1) + [{"d-a": 2}]
    for page in pages:
        assert past.offer
        past.taken()
        assert page
    assert past.offer == {}
    assert json.dumps(dict(past.kept.promised)) == '{"d-a": 2}'


def test_a_promise_alone_is_a_page_too() -> None:
    """[DO57]"""
    past = Past(promised={"d-a": 2})
    past.hello(hello(1, 1, hand_in=True), dict)
    assert past.hand_in({}) == []
    assert len(past.hand_in({"d-a": 2})) == 1


def test_what_refused_edits_named_is_kept_of_the_latest() -> None:
    """[DO22] [DO103]"""
    past = Past()
    for n in range(1, NAMED_MAX + 3):
        past.refused(f"z.{n}.d-a", ["1.1.d-b"])
    past.refused("z.9999.d-a", [])  # it named nothing
    assert len(past.named) == NAMED_MAX
    assert list(past.named)[0] == "z.3.d-a"
