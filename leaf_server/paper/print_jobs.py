"""Print jobs as the leaf stores them, so that no receipt is ever printed twice by itself.

`begun` → `printing` → `printed`, `failed` (nothing is on paper) or `unsure`. The first print of a receipt is
the original; once there is one, every further print is a copy. While a job of a receipt is under way or
unsure, no other job of it begins: a person looks at the printer and says what is there.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from importlib.resources import files
from typing import Any, Final, Literal, cast

from leaf_server.box.database import Database
from serving.problems import Problem

__all__ = ["JOBS_MAX", "KEPT_MS", "PrintJob", "PrintJobs", "State"]

KEPT_MS: Final = 2 * 86_400_000
"""A job is forgotten after that; a receipt older than half of it prints as a copy whatever is known."""

JOBS_MAX: Final = 20_000
"""Jobs kept; above, `too_many`."""

OPEN_SHOWN: Final = 50
State = Literal["printing", "printed", "failed", "unsure"]
_COLUMNS: Final = "device, key, seq, copy, printer, person, asked_ms, state, why"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`why`: code of what was wrong with the printer, or `leaf_stopped`."""

    device: str
    key: str
    seq: int
    copy: bool
    printer: str
    person: str
    asked_ms: int
    state: State
    why: str


class PrintJobs:
    """`load` first. Every answer is durable; raises StoreNotReady like all that is stored."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    async def load(self) -> None:
        """Makes the table; what a stop cut off is unsure from now on."""
        schema = files("leaf_server.paper").joinpath("print_jobs.sql").read_text()

        def work(db: Any) -> None:
            db.execute(schema)
            db.execute("UPDATE print_job SET state = 'unsure', why = 'leaf_stopped' WHERE state = 'printing'")

        await self._database.write(work)

    async def begin(
        self, *, device: str, key: str, seq: int, booked_ms: int, printer: str, person: str
    ) -> tuple[PrintJob, bool]:
        """The job, and whether it is new: only then may it be printed.

        Problems 409 print_running, print_unsure (`details.job` is the one to settle); 429 too_many.
        """
        now = self._now_ms()

        def work(db: Any) -> tuple[PrintJob, bool]:
            known = _one(db, device, key)
            if known is not None:
                if known.seq != seq:
                    raise Problem(422, "key_reused", "This key was used for another print.", {"key": key})
                return known, False
            db.execute("DELETE FROM print_job WHERE asked_ms < ?", (now - KEPT_MS,))
            if db.execute("SELECT count(*) FROM print_job").fetchone()[0] >= JOBS_MAX:
                raise Problem(429, "too_many", "Too many prints in two days.")
            copy = _is_copy(db, seq) or now - booked_ms > KEPT_MS // 2
            job = PrintJob(device, key, seq, copy, printer, person, now, "printing", "")
            sql = f"INSERT INTO print_job ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            db.execute(sql, astuple(job))
            return job, True

        return await self._database.write(work)

    async def end(self, job: PrintJob, state: State, why: str = "") -> PrintJob:
        """What became of a job that was printing."""

        def work(db: Any) -> PrintJob:
            db.execute(
                "UPDATE print_job SET state = ?, why = ? WHERE device = ? AND key = ? AND state = 'printing'",
                (state, why, job.device, job.key),
            )
            return cast(PrintJob, _one(db, job.device, job.key))

        return await self._database.write(work)

    async def settle(self, device: str, key: str, *, on_paper: bool, by: str) -> PrintJob:
        """A person looked. Problems 404 no_print_job, 409 not_unsure."""
        state: State = "printed" if on_paper else "failed"

        def work(db: Any) -> PrintJob:
            job = _one(db, device, key)
            if job is None:
                raise Problem(404, "no_print_job", "There is no such print job.")
            if job.state != "unsure":
                raise Problem(409, "not_unsure", "Nobody has to say anything about this print.")
            db.execute(
                "UPDATE print_job SET state = ?, why = 'told', settled_by = ? WHERE device = ? AND key = ?",
                (state, by, device, key),
            )
            return cast(PrintJob, _one(db, device, key))

        return await self._database.write(work)

    async def find(self, device: str, key: str) -> PrintJob | None:
        """One job."""
        return await self._database.read(lambda db: _one(db, device, key))

    async def unsure(self) -> list[PrintJob]:
        """Those a person has to look at, oldest first."""
        sql = f"SELECT {_COLUMNS} FROM print_job WHERE state = 'unsure' ORDER BY asked_ms LIMIT {OPEN_SHOWN}"
        return await self._database.read(lambda db: [_job(row) for row in db.execute(sql)])


def _is_copy(db: Any, seq: int) -> bool:
    """Whether its original is on paper. Raises Problem while nobody can know."""
    copy = False
    for row in db.execute(f"SELECT {_COLUMNS} FROM print_job WHERE seq = ? AND state <> 'failed'", (seq,)):
        job = _job(row)
        told = {"job": {"device": job.device, "key": job.key}, "seq": seq}
        if job.state == "printing":
            raise Problem(409, "print_running", "This receipt is being printed.", told)
        if job.state == "unsure":
            raise Problem(409, "print_unsure", "Look first whether it was printed.", told)
        copy = True
    return copy


def _one(db: Any, device: str, key: str) -> PrintJob | None:
    sql = f"SELECT {_COLUMNS} FROM print_job WHERE device = ? AND key = ?"
    row = db.execute(sql, (device, key)).fetchone()
    return _job(row) if row else None


def _job(row: tuple[Any, ...]) -> PrintJob:
    device, key, seq, copy, *rest = row
    return PrintJob(device, key, seq, bool(copy), *rest)
