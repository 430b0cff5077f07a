#!/bin/sh
# Prints the command of a Python that can run Felt (3.11 or newer, 64 bit); says on stderr what is missing otherwise.
# Older ones first: every locked wheel exists for them.
for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 python3.14 python; do
    [ -n "$name" ] || continue
    found=$(command -v "$name" 2>/dev/null) || continue
    if "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.maxsize < 2**32)' 2>/dev/null; then
        echo "$found"
        exit 0
    fi
done
echo "Felt needs Python 3.11 or newer (64 bit) and found none; set PYTHON=/path/to/python3.11 and run again." >&2
exit 1
