"""Whether what the provider gives addresses to by itself fits in what each network of the cloud leaves it."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.codes import problem
from virgem.modules.estate.model import Estate
from virgem.modules.problem import Mark, Problem
from virgem.network.matrix import grouped
from virgem.network.model import MOST_BALANCERS, CloudAddress, NetworkPlan


def crowded(estate: Estate, plan: NetworkPlan) -> Iterator[Problem]:
    """Yield each network with more load balancers than find room in it, at the first that does not."""
    for key, balancers in grouped((balancer.network, balancer) for balancer in plan.balancers).items():
        for beyond in balancers[MOST_BALANCERS:][:1]:
            network = plan.network[key]
            text = (
                f"network {network.tier} of {network.tenant} in {network.datacentre} has {len(balancers)} load "
                f"balancers, and room for what {MOST_BALANCERS} of them speak from"
            )
            hint = "spread one of them over more servers, or put servers of another tier or datacentre behind it"
            yield problem("E782", _mark(estate, beyond), text, hint, target=f"{beyond.tenant}/{beyond.name}")


def _mark(estate: Estate, balancer: CloudAddress) -> Mark:
    share = estate.towns[balancer.tenant].cloud
    balancers = share.load_balancers if share else ()
    return next(found.origin.at() for found in balancers if found.id == balancer.server)
