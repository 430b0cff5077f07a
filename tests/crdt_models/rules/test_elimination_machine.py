"""Any order of busts, undos, re-entries, hands and meetings of two tablets loses nobody and no place."""

import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crdt_models.documents.catalogue import CATALOGUE
from crdt_models.edits import Edit, Json
from crdt_models.facts import Index
from crdt_models.rules.elimination.chips import chips_in_play, expected_at
from crdt_models.rules.elimination.hands import announced, hand_done, hands_ended, hands_started, open_hand
from crdt_models.rules.elimination.knockers import knockers
from crdt_models.rules.elimination.refusal import bust_fault
from crdt_models.rules.elimination.standings import Standings, finishes, results, standings
from crdt_models.rules.reconcile import disagreements
from crdt_models.stamps import base36
from tests.crdt_models.rules.written import reading

LONG = bool(os.environ.get("FELT_LONG"))
PLAYERS = tuple(f"p{n}" for n in range(8))
TABLES = ("t1", "t2", "t3")
STACK = 1_000
SETUP: Json = {
    "kind": "tournament", "name": "E", "starts_ms": 0, "seats_per_table": 9, "starting_stack": STACK,
    "late_until_level": 6,
}  # fmt: skip
tablets = st.integers(0, 1)


class Evening(RuleBasedStateMachine):
    """Two tablets that write by the rules each sees, and meet now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[dict[str, Edit]] = [{}, {}]
        self.now = 0
        self.lives = 0
        self.undo: list[tuple[int, dict[str, Json], Standings]] = []

    def facts(self, tablet: int) -> Index:
        index = Index(CATALOGUE["tournament"].fact)
        for stamp, edit in self.held[tablet].items():
            index.add(stamp, edit)
        return index

    def write(self, tablet: int, changes: dict[str, Any]) -> None:
        facts = self.facts(tablet)
        before = {name: facts.get(name) for name in changes}
        for name, value in changes.items():
            self.now += 1
            stamp = f"{base36(self.now)}.{self.now}.a{tablet}-x"
            self.held[tablet][stamp] = Edit(name, value, tuple(facts.live(name)))
        self.undo.append((tablet, before, standings(facts)))

    @initialize()
    def begin(self) -> None:
        changes: dict[str, Json] = {"setup": SETUP}
        for n, player in enumerate(PLAYERS[:6]):
            self.lives += 1
            changes[f"entry/e{n}"] = {"player": player, "number": 1}
            changes[f"seat/{player}"] = {"table": TABLES[n % 3], "seat": n + 1}
        self.write(0, changes)
        self.meet()

    @rule(tablet=tablets, going=st.sets(st.sampled_from(PLAYERS), min_size=1, max_size=3), data=st.data())
    def bust(self, tablet: int, going: set[str], data: st.DataObject) -> None:
        facts = self.facts(tablet)
        if bust_fault(facts, sorted(going)) is not None:
            return
        changes: dict[str, Any] = {}
        hand = open_hand(facts) or f"h{self.now}x{tablet}"
        for player in sorted(going):
            seat: Any = facts.get(f"seat/{player}")
            changes[f"bust/{standings(facts).life_of[player]}"] = {
                "player": player, "at_ms": self.now, "hand": hand, "table": seat["table"] if seat else None,
                "stack_before": data.draw(st.none() | st.integers(0, 3)),
            }  # fmt: skip
            if seat:
                changes[f"seat/{player}"] = None
        self.write(tablet, changes)

    @rule(tablet=tablets, player=st.sampled_from(PLAYERS), table=st.sampled_from(TABLES))
    def enter(self, tablet: int, player: str, table: str) -> None:
        standing = standings(self.facts(tablet))
        if player in standing.left or self.lives > 20:
            return
        number = sum(entry["player"] == player for entry in self.entries(tablet)) + 1
        life: Json = {"player": player, "number": number, "kind": "re-entry" if number > 1 else "initial"}
        seat: Json = {"table": table, "seat": self.lives % 9 + 1}
        self.write(tablet, {f"entry/l{tablet}x{self.lives}": life, f"seat/{player}": seat})
        self.lives += 1

    def entries(self, tablet: int) -> list[Any]:
        return list(self.facts(tablet).group("entry/").values())

    @rule(tablet=tablets, act=st.sampled_from([announced, hands_started, hand_done, hands_ended]))
    def hand(self, tablet: int, act: Any) -> None:
        mode = act(self.facts(tablet), self.now)
        if mode is not None:
            self.write(tablet, {"handforhand": mode.model_dump()})

    @rule(tablet=tablets, data=st.data())
    def knock(self, tablet: int, data: st.DataObject) -> None:
        facts = self.facts(tablet)
        over = sorted(facts.group("bust/"))
        if over:
            life = data.draw(st.sampled_from(over))
            by = [other for other in sorted(facts.group("entry/")) if other != life][:2]
            self.write(tablet, {f"knocker/{life}": {"by": by}})

    @precondition(lambda self: self.undo)
    @rule()
    def take_back(self) -> None:
        """Of a tablet's last act: everybody's place is what it was."""
        tablet, before, standing = self.undo.pop()
        self.write(tablet, before)
        self.undo.pop()
        assert standings(self.facts(tablet)) == standing

    @rule()
    def meet(self) -> None:
        both = self.held[0] | self.held[1]
        self.held = [dict(both), dict(both)]
        one, other = (standings(self.facts(tablet)) for tablet in (0, 1))
        assert one == other
        self.undo.clear()  # what the other wrote since is in between: asked about, elsewhere

    @invariant()
    def places_are_a_permutation_with_ties_shared(self) -> None:
        for tablet in (0, 1):
            standing = standings(self.facts(tablet))
            spans = [(finish.place, finish.place_to) for finish in finishes(standing)]
            for place, place_to in set(spans):
                assert spans.count((place, place_to)) == place_to - place + 1
            covered = sorted({n for place, place_to in spans for n in range(place, place_to + 1)})
            left = len(standing.players) - len(spans)
            assert covered == list(range(left + 1, len(standing.players) + 1))
            assert len(results(self.facts(tablet))) == len(spans)

    @invariant()
    def no_life_is_lost_or_doubled(self) -> None:
        for tablet in (0, 1):
            facts = self.facts(tablet)
            standing = standings(facts)
            assert standing.lives == len(facts.group("entry/").keys() | facts.group("bust/").keys())
            assert standing.left | {finish.player for finish in standing.out} == standing.players
            assert not standing.left & {finish.player for finish in standing.out}
            assert knockers(facts).keys() <= facts.group("bust/").keys()

    @invariant()
    def chips_stay_where_they_are(self) -> None:
        for tablet in (0, 1):
            facts = self.facts(tablet)
            total = chips_in_play(facts, "e", reading("cage", {})).total
            assert total == STACK * standings(facts).lives
            known = sum(expected_at(facts, "e", reading("cage", {}), table) for table in TABLES)
            assert known <= total  # but for who has no seat, and lives before the last

    @invariant()
    def what_arrived_written_is_told_and_never_refused(self) -> None:
        """Two tablets may bust one life, or bust who re-entered elsewhere: all of it reads."""
        both = Index(CATALOGUE["tournament"].fact)
        for stamp, edit in (self.held[0] | self.held[1]).items():
            both.add(stamp, edit)
        rows = disagreements(both, "e", reading("cage", {}), self.now + 20_000)
        assert len({row.ident for row in rows}) == len(rows)


Evening.TestCase.settings = settings(
    max_examples=400 if LONG else 25, stateful_step_count=40 if LONG else 20, deadline=None
)
TestAnyEvening = Evening.TestCase
"""[RU98]"""
