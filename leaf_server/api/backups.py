"""`GET /api/v1/backups`: how the daily backups of this box stand. Nothing is made by asking."""

from typing import Any

from crdt_models.documents.catalogue import MANAGERS
from leaf_server.box.daily_backup import DailyBackup
from serving.operations import Call, Operation

__all__ = ["backup_operations"]


def backup_operations(backups: DailyBackup) -> list[Operation]:
    """One look."""

    async def stand(_: Call) -> dict[str, Any]:
        now = backups.now
        return {
            "wanted": backups.folder is not None, "at_ms": now.at_ms, "kept": now.kept, "why": now.why,
            "same_disk": now.same_disk,
        }  # fmt: skip

    return [Operation("GET", "/api/v1/backups", "How the daily backups stand.", stand, MANAGERS)]
