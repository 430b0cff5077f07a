"""Pages of the web app in the simulated venue: the keeper of `web/src/lib` on real yjs, in one node process.

Its wire, time and chance are the evening's. A device may have two pages of a document open (two tabs): they
share a store, and one of them writes.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from crdt_models.edits import Json
from crdt_models.errors import CloseCode
from crdt_models.stamps import order
from tests.sim.line import Line
from tests.sim.oracle import Written, written
from tests.sim.site import Site

__all__ = ["Keepers", "Page"]

_FLAGS: Final = ("--experimental-transform-types", "--disable-warning=ExperimentalWarning")
LOST: Final = 1006
KEPT_WITHIN_MS: Final = 2_500


@dataclass(eq=False)
class Page:
    """One document open in one tab."""

    number: int
    device: str
    document: str
    lines: dict[int, Line] = field(default_factory=dict)  # wire → the line it is


class Keepers:
    """All pages of an evening. `reach`: what a device can get to; `site`: where an address leads."""

    def __init__(self, seed: int, site: Callable[[str], Site], meant: dict[str, dict[str, Written]]) -> None:
        node = Path(sys.executable).with_name("node")
        script = Path(__file__).with_name("keeper.mjs")
        self._process = subprocess.Popen(
            [node, *_FLAGS, script, str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._site, self._meant = site, meant
        self._pages = 0
        self.pages: list[Page] = []
        self.reach: dict[str, set[str]] = {}
        self.codes: list[tuple[str, str, str, CloseCode]] = []  # device, at, document, code
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(30) == 0 or error is not None

    def open(self, device: str, document: str, leaf_ms: int) -> Page:
        """A page load; `leaf_ms` is what the device takes for leaf time when it is first seen."""
        self.reach.setdefault(device, {"leaf", "core"})
        self._pages += 1
        page = Page(self._pages, device, document)
        self.pages.append(page)
        self._do(op="open", page=page.number, device=device, document=document, leafMs=leaf_ms)
        return page

    def reload(self, page: Page, leaf_ms: int) -> None:
        """Once all it wrote is kept: what a page closes over within a moment nobody has called saved."""
        self.pass_time(KEPT_WITHIN_MS)
        self._do(op="close", page=page.number)
        for line in page.lines.values():
            line.cut()
        self.pages.remove(page)
        self.open(page.device, page.document, leaf_ms)

    def write(self, page: Page, changes: Any, person: str) -> list[tuple[str, str]] | None:
        """Stamp and text of the edits; None: the page has no picture yet."""
        edits = self._do(op="write", page=page.number, changes=[list(one) for one in changes], person=person)
        return None if edits is None else [(stamp, text) for stamp, text in edits]

    def seen(self, page: Page) -> Any:
        """Whether the document is there (`setup`), and its conflicts (`open`)."""
        return self._do(op="seen", page=page.number)

    def picture(self, page: Page, now: int) -> dict[str, Any]:
        """What it holds, and what its twins of the pure readings say at leaf time `now`."""
        answer = self._do(op="picture", page=page.number, now=now)
        assert isinstance(answer, dict)
        return answer

    def pass_time(self, ms: int) -> None:
        self._do(op="pass", ms=ms)

    def cut(self, page: Page) -> None:
        """Its lines drop."""
        for wire, line in list(page.lines.items()):
            line.cut()
            self._closed(page, wire, LOST)

    def look(self) -> None:
        """Pages hear of lines that were shut, once what came before is read."""
        for page in self.pages:
            for wire, line in list(page.lines.items()):
                if not line.open and not line.down:
                    if line.code is not None:
                        self.codes.append((page.device, line.site.at, page.document, line.code))
                    self._closed(page, wire, LOST if line.code is None else int(line.code))

    def _closed(self, page: Page, wire: int, code: int) -> None:
        page.lines.pop(wire, None)
        self._do(op="closed", wire=wire, code=code)

    def _do(self, **command: Json) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        for event in told["events"]:
            self._heed(event)
        return told["answer"]

    def _heed(self, event: dict[str, Any]) -> None:
        match event:
            case {"dial": wire, "page": page, "at": at, "document": path}:
                self._dial(self._page(page), wire, at, path)
            case {"sent": wire, "frame": frame}:
                line = self._line(wire)
                if line is not None:
                    line.send(base64.b64decode(frame))
            case {"hungUp": wire}:
                for page in self.pages:
                    line = page.lines.pop(wire, None)
                    if line is not None:
                        line.cut()
            case {"moved": moved, "page": page}:
                self._moved(self._page(page), moved)
            case {"error": error}:
                self.errors.append(error)

    def _dial(self, page: Page, wire: int, at: str, path: str) -> None:
        document, _, epoch = path.partition("@")
        if at not in self.reach[page.device]:
            self._do(op="closed", wire=wire, code=LOST)
            return

        def hear(frame: bytes) -> list[bytes]:
            self._do(op="frame", wire=wire, frame=base64.b64encode(frame).decode())
            return []

        page.lines[wire] = Line(self._site(at), document, page.device, hear, epoch=int(epoch or 0))

    def _moved(self, page: Page, moved: list[tuple[str, str, str]]) -> None:
        """Acts that no server had been sent have other stamps now, the old ones never were."""
        meant = self._meant[page.document]
        for old, now, text in moved:
            before = meant.pop(old)
            meant[now] = written(now, text, fit=before.fit)
            assert order(now).device == page.device

    def _page(self, number: int) -> Page:
        return next(page for page in self.pages if page.number == number)

    def _line(self, wire: int) -> Line | None:
        return next((page.lines[wire] for page in self.pages if wire in page.lines), None)
