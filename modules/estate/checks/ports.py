"""Network ports of router profiles: whose they are and where they sit; the plan knows which ones a site uses."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, check
from virgem.modules.estate.kinds import device_kinds
from virgem.modules.estate.model import NetworkPort


@check("E581")
def ports_are_of_a_router(facts: Facts) -> Iterator[Finding]:
    for profile in facts.estate.profiles:
        if profile.ports and not device_kinds()[profile.kind].site_router:
            routers = ", ".join(kind.id for kind in device_kinds().values() if kind.site_router)
            message = f"profile {profile.id} has ports, but is of kind {profile.kind}"
            hint = f"delete `ports`, or correct the kind ({routers})"
            yield Finding(profile.origin.at("ports"), message, hint, profile.id)


@check("E582")
def ports_sit_in_places_of_their_own(facts: Facts) -> Iterator[Finding]:
    for profile in facts.estate.profiles:
        seen: dict[str, NetworkPort] = {}
        for port in profile.ports:
            first = seen.setdefault(port.path, port)
            if first is not port:
                message = f"ports {first.id} and {port.id} of profile {profile.id} are both at {port.path}"
                hint = "look with `udevadm info /sys/class/net/NAME` on such a router: ID_PATH"
                related = (first.origin.at("path"),)
                yield Finding(port.origin.at("path"), message, hint, profile.id, related)
