"""What is exported for Kolla-Ansible is an inventory that Ansible reads, with the groups that Kolla-Ansible knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import ROOT

from virgem.modules.cli.main import main
from virgem.modules.cloud.kolla_groups import CHILDREN, ROLES

ESTATE = ROOT / "tests" / "estates" / "good" / "every-kind"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kolla")
    assert main(["export", "kolla", str(ESTATE), "-o", str(folder)]) == 0
    return folder / "kolla"


@pytest.fixture(scope="module")
def listed(exported: Path) -> dict[str, Any]:
    """What ansible-inventory says about the inventory."""
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "--list", "-i", "inventory.yml"]
    # Names of groups with hyphens are Kolla-Ansible's own; Ansible warns of those.
    wanted = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "ignore"}
    settings = {**os.environ, **wanted}
    done = subprocess.run(command, cwd=exported, capture_output=True, text=True, env=settings, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def members(listed: dict[str, Any], group: str) -> set[str]:
    own = listed.get(group, {})
    return set(own.get("hosts", ())).union(*(members(listed, child) for child in own.get("children", ())))


def test_hosts_are_in_the_groups_of_what_they_do(listed: dict[str, Any]) -> None:
    assert members(listed, "compute") == {f"west-rekenaar-{n}" for n in range(1, 9)}
    assert members(listed, "storage") == {f"west-opslag-{n}" for n in range(1, 5)}
    controllers = {"west-sturing-1", "west-sturing-2"}
    assert members(listed, "control") == members(listed, "network") == members(listed, "monitoring") == controllers
    assert members(listed, "deployment") == {"localhost"}


def test_services_follow_the_groups_they_are_put_on(listed: dict[str, Any]) -> None:
    assert members(listed, "nova-api") == members(listed, "control")
    assert members(listed, "neutron-l3-agent") == members(listed, "network")
    assert members(listed, "ovn-controller") == members(listed, "network") | members(listed, "compute")
    assert members(listed, "cinder-volume-lvm") == members(listed, "storage")
    assert members(listed, "baremetal") == set(listed["_meta"]["hostvars"]) - {"localhost"}


def test_a_host_has_its_address_interfaces_zone_and_out_of_band_management(listed: dict[str, Any]) -> None:
    assert listed["_meta"]["hostvars"]["west-rekenaar-3"] == {
        "ansible_host": "172.20.2.13",
        "nova_backend_ceph": True,
        "nova_cell_ceph_backend": {
            "cluster": "west",
            "vms": {"user": "nova", "pool": "vms"},
            "volumes": {"user": "cinder", "pool": "volumes"},
        },
        "network_interface": "bond0",
        "neutron_external_interface": "bond1",
        "tunnel_interface": "bond0.20",
        "migration_interface": "bond0.130",
        "api_interface": "bond0.10",
        "virgem_bmc_address": "172.20.1.13",
        "virgem_datacentre": "west",
        "virgem_place": "rek-1/U3",
    }


def test_settings_say_what_follows_from_the_estate_and_what_is_left(exported: Path) -> None:
    text = (exported / "globals.yml").read_text()
    found = yaml.safe_load(text)
    assert found["openstack_region_name"] == "every-kind"
    assert found["kolla_internal_vip_address"] == "172.20.2.10"
    assert all(found[f"enable_{name}"] for name in ("keystone", "nova", "neutron", "glance", "cinder", "designate"))
    assert found["enable_octavia"] is True
    assert found["neutron_dns_domain"] == "virgem.example."
    assert [backend["availability_zone"] for backend in found["cinder_ceph_backends"]] == ["west"]
    assert "# Left to you, as no estate says it:" in text


def test_nova_counts_as_the_capacity_was_counted(exported: Path) -> None:
    files = sorted(path.parent.name for path in exported.glob("config/nova/*/nova.conf"))
    assert files == sorted(f"west-rekenaar-{n}" for n in range(1, 9))
    assert (exported / "config/nova/west-rekenaar-1/nova.conf").read_text() == (
        "[DEFAULT]\ncpu_allocation_ratio = 4.5\nram_allocation_ratio = 1.0\nreserved_host_memory_mb = 16384\n"
    )


# Names of groups that Kolla-Ansible documents for the services that are enabled here.
DOCUMENTED = """
baremetal common tls-backend loadbalancer mariadb rabbitmq memcached horizon prometheus grafana cron fluentd kolla_logs
kolla_toolbox keystone glance glance-api placement placement-api iscsid multipathd openvswitch ovn-controller ovn-nb-db
nova nova-api nova-conductor nova-metadata nova-super-conductor nova-novncproxy nova-scheduler ovn-sb-db ovn-northd
neutron neutron-server neutron-rpc-server neutron-periodic-worker neutron-dhcp-agent neutron-l3-agent
neutron-metadata-agent cinder cinder-api cinder-scheduler cinder-volume cinder-backup octavia octavia-api
octavia-health-manager octavia-housekeeping octavia-worker octavia-driver-agent designate designate-api
designate-central designate-producer designate-mdns designate-worker designate-sink designate-backend-bind9
"""


def test_every_group_that_the_enabled_services_need_is_there() -> None:
    assert set(DOCUMENTED.split()) <= set(CHILDREN)
    assert set(ROLES) == {"control", "network", "compute", "storage", "monitoring", "deployment"}


def test_every_group_leads_to_hosts() -> None:
    assert {child for children in CHILDREN.values() for child in children} <= {*CHILDREN, *ROLES}


def test_an_estate_without_hosts_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "kolla", str(ESTATE.with_name("twelve-lines")), "-o", str(tmp_path)]) == 1
    assert "no datacentre of this estate says which hosts it has" in capsys.readouterr().err


def test_a_second_export_changes_nothing(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "kolla", str(ESTATE), "-o", str(exported.parent)]) == 0
    assert "0 files written, 10 unchanged" in capsys.readouterr().out
