"""`felt`: one command line for a venue's leaf, the core, the demo and what an operator needs around them.

Data goes to stdout (`--json` where it is data), everything else to stderr. Exit codes: 0 done, 1 it could not
be done, 2 asked in a wrong way. A person never sees a traceback for something they typed.
"""

import logging
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Final

from felt.failure import CommandFailed
from serving.garbage import reading_code
from serving.settings import SettingInvalid

__all__ = ["main", "run"]

SERVERS: Final = (["leaf"], ["core"])


def main(arguments: list[str] | None = None) -> None:
    """The entry point of the installed command; ends the process with the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every request
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Runs one command and answers its exit code; tells on stderr what was wrong."""
    app = _commands(arguments)
    try:
        app(arguments)
    except SystemExit as ended:  # typer's own way out, after it told what was asked wrongly
        return ended.code if isinstance(ended.code, int) else 0
    except SettingInvalid as error:
        print(f"felt: {error}", file=sys.stderr)
        return 2
    except CommandFailed as error:
        print(f"felt: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _commands(arguments: list[str]) -> Callable[[list[str]], object]:
    """Reads the code of the commands: a server starts sooner without that of all others."""
    with reading_code():
        module = import_module("felt.server_commands" if arguments[:1] in SERVERS else "felt.tools")
    command_line: Callable[[list[str]], object] = module.app
    return command_line
