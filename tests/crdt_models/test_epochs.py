"""How a document and its epoch are named in a path."""

import pytest

from crdt_models.epochs import split


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("floor", ("floor", None)),
        ("floor@12", ("floor", 12)),
        ("tournament/00ff-x@1", ("tournament/00ff-x", 1)),
        ("floor@0", None),
        ("floor@", None),
        ("floor@01", None),
        ("floor@-1", None),
        ("floor@1@2", None),
        ("Floor", None),
        ("floor/", None),
        ("floor/a/b", None),
        ("../floor", None),
        ("", None),
        ("floor\n", None),
        ("tournament/" + "x" * 37, None),
    ],
)
def test_paths(path: str, named: tuple[str, int | None] | None) -> None:
    assert split(path) == named
