"""Names and tags in the cloud, made from the ids of the estate so that a display name may change freely."""

from __future__ import annotations

from virgem.modules.cloud.model import Tags
from virgem.modules.estate.model import Estate, Municipality
from virgem.modules.estate.names import town_domain
from virgem.network.model import SHARED


def data_stack(nis: str) -> str:
    """Return the name of the stack of what lasts."""
    return f"data-{nis}"


def tenant_stack(nis: str) -> str:
    """Return the name of the application stack."""
    return f"tenant-{nis}"


def external_network(datacentre: str) -> str:
    """Return the name of the network by which the routers of a datacentre reach the region."""
    return f"external-{datacentre}"


def tags(estate: Estate, nis: str, owner: str, classification: int) -> Tags:
    """Return the tags of a resource: "key=value", sorted; services refuse "/" and "," in a tag."""
    return tuple(f"{key}={value}" for key, value in metadata(estate, nis, owner, classification).items())


def metadata(estate: Estate, nis: str, owner: str, classification: int) -> dict[str, str]:
    """Return the same facts for resources that bear a mapping instead of tags."""
    facts = {
        "class": str(int(classification)),
        "cost": f"{estate.name}.{nis}",
        "estate": estate.name,
        "nis": nis,
        "owner": owner,
    }
    return dict(sorted(facts.items()))


def zone_name(estate: Estate, town: Municipality | None) -> str:
    """Return the DNS zone of a municipality, or of the region, without the final dot."""
    return town_domain(town, estate.domain) if town else estate.domain


def project_name(estate: Estate, tenant: str) -> str:
    """Return the name of a tenant's project."""
    return f"{estate.name}-{tenant if tenant != SHARED else 'services'}"
