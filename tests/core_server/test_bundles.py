"""Bundles read as they were written, and nothing else is one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_server.bundles import Record, Word, at_the_other_end, read_bundle, write_bundle
from crdt_models.errors import Foul

SENDER = "0123456789abcdef"
NUMBERS = st.integers(0, 2**53 - 1)
RECORDS = st.builds(Record, st.lists(NUMBERS, max_size=5), st.sampled_from(Word), st.binary(max_size=300))


@given(NUMBERS, st.lists(RECORDS, max_size=5))
def test_a_bundle_reads_as_it_was_written(number: int, records: list[Record]) -> None:
    read = read_bundle(write_bundle(SENDER, number, records))
    assert (read.sender, read.number, list(read.records)) == (SENDER, number, records)


@given(st.binary(max_size=200), st.integers(0, 100))
def test_other_bytes_are_a_foul_and_never_another_exception(noise: bytes, cut: int) -> None:
    whole = write_bundle(SENDER, 7, [Record([3], Word.FRAME, noise)])
    with suppress(Foul):
        read_bundle(noise)
    if 9 < cut < len(whole):
        with pytest.raises(Foul):
            read_bundle(whole[:cut])


def test_both_ends_name_one_stream() -> None:
    assert at_the_other_end(at_the_other_end(7)) == 7
    assert at_the_other_end(6) == 7
