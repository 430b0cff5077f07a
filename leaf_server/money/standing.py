"""Whether this box may take money: yes, not before a term was opened, or never again.

`new_term`: it was restored, promoted or set back. Its ledger may lack a tail, and a person opens its next
term when core or tills were asked. `fenced`: another box opened a later term, or the ledger contradicts a
signed head. Kept in one small file in the data folder, so that no restart forgets it; no file is `open`.
"""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from ledger.heads import Head
from ledger.journal import Journal
from ledger.witness import WORDS, Verdict, verdict
from serving.problems import Problem

__all__ = ["FILE", "Standing", "State", "look_at", "mark_new_term"]

FILE: Final = "ledger-term.json"
TILLS_MAX: Final = 256
CONTRADICTIONS_MAX: Final = 20
TERMS_AHEAD_MAX: Final = 1_000  # a head of a term that nobody here knows is believed so far
log = logging.getLogger("felt.standing")
Name = Literal["open", "new_term", "fenced"]


@dataclass(frozen=True, slots=True)
class State:
    """What is known so far. `highest_seq`, `highest_term`: of any head that core, till or receipt showed."""

    name: Name = "open"
    why: str = ""
    by: str = ""  # who restored or promoted it
    highest_seq: int = 0
    highest_term: int = 0
    core_seq: int | None = None  # how far the core was when it was asked; None: it was not
    core_trouble: str = ""  # why the core's entries do not continue ours
    contradictions: Sequence[str] = ()  # signed heads that are not of this ledger, in words; the newest
    tills: Mapping[str, int] = field(default_factory=dict)  # device → highest number it handed in

    @property
    def was_asked(self) -> bool:
        """Whether anybody who may hold a tail has answered."""
        return self.core_seq is not None or bool(self.tills)


class Standing:
    """`path` is that of the file. Every change is durable when it returns; a disk that takes nothing now only
    delays that: what was found out holds at once, and is written with the next request that finds room.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten = False
        self.now = _read(path)

    def problem(self) -> Problem | None:
        """What a money request is answered with; None: it is taken. No outcome: the till sends it again."""
        if self._unwritten:
            self._write_down()
        if self.now.name == "open":
            return None
        why, details = f"No money at this box: {self.now.why}", {"state": self.now.name}
        if self.now.name == "fenced":
            return Problem(503, "fenced", why, details)
        return Problem(503, "term_needed", why, details)

    def need_term(self, why: str) -> None:
        """Takes no money until a person opens a term."""
        if self.now.name == "open":
            self._put(State("new_term", why))

    def fence(self, why: str, term: int = 0) -> None:
        """Takes no money any more; `felt promote` makes a new box of it."""
        if self.now.name != "fenced":
            self._put(
                replace(self.now, name="fenced", why=why, highest_term=max(term, self.now.highest_term))
            )

    def saw(self, seq: int, term: int, till: str = "") -> None:
        """A head of this number and term was shown, by a till if one is named."""
        now = self.now
        tills = dict(now.tills)
        if till and (till in tills or len(tills) < TILLS_MAX):
            tills[till] = max(seq, tills.get(till, 0))
        highest_seq, highest_term = max(seq, now.highest_seq), max(term, now.highest_term)
        self._put(replace(now, highest_seq=highest_seq, highest_term=highest_term, tills=tills))

    def core_said(self, seq: int, term: int, trouble: str = "") -> None:
        """The core was asked and all it holds behind our end is here, or can't be, because of `trouble`."""
        self.saw(seq, term)
        self._put(replace(self.now, core_seq=seq, core_trouble=trouble))

    def heard(self, journal: Journal, head: Head, till: str = "") -> Problem | None:
        """A head that somebody showed, held against our ledger. Answers why no money is taken on it."""
        found, own = look_at(journal, head), journal.tip
        why = WORDS[found].format(term=head.term, seq=head.seq, own_term=own.term, own_seq=own.seq)
        if found == "unproved":
            return self.problem()
        if found == "set_back":
            self.need_term(why)
        if self.now.name == "new_term":
            proved = found != "newer_term"
            term = head.term if proved or head.term - own.term <= TERMS_AHEAD_MAX else 0
            self.saw(head.seq if proved else 0, term, till)
        if found == "rewritten" and self.now.name == "open":
            self.fence(why)
        elif found in ("rewritten", "other_branch"):
            self._note(why)
        if found == "newer_term" and self.now.name == "open":
            return Problem(503, "fenced", why, {"term": head.term})
        return self.problem()

    def _note(self, why: str) -> None:
        """For people to see; the branch that goes on was chosen by one of them, or will be."""
        if why not in self.now.contradictions:
            log.critical("RING: a signed head is not of this ledger: %s", why)
            self._put(replace(self.now, contradictions=[*self.now.contradictions, why][-CONTRADICTIONS_MAX:]))

    def open(self) -> None:
        """A person opened a term."""
        self.now, self._unwritten = State(), False
        self._path.unlink(missing_ok=True)

    def _put(self, state: State) -> None:
        if state != self.now:
            self.now = state
            if state.name != "open":
                self._write_down()

    def _write_down(self) -> None:
        try:
            _write(self._path, self.now)
            self._unwritten = False
        except OSError as error:
            log.critical("that this box takes no money could not be written down: %s", error)
            self._unwritten = True


def look_at(journal: Journal, head: Head) -> Verdict:
    """What this head says of our ledger."""
    link = journal.link(head.seq)
    return verdict(journal.book.state.terms, journal.tip, link.hash if link else None, head)


def mark_new_term(data: Path, why: str, by: str) -> None:
    """The leaf in `data` takes no money until a person has opened a term."""
    _write(data / FILE, State("new_term", why, by))


def _read(path: Path) -> State:
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
        return State(**said)
    except FileNotFoundError:
        return State()
    except (ValueError, TypeError):  # who can't read why it was stopped does not go on
        return State("new_term", f"What was noted of this box's term does not read ({path.name}).")


def _write(path: Path, state: State) -> None:
    fresh = path.with_name(path.name + ".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(json.dumps(asdict(state)).encode())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
