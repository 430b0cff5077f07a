"""Settings come from the environment and the command line, and say by name what makes no sense."""

from pathlib import Path

import pytest

from serving.settings import SettingInvalid, core_settings, leaf_settings


def test_what_is_not_given_has_a_default(tmp_path: Path) -> None:
    settings = leaf_settings({"FELT_DATA": str(tmp_path)})
    assert (settings.data, settings.host, settings.port, settings.token_seconds) == (
        tmp_path, "127.0.0.1", 8700, 900,
    )  # fmt: skip
    assert settings.nats_url is None
    assert "http://127.0.0.1:8700" in settings.origins
    assert core_settings({"FELT_DATA": str(tmp_path)}).port == 8701


def test_options_go_before_the_environment(tmp_path: Path) -> None:
    environment = {"FELT_DATA": "/nowhere", "FELT_PORT": "1", "FELT_PUBLIC_URLS": "http://a:1, http://b:2/"}
    settings = leaf_settings(environment, data=tmp_path, port=9, host=None)
    assert (settings.data, settings.port) == (tmp_path, 9)
    assert settings.public_urls == ("http://a:1", "http://b:2")
    assert {"http://a:1", "http://b:2", "http://localhost:9"} <= settings.origins


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FELT_DATA", ""),
        ("FELT_PORT", "x"),
        ("FELT_PORT", "65536"),
        ("FELT_PORT", "-1"),
        ("FELT_PORT", "9" * 5_000),
        ("FELT_NATS_URL", "http://a"),
        ("FELT_NATS_URL", "nats://"),
        ("FELT_NATS_HUB", "nats-leaf://a:1,ftp://b"),
        ("FELT_CORE_URL", "core"),
        ("FELT_CORE_URL", "http://a:99999"),
        ("FELT_PUBLIC_URLS", "http://[::1"),
        ("FELT_TOKEN_SECONDS", "86401"),
        ("FELT_TOKEN_SECONDS", "0"),
    ],
)
def test_nonsense_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        leaf_settings({"FELT_DATA": str(tmp_path), name: value})
    assert caught.value.name == name


def test_the_sync_port_counts_from_the_servers_own(tmp_path: Path) -> None:
    environment = {"FELT_DATA": str(tmp_path)}
    assert (leaf_settings(environment).sync_port, core_settings(environment).sync_port) == (8706, 8708)
    assert leaf_settings(environment, port=0).sync_port is None
    assert leaf_settings(environment, port=65_530).sync_port is None
    assert leaf_settings({**environment, "FELT_SYNC_PORT": "0"}).sync_port is None
    assert core_settings(environment, sync_port=9).sync_port == 9


def test_who_came_through_a_proxy_finds_sync_as_he_found_us(tmp_path: Path) -> None:
    environment = {"FELT_DATA": str(tmp_path), "FELT_PORT": "80"}
    leaf = leaf_settings(environment)
    assert leaf.sync_address("http://box") == "ws://box:86"
    assert leaf.sync_address("http://[fe80::1]:80") == "ws://[fe80::1]:86"
    assert leaf.sync_address("http://box:8080") == "ws://box:8080"
    assert leaf.sync_address("https://felt.example") == "wss://felt.example"
    told = leaf_settings({**environment, "FELT_SYNC_URL": "wss://sync.example"})
    assert told.sync_address("https://felt.example") == "wss://sync.example"
    assert told.sync_address("http://box") == "ws://box:86"


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    settings = core_settings({"FELT_DATA": str(tmp_path), "DATABASE_URL": "postgresql://u:hush@h/db"})
    assert "hush" not in repr(settings)
