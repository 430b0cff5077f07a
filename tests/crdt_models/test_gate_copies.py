"""[DO102] Two copies of one edit, of which Yjs deletes one: that alone would make the edit count as gone."""

from crdt_models.wire import assemble, edit_struct
from tests.crdt_models.behind_gate import TEXT, Server

GRAVE, LIVING = b"\x21\x01\x01f\x071.1.d-1\x01", edit_struct("1.1.d-1", TEXT)


def test_the_living_copy_is_judged_first() -> None:
    verdict = Server().take(assemble([(9, 0, [GRAVE]), (5, 0, [LIVING])], {9: [0]}))
    assert (list(verdict.accepted), verdict.resync) == (["1.1.d-1"], False)


def test_what_is_missing_before_the_living_one_comes_before_both() -> None:
    beyond = edit_struct("7.7.d-2", TEXT)
    verdict = Server().take(assemble([(9, 0, [GRAVE]), (5, 0, [beyond, LIVING])], {9: [0]}))
    assert (verdict.vector, verdict.update, verdict.resync) == ({}, b"", True)


def test_a_copy_that_is_not_taken_from_a_device_does_not_hold_it_up() -> None:
    """A section of a server, of many devices' edits."""
    cut = [edit_struct("7.1.e-2", TEXT), LIVING]
    assert Server().take(assemble([(9, 0, [GRAVE]), (5, 0, cut)], {9: [0]})).vector == {"d-1": 1}
