"""[DO48] One thread, job after job."""

import threading
from collections.abc import Iterator

import anyio
import anyio.to_thread
import pytest

from leaf_server.box.worker import Worker

pytestmark = pytest.mark.anyio


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    worker.stop()


async def test_jobs_are_done_in_their_order_by_one_thread(worker: Worker) -> None:
    done = list[tuple[int, int]]()

    async def ask(n: int) -> None:
        await worker.run(lambda: done.append((n, threading.get_ident())))

    async with anyio.create_task_group() as tasks:
        for n in range(20):
            tasks.start_soon(ask, n)
    assert sorted(n for n, _ in done) == list(range(20))
    assert len({thread for _, thread in done}) == 1


async def test_what_a_job_raises_reaches_its_asker_and_the_next_is_done(worker: Worker) -> None:
    def fails() -> None:
        raise ValueError("so")

    with pytest.raises(ValueError, match="so"):
        await worker.run(fails)
    assert await worker.run(lambda: 7) == 7


async def test_who_is_cancelled_waits_until_his_job_ended(worker: Worker) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), list[bool]()

    def job() -> None:
        begun.set()
        assert go_on.wait(60)
        ended.append(True)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run, job)
        await anyio.to_thread.run_sync(begun.wait)
        tasks.cancel_scope.cancel()
        go_on.set()
    assert ended == [True]


async def test_a_stopped_one_says_so() -> None:
    worker = Worker("gone")
    worker.stop()
    with pytest.raises(RuntimeError):
        await worker.run(lambda: 0)
