"""Ports: which one is taken is said, for a server has more than one."""

import errno

import pytest

from serving.http_server import bind


def test_a_taken_port_is_named() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} of 127.0.0.1: ") as error:
            bind("127.0.0.1", port)
        assert error.value.errno == errno.EADDRINUSE
