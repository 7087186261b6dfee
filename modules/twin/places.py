"""The places that a local cloud needs for an estate to be applied to it."""

from __future__ import annotations

from virgem.modules.estate.machines import hosts
from virgem.modules.estate.model import Estate
from virgem.modules.estate.model.hardware import HostRole
from virgem.modules.problem import UserError
from virgem.modules.twin.openstack.instance import check_zones
from virgem.modules.twin.openstack.places import Places

# Each is a thread or two in one process.
_MOST_HOSTS = 60


def of_estate(estate: Estate) -> Places:
    """Return what an estate applies to: a zone for each datacentre, and hosts by name where it makes the zone itself.

    Raises UserError for an estate without a datacentre and for one with too many such hosts.
    """
    if not estate.datacentres:
        raise UserError(f"{estate.name} has no datacentre", "write `datacentres:`, or name the zones with --zones")
    own = {
        str(centre.id): names
        for centre in estate.datacentres
        if centre.aggregate and (names := tuple(sorted(one.host_name for one in hosts(centre, HostRole.COMPUTE))))
    }
    if (count := sum(map(len, own.values()))) > _MOST_HOSTS:
        raise UserError(
            f"the zones that {estate.name} makes have {count} hosts that compute; here are {_MOST_HOSTS} at most",
            "leave `aggregate` out for this trial, or lower `count`",
        )
    return Places(zones=check_zones(str(centre.id) for centre in estate.datacentres), hosts=own)
