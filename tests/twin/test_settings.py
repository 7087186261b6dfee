"""The configuration of the services, as text."""

from __future__ import annotations

import configparser
import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from virgem.modules.twin.openstack.parts import DATABASES, PARTS, PORTS_NEEDED, ZONE_TRANSFER_OFFSET
from virgem.modules.twin.openstack.settings import (
    Secrets,
    Setting,
    clouds_file,
    config_files,
    environment_file,
    ini,
)

SECRETS = Secrets(admin="a" * 32, service="s" * 32, certificates="c" * 32, heartbeat="h" * 32, volumes="d" * 64)


def setting(port_base: int = 15000) -> Setting:
    return Setting(folder=Path("/i/one"), environment=Path("/e"), port_base=port_base, secrets=SECRETS)


def parsed(text: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None, default_section="none")
    found.read_string(text)
    return found


CONFIGS = {path: text for path, text in config_files(setting()).items() if path.endswith(".conf")}


def test_every_service_has_its_configuration() -> None:
    assert sorted(path.split("/")[1] for path in CONFIGS) == sorted(part.name for part in PARTS)


@pytest.mark.parametrize("path", CONFIGS)
def test_a_configuration_reads_back_with_its_log_and_database(path: str) -> None:
    name = path.split("/")[1]
    found = parsed(CONFIGS[path])
    assert found["DEFAULT"]["log_file"] == f"/i/one/log/{name}.log"
    connections = [section["connection"] for section in found.values() if "connection" in section]
    databases = {re.sub(r".*/(\w+)\?.*", r"\1", connection) for connection in connections}
    # Compute reaches its third database by way of the second's address.
    (part,) = (part for part in PARTS if part.name == name)
    assert databases == set(part.databases) - {"nova_cell0"}
    assert {connection.partition("?")[2] for connection in connections} == {
        "unix_socket=/i/one/database.sock&charset=utf8"
    }


@pytest.mark.parametrize("path", [path for path in CONFIGS if "placement" not in path])
def test_a_service_finds_its_rules_where_it_looks_first_and_they_change_nothing(path: str) -> None:
    found, written = parsed(CONFIGS[path])["oslo_policy"], config_files(setting())
    assert json.loads(written[str(Path(found["policy_file"]).relative_to("/i/one"))]) == {}
    folder = str(Path(found["policy_dirs"]).relative_to("/i/one"))
    # A hidden file is not read as rules.
    assert [name for name in written if name.startswith(f"{folder}/")] == [f"{folder}/.keep"]


@pytest.mark.parametrize("path", CONFIGS)
def test_no_configuration_names_another_host_or_a_port_of_another_instance(path: str) -> None:
    text = config_files(setting(20000))[path]
    assert set(re.findall(r"https?://([^:/\s]+)", text)) <= {"127.0.0.1"}
    ports = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", text)} - {5555}
    assert all(20000 <= port < 20000 + PORTS_NEEDED for port in ports)


def test_a_dollar_sign_is_no_reference_to_another_option() -> None:
    assert ini({"a": {"b": "x$y", "c": True}}) == "[a]\nb = x$$y\nc = true\n"


def test_the_pool_of_name_servers_is_this_instance() -> None:
    (pool,) = json.loads(config_files(setting(20000))["etc/designate/pools.yaml"])
    assert pool["nameservers"] == [{"host": "127.0.0.1", "port": 20000 + ZONE_TRANSFER_OFFSET}]


def test_only_the_administrator_is_in_the_files_for_users() -> None:
    for text in (environment_file(setting()), clouds_file(setting())):
        assert SECRETS.admin in text
        assert not any(secret in text for secret in set(asdict(SECRETS).values()) - {SECRETS.admin})


def test_ports_are_one_after_the_other() -> None:
    offsets = [part.offset for part in PARTS]
    assert [*offsets, ZONE_TRANSFER_OFFSET] == list(range(PORTS_NEEDED))
    assert setting().url("nova") == "http://127.0.0.1:15004"


def test_databases_are_named_once() -> None:
    assert len(set(DATABASES)) == len(DATABASES) == 10


def test_the_same_instance_has_the_same_text() -> None:
    assert config_files(setting()) == config_files(setting())
