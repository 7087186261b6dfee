"""What Kolla-Ansible needs to install the cloud on the hosts of an estate: an inventory, settings, and Nova's limits.

Only what follows from the estate is written. What it leaves to whoever installs is listed at the top of the settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from virgem.modules.cloud.kolla_groups import CHILDREN, ROLES
from virgem.modules.estate.machines import Machine, hosts
from virgem.modules.estate.model import Datacentre, Estate, Host
from virgem.modules.estate.model.hardware import HostRole
from virgem.modules.problem import UserError

_LEFT = """\
# Settings of Kolla-Ansible that follow from the estate {name}, written by virgem: write over it with every export, so
# keep what you add in files of your own under /etc/kolla/globals.d/.
# Left to you, as no estate says it:
# - passwords.yml (kolla-genpwd), certificates (kolla_enable_tls_*), kolla_base_distro and openstack_tag
# - host names of the inventory in DNS, and how Ansible logs in; hosts without `address` are reached by their name
# - kolla_internal_vip_address and network interfaces, where datacentres and hosts do not name them
# - storage itself: Kolla-Ansible installs no Ceph. Each datacentre has a cluster of its own, named after it, with its
#   configuration and keys under /etc/kolla/config/ (cinder, glance, nova)
# - the servers of designate_ns_record, coordination of several Designate workers (enable_valkey), certificates of
#   Octavia (kolla-ansible octavia-certificates) and its management network
# - provider networks, flavors and images: the flavors and networks are made by the shared stack, the images are not
"""
_SERVICES = ("keystone", "glance", "placement", "nova", "neutron", "cinder", "designate", "octavia", "horizon")
_INTERFACES = {
    "network": "network_interface",
    "external": "neutron_external_interface",
    "tunnel": "tunnel_interface",
    "migration": "migration_interface",
    "api": "api_interface",
}


def kolla_files(estate: Estate) -> Mapping[str, bytes]:
    """Return the files by relative path; raise UserError where no datacentre says which hosts it has."""
    found = [(centre, machine) for centre in estate.datacentres for machine in hosts(centre)]
    if not found:
        raise UserError("no datacentre of this estate says which hosts it has", "write `hosts` under a datacentre")
    texts = {"inventory.yml": _yaml(_inventory(found)), "globals.yml": _globals(estate)}
    texts |= {f"config/nova/{machine.host_name}/nova.conf": text for machine, text in _limits(found)}
    return {name: text.encode() for name, text in sorted(texts.items())}


def _inventory(found: list[tuple[Datacentre, Machine]]) -> dict[str, Any]:
    groups: dict[str, Any] = {
        role: {"hosts": {machine.host_name: {} for _, machine in found if role in machine.roles}} for role in ROLES
    }
    groups["deployment"] = {"hosts": {"localhost": {"ansible_connection": "local"}}}
    groups |= {name: {"children": {child: {} for child in children}} for name, children in CHILDREN.items()}
    return {"all": {"hosts": {m.host_name: _variables(centre, m) for centre, m in found}, "children": groups}}


def _variables(centre: Datacentre, machine: Machine) -> dict[str, Any]:
    """Return the variables of a host; those that begin with virgem_ are for people and for other tools."""
    host = _host(machine)
    values: dict[str, Any] = {"ansible_host": str(machine.address)} if machine.address else {}
    if HostRole.COMPUTE in machine.roles:
        # Kolla-Ansible makes the availability zone, a host aggregate of this name, and puts the host into it. Two
        # of one name cannot be, so not where the shared stack makes it.
        values |= {} if centre.aggregate else {"nova_compute_availability_zone": str(centre.id)}
        values |= _root_disks(centre)
    names = {key: getattr(host.interfaces, key) for key in _INTERFACES} if host.interfaces else {}
    values |= {_INTERFACES[key]: str(name) for key, name in names.items() if name}
    if machine.bmc:
        values["virgem_bmc_address"] = str(machine.bmc)
    place = f"{machine.rack.id}/U{machine.position}"
    return values | {"virgem_datacentre": str(centre.id), "virgem_place": place}


def _root_disks(centre: Datacentre) -> dict[str, Any]:
    """Return where root disks lie of the servers on a host: in the cluster of its datacentre, for each host its own.

    Capacity is counted so. In the variables of hosts, as what stands in globals.yml goes before those.
    """
    if not hosts(centre, HostRole.STORAGE):
        return {}
    pools = {"vms": {"user": "nova", "pool": "vms"}, "volumes": {"user": "cinder", "pool": "volumes"}}
    return {"nova_backend_ceph": True, "nova_cell_ceph_backend": {"cluster": str(centre.id), **pools}}


def _host(machine: Machine) -> Host:
    assert isinstance(machine.of, Host)
    return machine.of


def _globals(estate: Estate) -> str:
    settings: dict[str, Any] = {"openstack_region_name": str(estate.name)}
    vip = next((centre.vip for centre in estate.datacentres if centre.vip), None)
    if vip:
        settings["kolla_internal_vip_address"] = str(vip)
    settings |= {f"enable_{service}": True for service in _SERVICES}
    settings |= {"enable_haproxy": True, "neutron_dns_domain": f"{estate.domain}.", "designate_backend": "bind9"}
    if any(HostRole.MONITORING in host.roles for centre in estate.datacentres for host in centre.hosts):
        settings |= {"enable_prometheus": True, "enable_grafana": True}
    return f"{_LEFT.format(name=estate.name)}{_yaml(settings | _storage(estate))}"


def _storage(estate: Estate) -> dict[str, Any]:
    """Return a storage backend for each datacentre whose hosts store, in the availability zone of its name."""
    storing = [centre for centre in estate.datacentres if hosts(centre, HostRole.STORAGE)]
    if not storing:
        return {}
    backends = [
        {
            "name": f"{centre.id}-rbd",
            "cluster": str(centre.id),
            "user": "cinder",
            "pool": "volumes",
            "availability_zone": str(centre.id),
            "enabled": True,
        }
        for centre in storing
    ]
    return {"cinder_backend_ceph": True, "glance_backend_ceph": True, "cinder_ceph_backends": backends}


def _limits(found: list[tuple[Datacentre, Machine]]) -> Iterator[tuple[Machine, str]]:
    """Yield the settings of Nova for each host that computes: what its capacity is counted with."""
    for centre, machine in found:
        if HostRole.COMPUTE in machine.roles:
            reserved = _host(machine).reserved_ram_gb * 1024
            lines = (
                "[DEFAULT]",
                f"cpu_allocation_ratio = {centre.overcommit:.5g}",
                "ram_allocation_ratio = 1.0",
                f"reserved_host_memory_mb = {reserved}",
            )
            yield machine, "\n".join((*lines, ""))


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, default_flow_style=False, width=120)
