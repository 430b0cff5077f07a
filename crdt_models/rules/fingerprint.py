"""A short fingerprint of a text, the same in Python and in a browser without `crypto.subtle`.

FNV-1a, twice with different starts, as 16 hex digits: it notices change, it does not withstand malice.
Twin: `web/src/lib/twins/fingerprint.ts`.
"""

__all__ = ["fingerprint"]

_STARTS = (0x811C9DC5, 0x01234567)
_PRIME = 0x01000193


def fingerprint(text: str) -> str:
    """16 hex digits over the UTF-8 bytes of `text`."""
    data = text.encode()
    return "".join(f"{_fnv(data, start):08x}" for start in _STARTS)


def _fnv(data: bytes, value: int) -> int:
    for byte in data:
        value = (value ^ byte) * _PRIME & 0xFFFFFFFF
    return value
