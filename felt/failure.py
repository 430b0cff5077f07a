"""What a command of `felt` raises when it cannot do what was asked."""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["CommandFailed", "telling"]


class CommandFailed(Exception):
    """Told to the person on stderr, as it is; the command ends with exit code 1 (2: wrongly asked)."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextmanager
def telling(kinds: tuple[type[Exception], ...]) -> Iterator[None]:
    """Turns errors of these kinds, also those that task groups wrapped, into CommandFailed."""
    try:
        yield
    except kinds as error:
        raise CommandFailed(_words(error)) from error
    except BaseExceptionGroup as group:
        rest = group.split(kinds)[1]
        if rest is not None:
            raise
        raise CommandFailed("; ".join(dict.fromkeys(map(_words, _flat(group))))) from group


def _words(error: BaseException) -> str:
    """Its message; its name where it has none."""
    return str(error) or type(error).__name__


def _flat(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found = []
    for error in group.exceptions:
        found += _flat(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
