"""A small event by hand, from the first entry to the last prize: two floor tablets, the cage, the office.

Tablet B is off line at every second act, and works meanwhile. Every journey keeps to its taps (UX 3). After
each return both tablets and the leaf say the same: who is in, in which seat, and who is out, in which place.
What the two said against each other waits in the tray, and is answered there. [RU90] [RU94] [RU96] [RU121]
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from crdt_models.edits import Json
from crdt_models.rules.elimination.standings import finishes, standings
from felt.demo import structure
from felt.demo.crew import Crew
from tests.crdt_models.rules.written import reading
from tests.e2e.play import entries, sell
from tests.e2e.test_bust_out import Hand
from tests.e2e.test_buy_in import write_down
from tests.e2e.test_first_evening import twice
from tests.fix_room import Room, Tablets, off_line, on_line, until

ADA, ALAN, ALONZO, ANNIE = FIRST = "Ada Byron", "Alan Turing", "Alonzo Church", "Annie Easley"
BETTY, BLAISE, BARBARA, BERTRAND = SECOND = "Betty Snyder", "Blaise Pascal", "Barbara Liskov", "Bertrand Hall"
CARL, CLAUDE, DONALD = KNOWN = "Carl Gauss", "Claude Shannon", "Donald Knuth"
CYNTHIA: Final = "Cynthia Solomon"
TAPS: Final = {
    "register": 2, "register somebody new": 5, "bust": 3, "move": 5, "balance": 2, "break": 4, "clock": 2,
    "button": 2, "settle": 2, "pay": 5,
}  # fmt: skip
ROWS: Final = "rows => rows.map(row => [...row.children].slice(0, 3).map(cell => cell.textContent.trim()))"
Standing = tuple[dict[str, str], dict[str, str]]  # who is in → seat, who is out → place


@dataclass
class Tablet(Hand):
    """A tablet in a hand; what it does is done when it shows it."""

    def within(self, journey: str) -> None:
        assert self.taps <= TAPS[journey], journey

    def who(self, name: str) -> Locator:
        return self.page.locator(f'[data-testid^=seat-][aria-label*="{name}"]')

    def pick(self, name: str, table: int) -> None:
        """From the floor's home to a player's sheet."""
        self.home()
        self.tap(f"table-{table}")
        self.who(name).click()
        self.taps += 1
        expect(self.page.get_by_test_id("player-sheet")).to_contain_text(name)

    def bust(self, name: str, table: int) -> None:
        self.pick(name, table)
        self.tap("bust")
        self.within("bust")
        expect(self.who(name)).to_have_count(0)

    def move(self, name: str, table: int, to: int, seat: int) -> None:
        self.pick(name, table)
        for test_id in ("move", f"table-{to}", f"seat-{seat}"):
            self.tap(test_id)
        self.within("move")
        expect(self.page.get_by_test_id("placing")).to_have_count(0)
        expect(self.who(name)).to_have_attribute("data-testid", f"seat-{seat}")
        expect(self.page.get_by_test_id("last-move")).to_contain_text(
            f"Last: {name} moved here from T{table}·"
        )

    def seat_next(self, name: str) -> Locator:
        """Whoever paid and waits longest gets a seat by the draw; answers the card that shows it."""
        self.home()
        expect(self.page.get_by_test_id("now-unseated")).to_contain_text(f"Next: {name}")
        self.tap("seat-next")
        card = self.page.get_by_test_id("draw-card")
        expect(card).to_contain_text(name)
        return card

    def break_up(self, *first: str) -> None:
        """Draws the seats of a table that closes and confirms; all walk."""
        self.home()
        for test_id in (*first, "draw-break", "confirm-break"):
            self.tap(test_id)
        self.within("break")
        expect(self.page.get_by_test_id("carried-count")).to_contain_text("0/")
        self.page.get_by_test_id("close-board").click()
        expect(self.page.get_by_test_id("break-board")).to_have_count(0)

    def turn_clock(self, verb: str, state: str) -> None:
        self.home()
        self.tap("rail-clock")
        self.tap(verb)
        self.within("clock")
        expect(self.page.get_by_test_id("clock-state")).to_have_attribute("data-state", state)

    def shows(self) -> Standing:
        left = self.page.get_by_test_id("left-row").evaluate_all(ROWS)
        out = self.page.get_by_test_id("out-row").evaluate_all(ROWS)
        return {name: seat for _, name, seat in left}, {name: place for place, name, *_ in out}


@dataclass
class Evening:
    """The room, who works in it, and who is out by now in which place."""

    room: Room
    a: Tablet
    b: Tablet
    cage: Tablet
    out: dict[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        told = self.room.facts(f"tournament/{self.room.tournament}")
        return {name: value for name, value in told.items() if value is not None}

    def leaf(self) -> Standing:
        """As the leaf has it."""
        facts, roster = self.facts, self.room.facts("roster")
        names = {name[7:]: fact["name"] for name, fact in roster.items() if name.startswith("player/")}
        standing = standings(reading("tournament/t", facts))
        seats = {who: facts.get(f"seat/{who}") for who in standing.left}
        places = {
            one.player: f"{one.place}–{one.place_to}" if one.place_to > one.place else str(one.place)
            for one in finishes(standing)
        }
        chairs = {
            names[who]: f"T{seat['table'][1:]}·{seat['seat']}" if seat else "no seat"
            for who, seat in seats.items()
        }
        return chairs, {names[who]: place for who, place in places.items()}

    def agree(self, settled: bool = True) -> dict[str, str]:
        """Both tablets and the leaf say the same, and as it must be; answers who sits where."""
        for tablet in (self.a, self.b):
            tablet.page.goto(tablet.page.url.split("#")[0] + "#rankings")

        def same() -> bool:
            leaf = self.leaf()
            told = leaf[1] == self.out and self.a.shows() == self.b.shows() == leaf
            return told and not (settled and self.is_open())

        until(same, f"all agree, and out are {self.out}")
        seats, out = self.leaf()
        players = sum(name.startswith("entry/") for name in self.facts)
        assert len(seats.keys() | out.keys()) == players
        return seats

    def is_open(self) -> bool:
        """Whether there are two answers to one question, or two players for one chair."""
        facts = self.facts
        chairs = [(seat["table"], seat["seat"]) for name, seat in facts.items() if name.startswith("seat/")]
        asked = any(name.startswith("conflict/") for name in facts)
        return asked or len(set(chairs)) < len(chairs) or len(chairs) != len(self.leaf()[0])

    def tray(self, test_id: str, count: int) -> None:
        """So many of these wait for an answer on both tablets."""
        for tablet in (self.a, self.b):
            tablet.page.get_by_test_id("rail-settle").click()
            expect(tablet.page.get_by_test_id(test_id)).to_have_count(count)


@pytest.fixture
def evening(room: Room, tablets: Tablets) -> Evening:
    """Two tables of four, a third one without players, four more who have paid; everybody signed in."""
    room.prepare()
    write_down(room, list(KNOWN))
    sold = sell(room, [*FIRST, *SECOND])
    room.work(lambda crew: sit_down(crew, [(one.player, one.entry) for one in sold]))
    cage = Tablet(tablets.sign_in("cage", "cashier", "Cage 1"))
    register(cage)
    a = Tablet(tablets.sign_in("floor", "floor", "Tablet 1"))
    return Evening(room, a, Tablet(tablets.sign_in("floor", "floor2", "Tablet 2")), cage)


async def sit_down(crew: Crew, lives: list[tuple[str, str]]) -> None:
    """In an event of tables of four, without a guarantee."""
    rules = {name: value for name, value in structure.RULES.items() if name != "guarantee_cents"}
    await crew.manager.command("adopt_tournament", tournament=crew.tournament, rules=rules)
    event = await crew.event(crew.floor)
    setup: Any = event.facts.get("setup")
    changes: list[tuple[str, Json]] = [("setup", {**setup, "seats_per_table": 4})]
    for order, table in enumerate(("t1", "t2", "t3"), start=1):
        changes.append((f"table/{table}", {"open": True, "order": order}))
    for n, (player, entry) in enumerate(lives):
        changes.append((f"entry/{entry}", {"player": player, "number": 1, "kind": "initial"}))
        changes.append((f"seat/{player}", {"table": f"t{n // 4 + 1}", "seat": n % 4 + 1}))
    button: Json = {"button": 1, "small_blind": 2, "big_blind": 3}
    await event.write(*changes, ("button/t1", button), ("button/t2", button))
    await event.settled()


def register(cage: Tablet) -> None:
    """Three who are known by three letters of their names, and one who is new; all pay cash."""
    find = cage.page.get_by_test_id("player-search")
    for name in (CARL, CLAUDE, CYNTHIA, DONALD):
        cage.taps = 0
        if name in KNOWN:
            find.fill(name[:3])
            cage.page.get_by_test_id("player-row").filter(has_text=name).click()
            cage.taps += 1
        else:
            find.fill(name)
            for test_id in ("new-player", "new-adult", "new-save"):
                cage.tap(test_id)
        if name == CARL:  # the floor draws the seats of this evening
            cage.page.get_by_test_id("draws-seat").uncheck()
        cage.tap("cash-exact")
        cage.within("register" if name in KNOWN else "register somebody new")
        expect(cage.page.get_by_test_id("booked-seq")).to_be_visible()


def start(evening: Evening) -> None:
    """The clock runs, and those who came late have seats at the third table."""
    a, b = evening.a, evening.b
    b.turn_clock("resume", "running")
    b.home()
    for test_id in ("table-2", "button-next"):
        b.tap(test_id)
    b.within("button")
    for name in (CARL, CLAUDE, CYNTHIA):
        a.seat_next(name)
    seats = evening.agree()
    assert [seats[name][:2] for name in (CARL, CLAUDE, CYNTHIA)] == ["T3"] * 3
    button = {"button": 2, "small_blind": 3, "big_blind": 4}
    until(lambda: evening.facts["button/t2"] == button, "the button moved on by one")


def one_chair_for_two(evening: Evening) -> None:
    """B, off line, moves somebody to the last chair, which the leaf draws for who came last."""
    a, b = evening.a, evening.b
    taken = {int(seat[-1]) for seat in evening.leaf()[0].values() if seat.startswith("T3")}
    (last,) = {1, 2, 3, 4} - taken
    off_line(b.page)
    b.move(ADA, 1, 3, last)
    expect(a.seat_next(DONALD)).to_contain_text(f"T3·{last}")
    on_line(b.page)
    seats = evening.agree(settled=False)
    assert seats[ADA] == seats[DONALD] == f"T3·{last}"
    evening.tray("breach-seat_taken", 1)
    a.home()
    a.tap("rail-settle")
    a.tap("settle-draw")
    a.within("settle")
    evening.tray("breach-seat_taken", 0)
    seats = evening.agree()
    assert {seats[ADA], seats[DONALD]} == {"T1·1", f"T3·{last}"}


def two_seats_for_one(evening: Evening) -> None:
    """Both take the same player out, which is one bust; and each sends another one to another seat."""
    a, b = evening.a, evening.b
    off_line(b.page)
    a.bust(BETTY, 2)
    b.bust(BETTY, 2)
    b.bust(BLAISE, 2)
    a.move(CARL, 3, 2, 1)
    b.move(CARL, 3, 2, 2)
    on_line(b.page)
    evening.out = {BETTY: "12", BLAISE: "11"}
    evening.agree(settled=False)
    evening.tray("rival-card", 1)
    a.home()
    a.tap("rail-settle")
    card = a.page.get_by_test_id("rival-card")
    expect(card).to_contain_text(f"{CARL}: where do they sit?")
    card.locator("li").filter(has_text="T2·1").get_by_test_id("keep-answer").click()
    a.taps += 1
    a.within("settle")
    evening.tray("rival-card", 0)
    assert evening.agree()[CARL] == "T2·1"


def balance(evening: Evening) -> None:
    """One more is out, and the table that is short gets who is due for the big blind."""
    a = evening.a
    a.bust(BARBARA, 2)
    a.home()
    a.tap("confirm-move")
    a.within("balance")
    a.bust(ALAN, 1)
    evening.out |= {BARBARA: "10", ALAN: "9"}
    assert evening.agree()[ANNIE].startswith("T2")


def break_while_one_of_them_goes_out(evening: Evening) -> None:
    """A breaks the first table, of which B takes somebody out: out or in a new seat, a person says."""
    a, b = evening.a, evening.b
    off_line(b.page)
    b.bust(ALONZO, 1)
    a.break_up("table-1", "break-table")
    on_line(b.page)
    evening.out |= {ALONZO: "8"}
    evening.agree(settled=False)
    evening.tray("rival-card", 1)
    a.home()
    a.tap("rail-settle")
    expect(a.page.get_by_test_id("rival-card")).to_contain_text(f"{ALONZO}: where do they sit?")
    a.tap("neither-answer")
    a.within("settle")
    evening.tray("rival-card", 0)
    assert not any(seat.startswith("T1") for seat in evening.agree().values())


def hand_for_hand(evening: Evening) -> None:
    """Of one hand, at two tables, told by two tablets that can't hear each other: they tie."""
    a, b = evening.a, evening.b
    a.home()
    a.tap("hands-announce")
    a.tap("hands-start")
    b.home()
    expect(b.page.get_by_test_id("hands-row")).to_contain_text("Hand 1.")
    off_line(b.page)
    a.bust(BERTRAND, 2)
    b.bust(CLAUDE, 3)
    on_line(b.page)
    evening.out |= {BERTRAND: "6–7", CLAUDE: "6–7"}
    evening.agree()
    a.home()
    a.tap("hands-end")
    for tablet in (a, b):
        tablet.home()
        expect(tablet.page.get_by_test_id("hands-row")).to_have_count(0)


