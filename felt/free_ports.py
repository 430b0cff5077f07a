"""Whether ports of this machine are free, asked before anything is started on them."""

import socket

__all__ = ["port_fault"]


def port_fault(port: int) -> str | None:
    """Why nobody could listen on a port of 127.0.0.1; None: it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.strerror or "taken"
    return None
