"""What several checks look up, worked out once per estate."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from virgem.modules.estate.base import Located
from virgem.modules.estate.checks.ends import End, Ends
from virgem.modules.estate.kinds import site_kinds
from virgem.modules.estate.model import (
    AccessKey,
    Cable,
    CatalogueItem,
    Contract,
    Duct,
    Entity,
    Estate,
    Flow,
    LoadBalancer,
    Municipality,
    Order,
    PointOfPresence,
    Server,
    Site,
    Span,
    Zone,
)
from virgem.modules.estate.model.connectivity import Point


@dataclass(frozen=True, kw_only=True)
class Facts:
    """An estate with its look-ups, and the day to judge by when there is one."""

    estate: Estate
    as_of: datetime.date | None = None

    @property
    def sites(self) -> Iterator[Site]:
        """Every site, in the order of the text."""
        return (site for town in self.estate.municipalities for site in town.sites)

    @property
    def zones(self) -> Iterator[tuple[Site, Zone]]:
        """Every zone with its site."""
        return ((site, zone) for site in self.sites for zone in site.zones)

    def written(self, value: Located) -> bool:
        """Tell whether somebody wrote an object of the operator's: those filled in have the estate's own place."""
        return value.origin.mark != self.estate.origin.mark

    def town(self, site: Site) -> Municipality:
        """Return the municipality of a site."""
        return self.estate.towns[site.municipality]

    def place(self, site: Site) -> Point:
        """Return where a site is: its own place, or the centre of its municipality."""
        return site.at or self.town(site).centre

    @cached_property
    def flows(self) -> tuple[tuple[Flow, End, End], ...]:
        """Every registered flow with what its two ends are."""
        ends = Ends(self.estate)
        return tuple((flow, ends.find(flow.source), ends.find(flow.target)) for flow in self.estate.flows)

    @cached_property
    def hubs(self) -> frozenset[str]:
        """The main site of every municipality and the sites of datacentres: they lie on the regional network."""
        ranks = {kind.id: kind.rank for kind in site_kinds().values()}
        tops = (max(town.sites, key=lambda s: ranks[s.kind]) for town in self.estate.municipalities if town.sites)
        return frozenset(site.path for site in tops) | {centre.at for centre in self.estate.datacentres}

    @cached_property
    def entities(self) -> Mapping[str, Entity]:
        """Every entity by `municipality/entity`."""
        return {entity.path: entity for town in self.estate.municipalities for entity in town.entities}

    @cached_property
    def servers(self) -> Mapping[str, Server]:
        """Every server of a tenant by `municipality/server`."""
        shares = (town.cloud for town in self.estate.municipalities if town.cloud)
        return {server.path: server for share in shares for server in share.servers}

    @cached_property
    def access_keys(self) -> tuple[AccessKey, ...]:
        """Every access key, the operator's first."""
        shares = (town.cloud for town in self.estate.municipalities if town.cloud)
        return (*self.estate.access_keys, *(access for share in shares for access in share.access_keys))

    def balancers_before(self, server: Server) -> tuple[LoadBalancer, ...]:
        """Return the load balancers of its tenant that spread over a server."""
        share = self.estate.towns[server.path.partition("/")[0]].cloud
        return tuple(
            balancer for balancer in (share.load_balancers if share else ()) if server.path in balancer.servers
        )

    @cached_property
    def pops(self) -> Mapping[str, PointOfPresence]:
        """Every point of presence by id."""
        return {pop.id: pop for pop in self.estate.fibre.pops}

    @cached_property
    def ducts(self) -> Mapping[str, Duct]:
        """Every duct by id."""
        return {duct.id: duct for duct in self.estate.fibre.ducts}

    @cached_property
    def cables(self) -> Mapping[str, Cable]:
        """Every cable by id."""
        return {cable.id: cable for cable in self.estate.fibre.cables}

    @cached_property
    def spans(self) -> Mapping[str, Span]:
        """Every span by id."""
        return {span.id: span for span in self.estate.fibre.spans}

    def path(self, cable: Cable) -> tuple[str, ...]:
        """Return the points of presence a cable passes, in order; empty when its ducts do not join."""
        ducts = [self.ducts[duct].ends for duct in cable.ducts]
        if not ducts or any(len(set(ends)) != 2 for ends in ducts):
            return ()
        starts = [ends for ends in (ducts[0], ducts[0][::-1]) if len(ducts) == 1 or ends[1] in ducts[1]]
        path = list(starts[0]) if starts else []
        for ends in ducts[1:]:
            if not path or path[-1] not in ends:
                return ()
            path.append(ends[1] if ends[0] == path[-1] else ends[0])
        return tuple(path)

    def span_ducts(self, span: Span) -> tuple[str, ...]:
        """Return the ducts a span runs through; empty when its ends do not lie on its cable."""
        cable = self.cables[span.cable]
        path = self.path(cable)
        if len(span.ends) != 2 or not set(span.ends) <= set(path):
            return ()
        first, last = sorted(path.index(end) for end in span.ends)
        return tuple(cable.ducts[first:last])

    def pop_place(self, pop: str) -> Point | None:
        """Return where a point of presence is, None when the text does not say."""
        found = self.pops[pop]
        return found.place or (self.place(self.estate.sites[found.at]) if found.at else None)

    @cached_property
    def contracts(self) -> Mapping[str, Contract]:
        """Every contract by id."""
        return {contract.id: contract for contract in self.estate.contracts}

    @cached_property
    def items(self) -> Mapping[str, CatalogueItem]:
        """Every catalogue item by `contract/item`."""
        return {item.path: item for contract in self.estate.contracts for item in contract.items}

    @cached_property
    def orders(self) -> Mapping[str, tuple[Municipality, Order]]:
        """Every order with its municipality, by `municipality/order`."""
        return {order.path: (town, order) for town in self.estate.municipalities for order in town.orders}

    def value(self, order: Order, lot: str = "") -> Decimal:
        """Return what an order costs in euro without VAT, or the part of it in one lot."""
        lines = ((self.items[line.item], line.quantity) for line in order.lines if line.item in self.items)
        return sum((item.price.amount * n for item, n in lines if not lot or item.lot == lot), Decimal())