def final_table(evening: Evening) -> None:
    """Four are left and sit down together; the clock, stopped for the hands, goes on; one wins."""
    a, b = evening.a, evening.b
    a.bust(ANNIE, 2)
    a.break_up("look-break")
    evening.out |= {ANNIE: "5"}
    assert {seat[:2] for seat in evening.agree().values()} == {"T3"}
    a.turn_clock("resume", "running")
    b.bust(CYNTHIA, 3)
    evening.out |= {CYNTHIA: "4"}
    evening.agree()
    a.bust(CARL, 3)
    evening.out |= {CARL: "3"}
    evening.agree()
    b.bust(ADA, 3)
    a.home()
    expect(a.page.get_by_test_id("now-won")).to_contain_text(DONALD)
    a.tap("end-event")
    evening.out |= {ADA: "2", DONALD: "1"}
    assert list(evening.agree()) == [DONALD]


def pay(evening: Evening) -> None:
    """The three of the table of prizes, each once."""
    cage = evening.cage
    for place in (1, 2, 3):
        cage.taps = 0
        for test_id in ("rail-payout", f"prize-{place}", "id-seen", "pay-prize"):
            cage.tap(test_id)
        cage.within("pay")
        expect(cage.page.get_by_test_id("booked-seq")).to_be_visible()
    event = f"tournament/{evening.room.tournament}"
    until(lambda: evening.room.facts("cage")[event]["state"] == "settled", "all is paid")
    money = evening.room.facts("cage")[event]
    assert money["amounts"] == [30_000, 18_000, 12_000]
    assert money["paid_cents"] == money["pool_cents"] == 60_000
    kinds = Counter(row["entry"]["kind"] for row in entries(evening.room))
    assert (kinds["buy_in"], kinds["pay_prize"]) == (12, 3)


def office(tablets: Tablets) -> Page:
    page = tablets.office("Office")
    page.get_by_test_id("nav-money").click()
    return page


def test_an_event_from_the_first_entry_to_the_last_prize(evening: Evening, tablets: Tablets) -> None:
    boss = office(tablets)
    start(evening)
    one_chair_for_two(evening)
    twice(boss, "close-registration")
    expect(boss.get_by_test_id("money-state")).to_have_text("Registration closed")
    two_seats_for_one(evening)
    balance(evening)
    break_while_one_of_them_goes_out(evening)
    hand_for_hand(evening)
    final_table(evening)
    twice(boss, "confirm-result")
    expect(boss.get_by_test_id("money-state")).to_have_text("Result confirmed")
    pay(evening)
    evening.tray("reconcile-row", 0)
    for tablet in (evening.a, evening.b):
        expect(tablet.page.get_by_text("Floor and money agree.")).to_be_visible()
