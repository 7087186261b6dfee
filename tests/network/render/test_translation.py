"""What upstream networks see of ours: a public one no private address, in no family and from no datacentre."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from netaddr import IPNetwork
from support import need_root, need_tool

from virgem.network import translation
from virgem.network.model import NetworkPlan, Place, RouterPlan, UpstreamPlan
from virgem.network.render import render_site


def with_upstream(plan: NetworkPlan, **changes: object) -> NetworkPlan:
    """The plan with another internet; what was derived of the first plan is not taken along."""
    changed = tuple(replace(u, **changes) if u.id == "internet" else u for u in plan.upstreams)  # type: ignore[arg-type]
    return replace(plan, upstreams=changed)


def internet(plan: NetworkPlan) -> UpstreamPlan:
    return next(upstream for upstream in plan.upstreams if upstream.id == "internet")


def centres(plan: NetworkPlan) -> list[RouterPlan]:
    return [router for router in plan.routers if router.place is Place.DATACENTRE]


def lines(plan: NetworkPlan, router: RouterPlan, word: str) -> list[str]:
    text = render_site(plan, router)["nftables.conf"]
    return [line.strip() for line in text.splitlines() if word in line and line.strip().startswith('oifname "up-')]


def networks(*texts: str) -> tuple[IPNetwork, ...]:
    return tuple(IPNetwork(text) for text in texts)


def test_every_datacentre_translates_alike(plan: NetworkPlan) -> None:
    found = [lines(plan, router, " snat ") for router in centres(plan)]
    assert found[0] == found[1]
    assert found[0] == [
        'oifname "up-internet" ip saddr 10.0.0.0/9 snat ip to 203.0.113.128/25 fully-random,persistent',
        'oifname "up-internet" ip6 saddr fd34:22::/32 snat ip6 to 2001:db8:f000::/48 fully-random,persistent',
    ]


def test_what_was_not_translated_does_not_leave(plan: NetworkPlan) -> None:
    closed = with_upstream(plan, translate4=(), translate6=())
    for router in centres(closed):
        assert lines(closed, router, " snat ") == []
        assert lines(closed, router, " drop") == [
            'oifname "up-internet" ip saddr 10.0.0.0/9 counter drop',
            'oifname "up-internet" ip6 saddr fd34:22::/32 counter drop',
        ]
    assert translation.announced(closed, internet(closed), 4) == ()


def test_ipv6_is_mapped_address_by_address_where_it_fits(plan: NetworkPlan) -> None:
    fitting = with_upstream(plan, translate6=networks("2001:db8::/32"))
    assert lines(fitting, centres(fitting)[0], "ip6 prefix") == [
        'oifname "up-internet" ip6 saddr fd34:22::/32 snat ip6 prefix to 2001:db8::/32'
    ]
    narrow = with_upstream(plan, translate6=networks("2001:db8::/33"))
    assert lines(narrow, centres(narrow)[0], "ip6 prefix") == []


def test_several_prefixes_share_the_sources(plan: NetworkPlan) -> None:
    two = with_upstream(plan, translate4=networks("203.0.113.0/26", "203.0.113.128/26"))
    found = lines(two, centres(two)[0], " snat ip ")
    assert ["mod 2 seed 0 0 snat ip to 203.0.113.0/26" in line for line in found] == [True, False]
    assert ["mod 2 seed 0 1 snat ip to 203.0.113.128/26" in line for line in found] == [False, True]


def test_public_pools_are_announced_as_they_are(plan: NetworkPlan) -> None:
    mixed = replace(plan, pools4=networks("10.0.0.0/9", "203.0.113.0/26"))
    assert translation.announced(mixed, internet(mixed), 4) == networks("203.0.113.0/26", "203.0.113.128/25")
    assert translation.concealed(mixed, internet(mixed), 4) == networks("10.0.0.0/9")


def test_a_network_of_partners_sees_the_pools(plan: NetworkPlan) -> None:
    flemish = next(upstream for upstream in plan.upstreams if upstream.id == "flemish")
    assert translation.announced(plan, flemish, 4) == plan.pools4
    assert translation.announced(plan, replace(flemish, translate4=networks("198.51.100.0/28")), 4) == networks(
        "198.51.100.0/28"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"translate6": networks("2001:db8::/32")},
        {"translate4": networks("203.0.113.0/26", "203.0.113.128/26"), "translate6": ()},
    ],
)
def test_nft_takes_every_form(plan: NetworkPlan, tmp_path: Path, changes: dict[str, object]) -> None:
    need_tool("nft", "nftables")
    need_root()
    changed = with_upstream(plan, **changes)
    path = tmp_path / "nftables.conf"
    path.write_text(render_site(changed, centres(changed)[0])["nftables.conf"], encoding="utf-8")
    command = ["unshare", "-n", "nft", "-c", "-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
