"""HTTP without TLS to the servers of a demo, which are all on this machine."""

import ssl
from typing import Final

__all__ = ["NO_TLS"]

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""`verify` of a client that talks plain HTTP. It trusts nobody; without it, each client reads all authorities
of the world first, which takes longer than its request (20 ms)."""
