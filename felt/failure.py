"""What a command of `felt` raises when it cannot do what was asked."""

__all__ = ["CommandFailed"]


class CommandFailed(Exception):
    """Told to the person on stderr, as it is; the command ends with exit code 1 (2: wrongly asked)."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
