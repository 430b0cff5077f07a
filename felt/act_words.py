"""What an act did, as the middle of a sentence: "moved Ben K. T2·7 → T4·4". Who and when stand around it.

Twin of `web/src/lib/words/act-words.ts`; both read `tests/vectors/act_words.json`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol

from crdt_models.edits import Json

from . import chip_words, conduct_words

__all__ = ["Names", "Said", "act_words"]

_PHRASES_MAX: Final = 3


class Names(Protocol):
    """How people call what has an id."""

    def player(self, ident: str) -> str: ...
    def table(self, ident: str) -> str: ...
    def list(self, ident: str) -> str: ...
    def listed(self, entry: str) -> str: ...


class Said(NamedTuple):
    """One edit: a fact, what it said before, what it says now."""

    name: str
    before: Json
    after: Json


def act_words(act: Sequence[Said], names: Names) -> str:
    """Of one act; what follows from another fact of it is not said twice."""
    phrases = [_phrase(said, act, names) for said in act if not _implied(said, act)]
    more = len(phrases) - _PHRASES_MAX
    told = ", ".join(phrases[:_PHRASES_MAX])
    return f"{told} and {more} more" if more > 0 else told


def _implied(said: Said, act: Sequence[Said]) -> bool:
    """A call-out follows from the move, a freed seat from the bust, a seated list entry from the seat …"""
    prefix, _, ident = said.name.partition("/")
    others = [other for other in act if other.name != said.name]
    after: Any = said.after
    if prefix == "setup":
        return bool(others)
    if prefix == "move":
        return any(other.name == f"seat/{ident}" for other in others)
    if prefix == "settled":
        return any(other.name == ident for other in others)
    if prefix == "waitlist":
        seated = after is not None and after.get("state") == "seated"
        return seated and any(other.name == f"seat/{after['player']}" for other in others)
    if prefix == "stack":
        counted = {"checked", "bag"}
        return any(other.name.partition("/")[0] in counted for other in others)
    if prefix == "clock":
        return any(other.name == "handforhand" for other in others)
    return prefix == "seat" and after is None and any(_is_of(other, "bust/", ident) for other in others)


def _is_of(said: Said, prefix: str, player: str) -> bool:
    """Whether it is a fact of that prefix about this player."""
    told: Any = said.before if said.after is None else said.after
    return said.name.startswith(prefix) and isinstance(told, dict) and told.get("player") == player


def _phrase(said: Said, act: Sequence[Said], names: Names) -> str:
    prefix, _, ident = said.name.partition("/")
    if said.before is None and said.after is None:
        return "wrote what was erased since"
    words = _PHRASES.get(prefix)
    if words is None:
        return f"removed {said.name}" if said.after is None else f"set {said.name}"
    named = any(_is_of(other, "entry/", ident) or _is_of(other, "bust/", ident) for other in act)
    if prefix == "seat" and named and said.before is None and said.after is not None:
        return f"seated at {_place(said.after, names)}"
    return words(ident, said.before, said.after, names)


def _place(seat: Any, names: Names) -> str:
    return f"{names.table(seat['table'])}·{seat['seat']}"


def _seat(player: str, before: Any, after: Any, names: Names) -> str:
    who = names.player(player)
    if after is None:
        return f"left {who} without a seat" if before is None else f"took {who} off {_place(before, names)}"
    if before is None:
        return f"seated {who} at {_place(after, names)}"
    return f"moved {who} {_place(before, names)} → {_place(after, names)}"


def _move(player: str, _before: Any, after: Any, names: Names) -> str:
    who = names.player(player)
    if after is None:
        return f"took back the call-out of {who}"
    to = _place({"table": after["to_table"], "seat": after["to_seat"]}, names)
    return f"saw {who} arrive at {to}" if after.get("arrived") else f"called {who} out to {to}"


def _bust(_life: str, before: Any, after: Any, names: Names) -> str:
    if after is not None:
        who = names.player(after["player"])
        if before is not None:
            return f"changed the bust-out of {who}"
        said = {"disqualified": f"disqualified {who}", "no_show": f"took out {who}, who never came"}
        return said.get(after.get("how", ""), f"busted {who}")
    return f"brought {names.player('' if before is None else before['player'])} back in"


def _entry(_life: str, before: Any, after: Any, names: Names) -> str:
    if after is None:
        return f"removed an entry of {names.player('' if before is None else before['player'])}"
    again = f", entry {after['number']}" if after["number"] > 1 else ""
    return f"entered {names.player(after['player'])}{again}"


def _stack(player: str, _before: Any, after: Any, names: Names) -> str:
    who = names.player(player)
    return f"removed the count of {who}" if after is None else f"counted {who}: {after['chips']:,}"


def _clock(_ident: str, before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return "removed the clock"
    level, state = after["level"], after["state"]
    was = None if before is None else before["state"]
    if before is not None and before["level"] != level:
        return f"went to level {level}"
    if state in ("ended", "pending"):
        return "ended the clock" if state == "ended" else "set the clock back"
    if was == state:
        return f"set the clock to {_countdown(after['remaining_ms'])}"
    if state == "paused":
        return f"paused the clock, level {level}"
    return f"{'resumed' if was == 'paused' else 'started'} the clock, level {level}"


def _countdown(ms: int) -> str:
    seconds = max(0, -(-ms // 1000))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return (f"{hours}:{minutes:02}" if hours else str(minutes)) + f":{seconds % 60:02}"


def _level(number: str, before: Any, after: Any, _names: Names) -> str:
    return _changed(f"level {number}", before, after)


def _table(table: str, before: Any, after: Any, names: Names) -> str:
    which, was = names.table(table), before or {}
    if after is not None and "open" in after:
        if was.get("open") != after["open"]:
            return f"{'opened' if after['open'] else 'closed'} {which}"
        if bool(was.get("locked")) != bool(after.get("locked")):
            return f"{'locked' if after.get('locked') else 'unlocked'} {which}"
        if was.get("held", []) != (held := after.get("held", [])):
            seats = f"seats {', '.join(map(str, held))}" if held else "no seat"
            return f"held {seats} at {which}"
    return _changed(which, before, after)


def _need(player: str, _before: Any, after: Any, names: Names) -> str:
    return f"{'removed' if after is None else 'wrote down'} the needs of {names.player(player)}"


def _button(table: str, _before: Any, after: Any, names: Names) -> str:
    if after is None:
        return f"removed the button of {names.table(table)}"
    return f"set the button of {names.table(table)} to seat {after['button']}"


def _registration(_ident: str, _before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return "removed registration"
    if after.get("reason") and after["state"] == "open":
        return f"opened registration again: {after['reason']}"
    return f"{'opened' if after['state'] == 'open' else 'closed'} registration"


def _late(_ident: str, _before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return "took back the end of registration"
    minutes = after.get("until_minutes")
    also = "" if minutes is None else f" or {minutes} minutes"
    return f"put the end of registration to level {after['until_level']}{also}"


_TERMS: Final[dict[str, str]] = {
    "re_entry": "re-entries",
    "rebuy": "rebuys",
    "add_on": "add-ons",
    "dealer_add_on": "dealer add-ons",
    "early_bird": "early birds",
}


def _terms(kind: str, before: Any, after: Any, _names: Names) -> str:
    return _changed(f"the terms of {_TERMS.get(kind, kind)}", before, after)


def _carried(player: str, _before: Any, after: Any, names: Names) -> str:
    who = names.player(player)
    return f"left {who} behind" if after is None else f"carried {who} over with {after['chips']:,}"


def _cash(table: str, _before: Any, after: Any, names: Names) -> str:
    if after is None or after["state"] != "open":
        return f"closed {names.table(table)}"
    return f"opened {names.table(table)} for {names.list(after['list'])}"


def _list(_ident: str, before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return f"removed the list {'' if before is None else before['name']}"
    return f"{'made' if before is None else 'changed'} the list {after['name']}"


def _waitlist(_entry: str, before: Any, after: Any, names: Names) -> str:
    told = after or before or {"player": "", "list": ""}
    who, listed = names.player(told["player"]), names.list(told["list"])
    if after is None or after.get("state") == "left":
        return f"took {who} off {listed}"
    if before is None:
        return f"put {who} on {listed}"
    return f"marked {who} on {listed} as {after.get('state', 'waiting')}"


def _call(entry: str, _before: Any, after: Any, names: Names) -> str:
    who = names.listed(entry)
    return (
        f"took back the call of {who}" if after is None else f"called {who} to {names.table(after['table'])}"
    )


def _player(_ident: str, before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return f"removed player {'' if before is None else before['name']}"
    if before is None:
        return f"added player {after['name']}"
    if before["name"] == after["name"]:
        return f"changed player {after['name']}"
    return f"renamed {before['name']} to {after['name']}"


def _answer(_ident: str, _before: Any, after: Any, _names: Names) -> str:
    return "took an answer back" if after is None else f"answered a request: {after['answer']}"


def _announce(_ident: str, before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return f"stopped “{'' if before is None else before['text']}”"
    return f"announced “{after['text']}”"


def _device(_ident: str, _before: Any, after: Any, _names: Names) -> str:
    return "removed a screen" if after is None else f"named a screen {after['name']}"


def _arrived(_ident: str, _before: Any, after: Any, _names: Names) -> str:
    return "removed a number" if after is None else f"gave number {after['number']}"


def _changed(what: str, before: Any, after: Any) -> str:
    return f"{'removed' if after is None else 'added' if before is None else 'changed'} {what}"


_Phrase = Callable[[str, Any, Any, Names], str]


def _explained(_ident: str, _before: Any, after: Any, _names: Names) -> str:
    return f"explained a difference: {after['reason']}" if after else "took an explanation back"


def _held(player: str, _before: Any, after: Any, names: Names) -> str:
    if after is None:
        return f"let prizes of {names.player(player)} go"
    why = "no ID" if after["why"] == "no_id" else "another name"
    return f"held prizes of {names.player(player)}: {why}"


def _either(gone: str, there: str) -> _Phrase:
    return lambda _ident, _before, after, _names: gone if after is None else there


def _thing(what: str) -> _Phrase:
    return lambda _ident, before, after, _names: _changed(what, before, after)


def _spot(table: str, _before: Any, after: Any, names: Names) -> str:
    which = names.table(table)
    if after is None:
        return f"took {which} off the room plan"
    return f"put {which} on the room plan at column {after['column']}, row {after['row']}"


_PHRASES: Final[dict[str, _Phrase]] = {
    "seat": _seat,
    "move": _move,
    "bust": _bust,
    "knocker": chip_words.knocker,
    "handforhand": chip_words.hand_for_hand,
    "dealt": chip_words.dealt,
    "checked": chip_words.checked,
    "bag": chip_words.bag,
    "inplay": chip_words.in_play,
    "wanted": chip_words.wanted,
    "penalty": conduct_words.penalty,
    "served": conduct_words.served,
    "change": conduct_words.change,
    "entry": _entry,
    "stack": _stack,
    "clock": _clock,
    "level": _level,
    "table": _table,
    "spot": _spot,
    "button": _button,
    "need": _need,
    "seating": _thing("the seating rules"),
    "registration": _registration,
    "late": _late,
    "terms": _terms,
    "bounty": _thing("the bounty"),
    "flight": _thing("the flight"),
    "days": _thing("the days"),
    "carried": _carried,
    "cues": _either("changed what the clock announces", "changed what the clock announces"),
    "house": _thing("the rules of the house"),
    "cash": _cash,
    "list": _list,
    "waitlist": _waitlist,
    "call": _call,
    "player": _player,
    "answer": _answer,
    "request": _either("took a request back", "made a request"),
    "announce": _announce,
    "show": _either("cleared a screen", "changed what a screen shows"),
    "device": _device,
    "sound": _thing("the sound of a screen"),
    "setup": _either("began it", "began it"),
    "explained": _explained,
    "held": _held,
    "settled": _either("settled two answers", "settled two answers"),
    "conflict": _either("closed a conflict", "found two answers"),
    "arrived": _arrived,
    "venue": _either("changed the venue", "changed the venue"),
    "receipt": _either("changed the receipt text", "changed the receipt text"),
    "chips": _thing("a chip set"),
    "blinds": _thing("a blind structure"),
    "payouts": _thing("a payout table"),
}
