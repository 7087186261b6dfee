"""Follows a packet through the rendered files of routers: netplan, FRR and nftables, and nothing else.

Told from text alone: where an address is attached, which instance that is in, which instances import each other, which
datacentre an upstream network is reached by, what is announced there, what every firewall says, what is translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_interface, ip_network

import yaml
from nft_reader import Packet, Ports, Reader

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
BGP = re.compile(r"^router bgp \d+ vrf (\S+)\n(.*?)^exit$", re.MULTILINE | re.DOTALL)
LIST = re.compile(r"^(?:ip|ipv6) prefix-list (\S+)-ipv[46] seq \d+ permit (\S+)", re.MULTILINE)
RANK = re.compile(r"^route-map (\S+)-in permit 10\n set local-preference (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """Where an address touches the routers: whose port, in which instance; "" for the name of a network above."""

    router: str
    port: str
    vrf: str
    upstream: str = ""


@dataclass
class Router:
    """The files of one router, read."""

    name: str
    files: Mapping[str, str]
    imports: dict[str, set[str]] = field(default_factory=dict)
    lists: dict[str, list[Network]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frr = self.files["frr.conf"]
        self.imports = {m[1]: set(re.findall(r"^  import vrf (\S+)$", m[2], re.MULTILINE)) for m in BGP.finditer(frr)}
        for name, prefix in LIST.findall(frr):
            self.lists.setdefault(name, []).append(ip_network(prefix))
        self.ranks = {name: int(rank) for name, rank in RANK.findall(frr)}

    @cached_property
    def network(self) -> dict[str, dict[str, dict[str, object]]]:
        return yaml.safe_load(self.files["netplan.yaml"])["network"]  # type: ignore[no-any-return]

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.files["nftables.conf"])

    @cached_property
    def vrf_of(self) -> dict[str, str]:
        found = self.network.get("vrfs", {}).items()
        return {port: vrf for vrf, body in found for port in body["interfaces"]}  # type: ignore[attr-defined]

    def attached(self) -> list[tuple[Network, Place]]:
        """The prefixes of zones and of the cloud beside it, with the ports they are behind."""
        found: list[tuple[Network, Place]] = []
        for port, body in self.network.get("vlans", {}).items():
            vrf = self.vrf_of[port]
            texts = body.get("addresses", ())
            found += [(ip_interface(text).network, Place(self.name, port, vrf)) for text in texts]  # type: ignore[attr-defined]
            if port.startswith("cloud0."):
                found += [(prefix, Place(self.name, port, vrf)) for prefix in self.lists.get(f"cloud-{vrf}", ())]
        return found

    def own(self) -> list[Address]:
        """The addresses of the router in the zones."""
        bodies = self.network.get("vlans", {}).values()
        return [ip_interface(text).ip for body in bodies for text in body.get("addresses", ())]  # type: ignore[attr-defined]


class Region:
    """Answers questions about the files of all routers of a region."""

    def __init__(self, trees: Mapping[str, Mapping[str, str]]) -> None:
        self.routers = {name: Router(name, files) for name, files in trees.items()}
        self.places = [item for router in self.routers.values() for item in router.attached()]
        self.places += self._above()
        self.own = {address for router in self.routers.values() for address in router.own()}
        self._known: dict[Address, Place | None] = {}
        self._open: dict[tuple[str, str, int, int, str], Ports] = {}

    def _above(self) -> list[tuple[Network, Place]]:
        """The networks above, each behind the router that prefers its own session with it most."""
        best: dict[str, tuple[int, str]] = {}
        for router in self.routers.values():
            for name, rank in router.ranks.items():
                best[name] = max(best.get(name, (0, "")), (rank, router.name))
        found = []
        for name, (_, at) in best.items():
            router = self.routers[at]
            port = next(p for p in router.vrf_of if p.startswith("up-") and (p == f"up-{name}" or name[:6] in p))
            place = Place(at, port, router.vrf_of[port], name)
            found += [(prefix, place) for prefix in router.lists.get(f"{name}-in", ())]
        return found

    def place(self, address: Address) -> Place | None:
        """Where an address is: the longest prefix that holds it."""
        if address not in self._known:
            self._known[address] = self._place(address)
        return self._known[address]

    def _place(self, address: Address) -> Place | None:
        holding = [(net.prefixlen, place) for net, place in self.places if address in net]
        return max(holding, key=lambda item: item[0])[1] if holding else None

    def passes(self, source: Address, target: Address, protocol: str, port: int = 0) -> bool:
        """Whether the first packet of a connection gets to the other end."""
        one, other = self.place(source), self.place(target)
        if one is None or other is None:
            return False
        itself = target in self.own
        if (one.router, one.port) == (other.router, other.port) and not itself:
            return True  # a switch, or the cloud beside: no router of the region is asked
        if one.upstream and not self._announced(one, target):
            return False
        passed = self._passed(one, other)
        kind = "icmp" if protocol == "icmp" else protocol
        family = f"v{source.version}"
        packet = Packet(family, int(source), int(target), protocol=kind, port=port, icmp="echo-request")
        forwarded = passed[:-1] if itself else passed
        if not passed or not all(self._lets(at, ways, packet) for at, ways in forwarded):
            return False
        if itself:
            last = Packet(**{**vars(packet), "way_in": passed[-1][1][0]})
            return self.routers[passed[-1][0]].reader.verdict("input filter", last) == "accept"
        return not other.upstream or self._leaves(other, packet)

    def _announced(self, one: Place, target: Address) -> bool:
        return any(target in net for net in self.routers[one.router].lists.get(f"{one.upstream}-out", ()))

    def _passed(self, one: Place, other: Place) -> list[tuple[str, tuple[str, str]]]:
        """The routers that forward the packet with the ports in and out; none where no instance has a route."""
        if one.vrf != other.vrf and not any(
            other.vrf in self.routers[end.router].imports.get(one.vrf, ())
            and one.vrf in self.routers[end.router].imports.get(other.vrf, ())
            for end in (one, other)
        ):
            return []
        if one.router == other.router:
            return [(one.router, (one.port, other.port))]
        return [(one.router, (one.port, "br")), (other.router, (self._bridge(other), other.port))]

    def _bridge(self, at: Place) -> str:
        return next(p for p, vrf in self.routers[at.router].vrf_of.items() if p.startswith("br") and vrf == at.vrf)

    def _lets(self, at: str, ways: tuple[str, str], packet: Packet) -> bool:
        key = (at, packet.family, packet.source, packet.target, ways[0])
        if key not in self._open:
            self._open[key] = self._opened(at, Packet(packet.family, packet.source, packet.target, ways[0]))
        first = packet.port if packet.port > 0 else 0
        return any(name == packet.protocol and low <= first <= high for name, low, high in self._open[key])

    def _opened(self, at: str, packet: Packet) -> Ports:
        """What a router lets pass between two addresses, none when it takes the source for a forged one."""
        reader = self.routers[at].reader
        if reader.verdict("prerouting raw", packet) != "accept":
            return frozenset()
        return reader.reach(packet.family, packet.source, packet.target, packet.way_in)

    def _leaves(self, other: Place, packet: Packet) -> bool:
        """Whether a packet is translated on its way out, or may leave as it is."""
        reader, seen = self.routers[other.router].reader, Packet(**{**vars(packet), "way_out": other.port})
        chains = reader.table.chains
        if "translate" in chains and any(
            rule.verdict.startswith("snat") and all(reader._fits(match, seen) for match in rule.matches)
            for rule in chains["translate"].rules
        ):
            return True
        return "keep-in" not in chains or reader.verdict("postrouting 110", seen) == "accept"
