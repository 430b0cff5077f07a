"""What the demo prints: where to look, who is who, a QR for a phone, what to try."""

import io
import sys
from collections.abc import Mapping
from pathlib import Path

import segno

from felt.demo.people import STAFF
from felt.demo.system import System

__all__ = ["links_text", "page_urls", "qr_text", "welcome"]


def page_urls(address: str, port: int) -> dict[str, str]:
    """The apps, at an address of the leaf."""
    base = f"http://{address}:{port}"
    return {app: f"{base}/{app}" for app in ("floor", "cage", "phone", "display", "admin")}


def qr_text(link: str) -> str:
    """A QR code for a terminal."""
    text = io.StringIO()
    segno.make(link, error="l").terminal(out=text, compact=True, border=2)
    return text.getvalue()


def links_text(links: Mapping[str, str]) -> str:
    """One link a line; each works once, for a quarter of an hour."""
    return "\n".join(f"  {name:<8} {link}" for name, link in links.items())


def welcome(system: System, links: Mapping[str, str], phone: str, pids: Mapping[str, int]) -> str:
    """The page of text at the start."""
    felt, data = shown(Path(sys.argv[0]).absolute()), shown(system.data)
    ledger = shown(system.leaf_data / "ledger.db")
    people = "\n".join(f"  {person.name:<16} {person.role:<8} PIN {person.pin}" for person in STAFF)
    elsewhere = ""
    if system.address != "127.0.0.1":
        elsewhere = f"  (from another machine: {system.address} in place of 127.0.0.1)\n"
    return f"""
The room is open. Leaf {system.leaf_url}, core {system.core_url}

Open these in browser windows (each enrols one device, once; more: {felt} demo link floor --data {data}):
{links_text(links)}
{elsewhere}
People (the floor and cage pages ask for a PIN):
{people}

A phone in the same network, for a player who came tonight:
{qr_text(phone)}  {phone}

Try:
  cut the line to the core     {felt} demo line cut --data {data}      (later: line restore)
  kill the leaf                kill -9 {pids.get("leaf", 0)}
  kill the core, the hub       kill -9 {pids.get("core", 0)} {pids.get("nats_hub", 0)}
  verify the ledger            {felt} ledger verify {ledger} --against {system.core_url}
  what programs can read       {system.data / "demo.json"}
What dies comes back within two seconds; Ctrl-C ends everything.
"""


def shown(path: Path) -> Path:
    """Shorter where it lies below the current folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
