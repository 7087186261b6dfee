"""The services of the local OpenStack, with what is real about each and what is a stub."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One service: its process, its place above the port base, its entry in the catalogue."""

    name: str
    what: str
    offset: int
    kind: str  # the service type in the catalogue
    path: str = ""  # of its address in the catalogue
    other_kind: str = ""  # the type by which older clients look for it
    stub: str = ""  # what stands behind it in name only
    database: tuple[str, ...] = ()

    @property
    def databases(self) -> tuple[str, ...]:
        """Return the databases of this service."""
        return self.database or (self.name,)


PARTS = (
    Part(name="keystone", what="identity", offset=0, kind="identity", path="/v3"),
    Part(
        name="glance",
        what="images",
        offset=1,
        kind="image",
        stub="the publishers of images: none is fetched, each is an empty disk",
    ),
    Part(name="placement", what="placement", offset=2, kind="placement"),
    Part(name="neutron", what="networks", offset=3, kind="network", stub="the datapath: no packet flows"),
    Part(
        name="nova",
        what="compute",
        offset=4,
        kind="compute",
        path="/v2.1",
        stub="the hypervisor: no server runs",
        database=("nova_api", "nova", "nova_cell0"),
    ),
    Part(
        name="cinder",
        what="volumes",
        offset=5,
        kind="block-storage",
        other_kind="volumev3",
        path="/v3",
        stub="the storage: no volume holds a byte",
    ),
    Part(name="designate", what="DNS", offset=6, kind="dns", stub="the name servers behind its own"),
    Part(name="octavia", what="load balancing", offset=7, kind="load-balancer", stub="the balancers: none runs"),
)
# Designate's own name server, from which those of a pool would transfer their zones.
ZONE_TRANSFER_OFFSET = 8
PORTS_NEEDED = 9
REAL = "API, policy, quotas, scheduling, address management and database are real"
# Availability zones where none are named: as `virgem init` calls the datacentres of an estate.
ZONES = ("west", "east")
# Servers that are kept apart need a host each.
HOSTS_OF_A_ZONE = 3
DATABASES = tuple(name for part in PARTS for name in part.databases)
