"""Processes of one core share their keys, or do not start."""

from pathlib import Path

import anyio
import pytest

from core_server import app
from core_server.db import Database
from core_server.shared_keys import OtherKeys, check_keys
from serving.settings import CoreSettings
from serving.tokens import own_key

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


async def test_the_first_process_s_keys_are_the_core_s(database: Database) -> None:
    await check_keys(database, {"NATS": "A1", "token": "t1"}, "/one")
    await check_keys(database, {"NATS": "A1", "token": "t1"}, "/two")
    with pytest.raises(OtherKeys, match="the NATS key in /three is not that of the other processes"):
        await check_keys(database, {"NATS": "A2", "token": "t1"}, "/three")


async def test_a_process_with_a_fresh_data_folder_does_not_start(
    core_settings: CoreSettings, database: Database
) -> None:
    await check_keys(database, {"NATS": "another", "token": "another"}, "/one")
    with pytest.raises(OtherKeys, match="NATS and token key"), anyio.fail_after(60):
        await app.serve(core_settings)


def test_two_that_make_a_key_at_once_end_up_with_one(tmp_path: Path) -> None:
    path = tmp_path / "token.pem"
    first = own_key(path)
    again = own_key(path)
    assert first.private_bytes_raw() == again.private_bytes_raw()
    assert [each.name for each in tmp_path.iterdir()] == ["token.pem"]
