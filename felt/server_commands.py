"""`felt leaf` and `felt core`, and the command line they are on; `tools` adds all others to it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from felt.servers import run_core, run_leaf
from serving.settings import core_settings, leaf_settings

__all__ = ["app"]

app = typer.Typer(
    name="felt",
    help="Runs a live poker venue: leaf (the box in the room), core (the cloud), demo, tools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Text = str | None


@app.command(
    epilog="Example: felt leaf --data /var/lib/felt/leaf --port 8700 --core-url https://core.example"
)
def leaf(
    data: Annotated[Path | None, typer.Option(help="Data folder. [FELT_DATA]")] = None,
    host: Annotated[Text, typer.Option(help="Where to listen. [FELT_HOST]")] = None,
    port: Annotated[Text, typer.Option(help="HTTP and sync. [FELT_PORT, 8700]")] = None,
    sync_port: Annotated[
        Text, typer.Option(help="Sync alone, faster; 0: none. [FELT_SYNC_PORT, port + 6]")
    ] = None,
    sync_url: Annotated[Text, typer.Option(help="The sync port behind a proxy. [FELT_SYNC_URL]")] = None,
    nats_url: Annotated[Text, typer.Option(help="Own NATS node; none: started here. [FELT_NATS_URL]")] = None,
    nats_hub: Annotated[Text, typer.Option(help="Leaf-node addresses of the hub. [FELT_NATS_HUB]")] = None,
    core_url: Annotated[Text, typer.Option(help="The core, as clients reach it. [FELT_CORE_URL]")] = None,
    core_sync_url: Annotated[Text, typer.Option(help="The core's sync port. [FELT_CORE_SYNC_URL]")] = None,
    public_urls: Annotated[Text, typer.Option(help="Own addresses of pages. [FELT_PUBLIC_URLS]")] = None,
    printers: Annotated[
        Text, typer.Option(help="cage=tcp://10.0.0.9:9100,bar=file:/dev/usb/lp0?columns=32 [FELT_PRINTERS]")
    ] = None,
    backups: Annotated[
        Text, typer.Option(help="Folder of daily backups, on a USB stick. [FELT_BACKUPS]")
    ] = None,
    web: Annotated[Text, typer.Option(help="Folder of the built web apps. [FELT_WEB]")] = None,
) -> None:
    """Run the venue's server."""
    given = {
        "nats_url": nats_url,
        "nats_hub": nats_hub,
        "core_url": core_url,
        "core_sync_url": core_sync_url,
        "public_urls": public_urls,
        "sync_port": sync_port,
        "sync_url": sync_url,
        "printers": printers,
        "backups": backups,
    }
    run_leaf(leaf_settings(os.environ, data=data, host=host, port=port, web=web, **given))


@app.command(epilog="Example: felt core --data /var/lib/felt/core --port 8701")
def core(
    data: Annotated[Path | None, typer.Option(help="Data folder. [FELT_DATA]")] = None,
    host: Annotated[Text, typer.Option(help="Where to listen. [FELT_HOST]")] = None,
    port: Annotated[Text, typer.Option(help="HTTP and sync. [FELT_PORT, 8701]")] = None,
    sync_port: Annotated[
        Text, typer.Option(help="Sync alone, faster; 0: none. [FELT_SYNC_PORT, port + 7]")
    ] = None,
    sync_url: Annotated[Text, typer.Option(help="The sync port behind a proxy. [FELT_SYNC_URL]")] = None,
    nats_url: Annotated[Text, typer.Option(help="NATS hub; none: started here. [FELT_NATS_URL]")] = None,
    public_urls: Annotated[Text, typer.Option(help="Own addresses of pages. [FELT_PUBLIC_URLS]")] = None,
    web: Annotated[Text, typer.Option(help="Folder of the built web apps. [FELT_WEB]")] = None,
) -> None:
    """Run the core. PostgreSQL is the one of DATABASE_URL (it may hold a password, so it is no option)."""
    given = {
        "nats_url": nats_url,
        "public_urls": public_urls,
        "sync_port": sync_port,
        "sync_url": sync_url,
        "web": web,
    }
    run_core(core_settings(os.environ, data=data, host=host, port=port, **given))
