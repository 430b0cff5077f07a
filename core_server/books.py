"""What a mirrored ledger adds up to: the same book as the leaf's, replayed from entry 1 and kept up to date.

A book is made when somebody first asks for a venue's balances and then follows the mirror; the chain is
verified on the way, so a mirror that was tampered with answers with an error, not with other balances.
"""

from typing import Final

import anyio

from ledger.book import Book
from ledger.chain import walk

from .ledger_mirror import LedgerMirror

__all__ = ["Books"]

PAGE: Final = 1_000


class Books:
    """The books of the venues that were asked for."""

    def __init__(self, mirror: LedgerMirror) -> None:
        self._mirror = mirror
        self._books: dict[str, Book] = {}
        self._reading: dict[str, anyio.Lock] = {}

    async def of(self, venue: str) -> Book:
        """The venue's book as of now. Raises ChainBroken, DatabaseDown."""
        async with self._reading.setdefault(venue, anyio.Lock()):
            book = self._books.get(venue)
            if book is None:
                book = self._books[venue] = Book(venue, lambda seq: None)
            while True:
                page = await self._mirror.entries(venue, book.tip.seq, PAGE)
                for link in walk(book.tip, ((entry.body, entry.hash) for entry in page)):
                    book.apply(link)
                if len(page) < PAGE:
                    return book
