"""The physical ports of routers: which device is the router of a site, which ports it has, which of them are used."""

from __future__ import annotations

from collections.abc import Mapping

from virgem.modules.codes import problem
from virgem.modules.estate.kinds import device_kinds
from virgem.modules.estate.model import Device, Estate
from virgem.modules.estate.model.devices import DeviceState
from virgem.modules.problem import Problem
from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import names
from virgem.network.render.frr import upstreams

_ELSEWHERE = (DeviceState.LOST, DeviceState.RETIRED, DeviceState.WIPED)


def routers(estate: Estate) -> Mapping[str, Device]:
    """Return the row of devices that tells of each site's router, by path: of several the first that is in service."""
    kinds = {str(profile.id): device_kinds()[profile.kind] for profile in estate.profiles}
    found: dict[str, Device] = {}
    for device in estate.devices:
        if kinds[str(device.profile)].site_router and device.state not in _ELSEWHERE:
            held = found.setdefault(device.site, device)
            if held.state is not DeviceState.IN_SERVICE and device.state is DeviceState.IN_SERVICE:
                found[device.site] = device
    return found


def declared(estate: Estate, router: Device | None) -> Mapping[str, str]:
    """Return the ports of a router by name, from its profile; none where nothing is declared."""
    ports = estate.profile_by_id[router.profile].ports if router else ()
    return {str(port.id): str(port.path) for port in ports}


def used(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the physical ports that the files of a router name, in their order there."""
    clouds = any(upstreams.joins_cloud(plan, router, vrf) for vrf in router.vrfs)
    return [
        names.TRUNK,
        *([names.CLOUD_TRUNK] if clouds else []),
        *(link.end(router.site.path).interface for link in router.links if not link.tunnel),
        *(names.upstream(network) for network in upstreams.joined(plan, router)),
        *names.publics(router),
    ]


def lacking(estate: Estate, plan: NetworkPlan) -> list[Problem]:
    """Return a problem for every router whose profile has ports, but not all that its site uses."""
    found, rows = [], routers(estate)
    for router in plan.routers:
        missing = [port for port in used(plan, router) if port not in router.ports] if router.ports else []
        if missing:
            row = rows[router.site.path]
            profile = estate.profile_by_id[row.profile]
            many = f"ports {', '.join(missing)}" if len(missing) > 1 else f"port {missing[0]}"
            text = f"the router of {router.site.path} needs {many}, which {profile.id} lacks"
            hint = "add to its `ports` where such a router has it, or give the site a router of another profile"
            place, related = row.origin.at("profile"), (profile.origin.at("ports"),)
            found.append(problem("E595", place, text, hint, related, router.site.path))
    return found
