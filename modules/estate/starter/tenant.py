"""The invented share of the cloud of a municipality: servers by the sizing formula, their data, names and quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from virgem.modules.estate.public import PublicMunicipality
from virgem.modules.estate.starter.sizing import shared, sizes
from virgem.modules.estate.starter.yaml_lines import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A server that every municipality has; at least `least` of them, more by weight `growth` where it is larger."""

    flavor: str = "small"
    tier: str = "application"
    serves: tuple[int, ...] = ()
    classification: int = 2
    least: int = 1
    growth: int = 0
    users: tuple[str, ...] = ()  # entities; empty leaves it to the default


_HALL = ("municipality", "ocmw")
_ALL = ("municipality", "ocmw", "library", "school", "culture")
# What every municipality has: twelve servers, as the formula says for the smallest.
ROLES: Mapping[str, Role] = {
    "web": Role(tier="dmz", serves=(443,), least=2, growth=2),
    "loket": Role(flavor="medium", serves=(8443,), classification=3, least=2, growth=2, users=_HALL),
    "burgerzaken": Role(flavor="medium", serves=(8443,), classification=3),
    "sociaal": Role(flavor="medium", serves=(8443,), classification=4, users=("ocmw",)),
    "financien": Role(flavor="medium", serves=(8443,), classification=3, users=_HALL),
    "documenten": Role(flavor="medium", serves=(8443,), classification=3, users=_HALL),
    "gis": Role(flavor="medium", serves=(8443,), classification=3, growth=1),
    "toepassingen": Role(flavor="medium", serves=(8443,), growth=7, users=_ALL),
    "databank": Role(flavor="large", tier="data", serves=(5432,), classification=4),
    "beheer": Role(tier="management", classification=3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A quota class: for municipalities of up to `population` inhabitants."""

    population: int
    instances: int
    cores: int
    ram_gb: int
    volumes: int
    storage_gb: int
    ports: int = 200
    dns_records: int = 200


QUOTAS: Mapping[str, Quota] = {
    "village": Quota(population=12_000, instances=30, cores=120, ram_gb=240, volumes=20, storage_gb=1_000),
    "town": Quota(population=30_000, instances=50, cores=200, ram_gb=400, volumes=30, storage_gb=2_000),
    "city": Quota(
        population=120_000,
        instances=140,
        cores=560,
        ram_gb=1_120,
        volumes=60,
        storage_gb=7_000,
        ports=400,
        dns_records=500,
    ),
    "metropolis": Quota(
        population=10**9,
        instances=600,
        cores=2_400,
        ram_gb=4_800,
        volumes=120,
        storage_gb=30_000,
        ports=1_500,
        dns_records=2_000,
    ),
}

DATASETS: Mapping[str, Mapping[str, Value]] = {
    "bevolking": {"confidentiality": 4, "integrity": 4, "availability": 3, "personal": True, "owner": "civil-affairs"},
    "sociale-dossiers": {"confidentiality": 4, "integrity": 4, "availability": 3, "personal": True, "owner": "welfare"},
    "documenten": {"confidentiality": 3, "integrity": 3, "availability": 3},
    "kaarten": {"confidentiality": 1, "integrity": 3, "availability": 2, "source": True},
}


def quota_of(population: int) -> str:
    """Return the quota class for a number of inhabitants."""
    return next(name for name, quota in QUOTAS.items() if population <= quota.population)


def servers(population: int) -> Mapping[str, Mapping[str, Value]]:
    """Return the servers of a tenant by name; their counts add up to the formula's number."""
    least = sum(role.least for role in ROLES.values())
    extra = shared(sizes(population).servers - least, tuple(role.growth for role in ROLES.values()))
    return {name: _server(role, role.least + more) for (name, role), more in zip(ROLES.items(), extra, strict=True)}


def _server(role: Role, count: int) -> Mapping[str, Value]:
    row: dict[str, Value] = {"flavor": role.flavor}
    if role.tier != "application":
        row["tier"] = role.tier
    if count > 1:
        row["count"] = count
    if role.serves:
        row["serves"] = role.serves
    if role.classification != 2:
        row["class"] = role.classification
    if role.users:
        row["users"] = role.users
    return row


def volumes(population: int) -> Mapping[str, Mapping[str, Value]]:
    """Return the volumes of a tenant; the data stand apart from the servers that use them."""
    size = max(50, population // 1000 * 10)
    safe = {"encrypted": True, "backup": True}
    return {
        "bevolking-data": {"size": size, "server": "databank", "dataset": "bevolking", **safe},
        "sociaal-data": {"size": size // 2, "server": "sociaal", "dataset": "sociale-dossiers", **safe},
        "documenten-data": {"size": size * 2, "server": "documenten", "dataset": "documenten", **safe},
        "kaarten-data": {"size": size, "dataset": "kaarten", "backup": True},
    }


def datasets(town: PublicMunicipality) -> Mapping[str, Mapping[str, Value]]:
    """Return the data sets of a tenant; those of class 4 name where their key is kept, never the key."""
    return {
        name: {**row, "secret": f"vault:{town.id}/{name}#key"} if row["confidentiality"] == 4 else row
        for name, row in DATASETS.items()
    }


LOAD_BALANCERS: Mapping[str, Value] = {
    "web": {"servers": ["web"]},
    "loket": {"servers": ["loket"], "server-port": 8443},
}
DNS: Mapping[str, Value] = {
    "www": {"load-balancer": "web"},
    "loket": {"load-balancer": "loket"},
    "kaart": {"server": "gis"},
    "documenten": {"server": "documenten"},
}
