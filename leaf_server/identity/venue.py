"""The venue this leaf runs, as it was founded."""

from dataclasses import dataclass

from leaf_server.box.database import Database

__all__ = ["VenueMissing", "VenueRecord", "read_venue"]


class VenueMissing(Exception):
    """This data folder holds no venue yet: it has to be initialised first."""


@dataclass(frozen=True, slots=True)
class VenueRecord:
    id: str
    name: str
    currency: str
    time_zone: str
    start_ms: int  # Unix milliseconds at which leaf time is 0


async def read_venue(database: Database) -> VenueRecord:
    """Raises VenueMissing."""
    sql = "SELECT id, name, currency, time_zone, start_ms FROM venue"
    found = await database.read(lambda db: db.execute(sql).fetchone())
    if found is None:
        raise VenueMissing("there is no venue in this data folder")
    return VenueRecord(*found)
