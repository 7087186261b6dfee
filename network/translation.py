"""What an upstream network sees of ours: pools as they are, or the prefixes that our traffic appears as."""

from __future__ import annotations

from netaddr import IPNetwork

from virgem.modules.estate.addresses import hidden
from virgem.network.model import NetworkPlan, UpstreamPlan


def pools(plan: NetworkPlan, version: int) -> tuple[IPNetwork, ...]:
    """Return the region's pools of an IP version."""
    return plan.pools4 if version == 4 else plan.pools6


def appears_as(upstream: UpstreamPlan, version: int) -> tuple[IPNetwork, ...]:
    """Return the prefixes that our traffic towards an upstream appears as, those of its `translate`."""
    return upstream.translate4 if version == 4 else upstream.translate6


def concealed(plan: NetworkPlan, upstream: UpstreamPlan, version: int) -> tuple[IPNetwork, ...]:
    """Return the pools that an upstream never sees: private ones, where it is public or where we translate."""
    if not upstream.public and not appears_as(upstream, version):
        return ()
    return tuple(pool for pool in pools(plan, version) if hidden(pool))


def floating(plan: NetworkPlan, upstream: UpstreamPlan, version: int) -> tuple[IPNetwork, ...]:
    """Return the prefixes of floating addresses, by which an upstream reaches what it never sees."""
    if version != 4 or not concealed(plan, upstream, version):
        return ()
    return tuple(one.prefix for one in plan.floating)


def announced(plan: NetworkPlan, upstream: UpstreamPlan, version: int) -> tuple[IPNetwork, ...]:
    """Return what an upstream is told to send to us: the pools it may see, what the others appear as and float at."""
    unseen = concealed(plan, upstream, version)
    seen = (pool for pool in pools(plan, version) if pool not in unseen)
    return (*seen, *appears_as(upstream, version), *floating(plan, upstream, version))


def mapped(plan: NetworkPlan, upstream: UpstreamPlan, version: int) -> tuple[tuple[IPNetwork, IPNetwork], ...]:
    """Return pools with the prefix that stands for each address by address (as RFC 6296 does); none where it can't.

    It can for IPv6 when there are as many prefixes as pools, each at least as large as its pool.
    """
    pairs = tuple(zip(concealed(plan, upstream, version), appears_as(upstream, version), strict=False))
    alike = len(concealed(plan, upstream, version)) == len(appears_as(upstream, version))
    fits = version == 6 and alike and all(public.prefixlen <= pool.prefixlen for pool, public in pairs)
    return pairs if fits else ()
