"""What the leaf may delete, and what must wait: laws over random histories, and the cases behind them."""

from hypothesis import given
from hypothesis import strategies as st

from crdt_models.edits import Edit
from crdt_models.known import Known
from crdt_models.pruning import Pruner
from crdt_models.stamps import order

A, B, C, D = "1.1.d-a", "2.2.d-a", "3.3.d-a", "4.4.d-a"


class Leaf:
    """Known and pruner, fed as a room feeds them."""

    def __init__(self) -> None:
        self.known = Known()
        self.pruner = Pruner(self.known)
        self.clock = 0

    def _decided(self, stamp: str) -> None:
        replica, counter = order(stamp).replica, order(stamp).counter
        self.known.vector[replica] = max(counter, self.known.vector.get(replica, 0))

    def accept(self, stamp: str, *replaces: str, name: str = "n") -> None:
        self._decided(stamp)
        self.known.add(stamp, Edit(name, 1, replaces))
        self.known.places[stamp], self.known.stamps[1, self.clock] = [(1, self.clock)], stamp
        self.clock += 1
        self.pruner.arrived({stamp: replaces})

    def refuse(self, stamp: str, *replaces: str) -> None:
        self._decided(stamp)
        self.known.refused[stamp] = replaces
        self.pruner.arrived({stamp: replaces})

    def prune(self) -> set[str]:
        return set(self.pruner.prune())


def test_a_replaced_edit_goes_and_its_place_is_told() -> None:
    leaf = Leaf()
    leaf.accept(A)
    leaf.accept(B, A)
    assert leaf.pruner.prune() == {A: [(1, 0)]}
    assert leaf.known.edits.keys() == {B}
    assert leaf.prune() == set()


def test_a_chain_goes_from_its_old_end() -> None:
    leaf = Leaf()
    leaf.accept(A)
    leaf.accept(B, A)
    leaf.accept(C, B)
    leaf.accept(D, C)
    assert leaf.prune() == {A, B, C}


def test_what_names_an_edit_that_has_not_arrived_must_wait() -> None:
    """[DO24]"""
    leaf = Leaf()
    late = "1.1.e-b"
    leaf.accept(A, late)
    leaf.accept(B, A)
    assert leaf.prune() == set()  # else `late` would come back to life
    leaf.accept(late)
    assert leaf.prune() == {late, A}


def test_replaces_counts_only_within_one_name() -> None:
    leaf = Leaf()
    leaf.accept(A, name="other")
    leaf.accept(B, A)
    assert leaf.prune() == set()
    leaf.accept(C, B)
    assert leaf.prune() == {B}


def test_who_names_a_refused_edit_takes_the_place_of_what_that_named() -> None:
    leaf = Leaf()
    leaf.accept(A)
    leaf.refuse(B, A)
    assert leaf.prune() == set()
    leaf.accept(C, B)
    assert leaf.pruner.urgent
    assert leaf.prune() == {A}


def test_through_several_refused_ones_in_turn() -> None:
    """[DO24]"""
    leaf = Leaf()
    late = "1.1.e-b"
    leaf.accept(A)
    leaf.refuse(B, A, late)
    leaf.refuse(C, B)
    leaf.accept(D, C)
    leaf.accept("5.5.d-a", D)
    assert leaf.prune() == {A}  # D stands for `late` too, which may still come
    leaf.accept(late)
    assert leaf.prune() == {late, D}


def test_chains_of_refused_edits_are_walked_up_to_a_bound() -> None:
    leaf = Leaf()
    for n in range(1, 3_000):
        leaf.refuse(f"{n}.{n}.d-a", *([f"{n - 1}.{n - 1}.d-a"] if n > 1 else []))
    leaf.accept("zzz.3000.d-a", "2999.2999.d-a")
    leaf.accept("zzzz.3001.d-a", "zzz.3000.d-a")
    assert leaf.prune() == set()


def test_an_edit_that_names_one_twice_is_pruned_like_any_other() -> None:
    """[DO73] It closed its room again and again, whenever the leaf came to prune it (found by fuzzing)."""
    leaf = Leaf()
    leaf.accept(A)
    leaf.accept(B, A, A)
    leaf.accept(C, B)
    assert leaf.prune() == {A, B}


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, bool, str, list[str]]]:
    """Edits as (stamp, refused, name, replaces), each naming earlier ones, in an order of arrival."""
    edits: list[tuple[str, bool, str, list[str]]] = []
    counters = {"d-a": 0, "e-b": 0}
    for ms in range(1, draw(st.integers(1, 12)) + 1):
        replica = draw(st.sampled_from(["d-a", "e-b"]))
        counters[replica] += 1
        earlier = [stamp for stamp, *_ in edits]
        replaces = draw(st.lists(st.sampled_from(earlier), max_size=3)) if earlier else []
        refused, name = draw(st.integers(0, 4)) == 0, draw(st.sampled_from(["m", "n"]))
        edits.append((f"{ms:x}.{counters[replica]}.{replica}", refused, name, replaces))
    one = [edit for edit in edits if edit[0].endswith("a")]
    two = [edit for edit in edits if edit[0].endswith("b")]
    arrived: list[tuple[str, bool, str, list[str]]] = []
    while one or two:
        arrived.append((one if one and (not two or draw(st.booleans())) else two).pop(0))
    return arrived


def wanted(history: list[tuple[str, bool, str, list[str]]]) -> set[str]:
    """Live ones, without any pruning."""
    known = {stamp: (refused, name, replaces) for stamp, refused, name, replaces in history}

    def stands_for(stamp: str) -> set[str]:
        found: set[str] = set()
        for named in known[stamp][2]:
            found |= {named} | (stands_for(named) if known[named][0] else set())
        return found

    good = {stamp for stamp in known if not known[stamp][0]}
    return good - {old for stamp in good for old in stands_for(stamp) if known[old][1] == known[stamp][1]}


@given(histories(), st.data())
def test_whenever_it_prunes_the_same_edits_are_left_in_the_end(
    history: list[tuple[str, bool, str, list[str]]], data: st.DataObject
) -> None:
    leaf = Leaf()
    for stamp, refused, name, replaces in history:
        if refused:
            leaf.refuse(stamp, *replaces)
        else:
            leaf.accept(stamp, *replaces, name=name)
        if data.draw(st.booleans()):
            leaf.prune()
    leaf.prune()
    assert leaf.known.edits.keys() == wanted(history)
    assert Pruner(leaf.known).prune() == {}  # a restart finds nothing it forgot
