"""What a caller came for: one document, or many on channels."""

from crdt_models.errors import CloseCode

from .connection import Connection, Solo
from .entrance import Caller
from .mux import Mux

__all__ = ["start"]


async def start(connection: Connection, caller: Caller) -> None:
    """Starts the conversation, or shuts the connection."""
    if caller.place is None:
        connection.conversation = Mux(connection, caller)
        return
    entered = await connection.entrance.enter(caller, caller.place)
    if isinstance(entered, CloseCode):
        connection.shut(entered)
    elif connection.code is not None:  # gone, or signed out meanwhile
        connection.entrance.leave(entered)
    else:
        connection.conversation = solo = Solo(connection, entered)
        solo.join()
