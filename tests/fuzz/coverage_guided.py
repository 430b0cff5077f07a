"""One target under atheris, in a process: `python -m tests.fuzz.coverage_guided frames -runs=1000`.

Ends with code 0 when nothing was found; else the last lines say what, and name the file of the input.
"""

import sys

import atheris

with atheris.instrument_imports(include=["crdt_models", "tests.fuzz"]):
    from tests.fuzz.targets import TARGETS

atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
atheris.Fuzz()
