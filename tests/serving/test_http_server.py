"""Ports: which one is taken is said, for a server has more than one."""

import errno
import socket

import pytest

from serving.http_server import bind


def test_a_taken_port_is_named() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} of 127.0.0.1: ") as error:
            bind("127.0.0.1", port)
        assert error.value.errno == errno.EADDRINUSE


def test_its_connections_end_with_a_peer_that_is_gone() -> None:
    """[DO43] What is accepted takes the listener's options over; there is no other way to set them."""
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()) as peer:
        listener.setblocking(True)
        with listener.accept()[0] as accepted:
            assert accepted.getpeername() == peer.getsockname()
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
