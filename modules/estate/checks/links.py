"""Links: what they run over, how much they carry, what happens when they fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from virgem.modules.codes.connectivity import BACKUP_BY_THE_SAME_PORT
from virgem.modules.codes.fibre import LEAVING_BY_ONE_DUCT
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, lacks
from virgem.modules.estate.geo import distance_km
from virgem.modules.estate.kinds import link_kinds
from virgem.modules.estate.kinds.types import LinkKind, Medium
from virgem.modules.estate.model import BackboneLink, Link, Site, Upstream
from virgem.modules.estate.model.connectivity import BackupLink
from virgem.modules.estate.scalars import Capacity
from virgem.modules.problem import Mark

# A written capacity of a copper or radio link may be this many times the kind's usual one.
_TIMES = 10
_CRITICAL = 3


def _links(facts: Facts) -> Iterator[tuple[str, Link | BackboneLink, tuple[str, ...]]]:
    """Yield the path, the link and the sites at its ends, as far as the text says."""
    for link in facts.estate.backbone:
        yield link.id, link, tuple(link.between)
    for site in facts.sites:
        yield site.path, site.link, (site.path, site.link.to) if site.link.to else (site.path,)


@check("E550")
def spans_join_up(facts: Facts) -> Iterator[Finding]:
    for path, link, _ in _links(facts):
        for before, after in zip(link.over, link.over[1:], strict=False):
            if not set(facts.spans[before].ends) & set(facts.spans[after].ends):
                message = f"the link of {path} goes over {before} and then {after}, which have no end in common"
                yield Finding(link.origin.at("over"), message, "name the spans in order, end to end", path)


@check("E551", missing_from=("fibre", "backbone", "sites"))
def spans_reach_the_sites(facts: Facts) -> Iterator[Finding]:
    for path, link, sites in _links(facts):
        if not link.over:
            continue
        ends = {end for span in link.over for end in facts.spans[span].ends}
        reached = {facts.pops[end].at for end in ends if facts.pops[end].at}
        for site in sites:
            if site not in reached:
                message = f"the spans of the link of {path} do not reach {site}"
                hint = "add the span that ends at a point of presence in that site"
                yield Finding(link.origin.at("over"), message, hint, path)


@check("E552")
def only_fibre_runs_over_spans(facts: Facts) -> Iterator[Finding]:
    for path, link, _ in _links(facts):
        if link.over and not link_kinds()[link.kind].over_spans:
            message = f"the link of {path} is of kind {link.kind}, which does not run over spans of the fibre plan"
            kinds = " or ".join(kind.id for kind in link_kinds().values() if kind.over_spans)
            yield Finding(link.origin.at("over"), message, f"make it {kinds}, or leave `over` out", path)


@check("W553")
def capacity_fits_the_kind(facts: Facts) -> Iterator[Notice]:
    for path, link in _with_backups(facts):
        kind = link_kinds()[link.kind]
        if kind.medium is not Medium.FIBRE and link.capacity > kind.capacity * _TIMES:
            yield Notice(
                link.origin.at("capacity"),
                {"capacity": link.capacity, "kind": kind.id, "times": _TIMES, "usual": Capacity(kind.capacity)},
                path,
            )


def _with_backups(facts: Facts) -> Iterator[tuple[str, Link | BackboneLink | BackupLink]]:
    for path, link, _ in _links(facts):
        yield path, link
        if isinstance(link, Link) and link.backup:
            yield path, link.backup


@check("E554")
def link_is_not_too_long(facts: Facts) -> Iterator[Finding]:
    for path, link, sites in _links(facts):
        most = link_kinds()[link.kind].max_km
        km = _length_km(facts, link, sites)
        if most and km > most:
            message = f"the link of {path} is {km:.1f} km long; {link.kind} reaches {most:g} km"
            yield Finding(link.origin.at("over" if link.over else "kind"), message, "choose another kind", path)


def _length_km(facts: Facts, link: Link | BackboneLink, sites: tuple[str, ...]) -> float:
    if link.over:
        return sum(facts.spans[span].length for span in link.over)
    if len(sites) != 2:
        return 0.0
    one, other = (facts.place(facts.estate.sites[site]) for site in sites)
    return distance_km(one, other)


@check("W555")
def backup_is_of_another_kind(facts: Facts) -> Iterator[Notice]:
    for site in facts.sites:
        backup = site.link.backup
        if backup is None:
            continue
        first, second = link_kinds()[site.link.kind], link_kinds()[backup.kind]
        shared = _shared_port(first, second)
        if shared and first is not second:
            says = BACKUP_BY_THE_SAME_PORT
        elif shared or (first is second and backup.to == site.link.to):
            says = None
        else:
            continue
        values = {
            "site": site.path,
            "kind": first.id,
            "backup": second.id,
            "port": shared,
            "other": _another(second),
        }
        yield Notice(backup.origin.at("kind"), values, site.path, says=says)


def _shared_port(first: LinkKind, second: LinkKind) -> str:
    """Return the port by which both tunnels leave, "" when they do not."""
    return first.port if first.tunnel and second.tunnel and first.port == second.port else ""


def _another(kind: LinkKind) -> str:
    """Return a kind that every site can have beside one: a tunnel over another medium."""
    return next(other.id for other in link_kinds().values() if other.tunnel and other.medium is not kind.medium)


@check("W556")
def critical_site_has_two_ways_out(facts: Facts) -> Iterator[Notice]:
    for site in facts.sites:
        if site.classification >= _CRITICAL and lacks(site.link, "backup") and site.path not in facts.hubs:
            yield Notice(
                site.origin.at("link"),
                {"site": site.path, "level": site.classification, "kind": site.link.kind},
                site.path,
            )


@check("E557")
def link_ends_elsewhere(facts: Facts) -> Iterator[Finding]:
    for site in facts.sites:
        for link in (site.link, site.link.backup):
            if link and link.to == site.path:
                message = f"the link of {site.path} ends where it starts"
                yield Finding(link.origin.at("to"), message, "name the site at the far end", site.path)


@check("E558", missing_from=("backbone", "sites"))
def backbone_link_has_two_sites(facts: Facts) -> Iterator[Finding]:
    for link in facts.estate.backbone:
        sites = set(link.between)
        if len(link.between) != 2 or len(sites) != 2:
            message = f"backbone link {link.id} joins {len(sites)} site{'' if len(sites) == 1 else 's'}, not two"
            yield Finding(link.origin.at("between"), message, "write `between: [town/site, town/site]`", link.id)


@check("W559")
def backbone_sites_have_separate_ducts(facts: Facts) -> Iterator[Notice]:
    for ids, (site, duct, link) in _all_in_one_duct(facts).items():
        values = {"site": site, "links": ", ".join(ids), "duct": duct}
        yield Notice(link.origin.at("over"), values, link.id)


def _all_in_one_duct(facts: Facts) -> dict[tuple[str, ...], tuple[str, str, BackboneLink]]:
    """Return the backbone links of a site that all run through one duct: their ids, the site, the duct and the last."""
    by_site: dict[str, list[BackboneLink]] = defaultdict(list)
    for link in facts.estate.backbone:
        for end in link.between:
            by_site[end].append(link)
    found: dict[tuple[str, ...], tuple[str, str, BackboneLink]] = {}
    for site, links in by_site.items():
        shared = frozenset.intersection(*(_ducts(facts, link) for link in links)) if len(links) > 1 else None
        if shared:
            found.setdefault(tuple(link.id for link in links), (site, min(shared), links[-1]))
    return found


@check("W583")
def links_for_one_another_have_separate_ducts(facts: Facts) -> Iterator[Notice]:
    told = _all_in_one_duct(facts)
    between: dict[frozenset[str], list[tuple[str, Link | BackboneLink]]] = defaultdict(list)
    for path, link, sites in _links(facts):
        if link.over and len(set(sites)) == 2:
            between[frozenset(sites)].append((path, link))
    for links in between.values():
        for one, other in combinations(links, 2):
            if (one[0], other[0]) not in told:
                yield from _in_one_duct(facts, one, other)
    for site in facts.sites:
        for link in facts.estate.backbone if site.link.to and site.link.over else ():
            # Those to the same site were told above.
            if site.path in link.between and site.link.to not in link.between:
                yield from _in_one_duct(facts, (link.id, link), (site.path, site.link), site.path)


def _in_one_duct(
    facts: Facts, one: tuple[str, Link | BackboneLink], other: tuple[str, Link | BackboneLink], site: str = ""
) -> Iterator[Notice]:
    """Yield the duct that two links share; `site`: where they start, when they end apart."""
    shared = _ducts(facts, one[1]) & _ducts(facts, other[1])
    if shared:
        values = {"links": f"{one[0]}, {other[0]}", "duct": min(shared), "site": site}
        says = LEAVING_BY_ONE_DUCT if site else None
        yield Notice(other[1].origin.at("over"), values, other[0], (one[1].origin.at("over"),), says=says)


def _ducts(facts: Facts, link: Link | BackboneLink) -> frozenset[str]:
    spans = (facts.spans[span] for span in link.over)
    return frozenset(duct for span in spans for duct in facts.span_ducts(span))


@check("W560")
def contract_of_the_link_runs(facts: Facts) -> Iterator[Notice]:
    upstreams: list[tuple[str, Link | BackboneLink | BackupLink | Upstream]] = [
        (u.id, u) for u in facts.estate.upstreams
    ]
    for path, line in [*upstreams, *_with_backups(facts)]:
        contract = facts.contracts.get(line.contract or "")
        if facts.as_of and contract and contract.end.day < facts.as_of:
            values = {"link": path, "contract": contract.id, "end": contract.end}
            yield Notice(line.origin.at("contract"), values, path, (contract.origin.at("end"),))


@check("W561")
def backup_is_no_larger_than_the_link(facts: Facts) -> Iterator[Notice]:
    for site in facts.sites:
        backup = site.link.backup
        if backup and backup.capacity > site.link.capacity:
            yield Notice(
                backup.origin.at("capacity"),
                {"site": site.path, "backup": backup.capacity, "capacity": site.link.capacity},
                site.path,
            )


@check("E562")
def span_is_lit_once(facts: Facts) -> Iterator[Finding]:
    first: dict[str, tuple[str, Link | BackboneLink]] = {}
    for path, link, _ in _links(facts):
        for span in link.over:
            other, there = first.setdefault(span, (path, link))
            if there is not link:
                message = f"the links of {other} and {path} both use span {span}, one pair of fibres"
                related = (there.origin.at("over"),)
                yield Finding(link.origin.at("over"), message, "describe a second span in the cable", path, related)


@check("W780", missing_from=("backbone", "sites", "datacentres"))
def sensitive_traffic_is_not_read_on_the_way(facts: Facts) -> Iterator[Notice]:
    backbone = {end for link in facts.estate.backbone for end in link.between}
    for site in facts.sites:
        # A site on a declared backbone leaves by that, unless its own link says where it goes.
        if site.link.to or site.path not in backbone:
            yield from _in_clear(site.path, site.link, _sensitive(facts, [site]), site.origin.at("link"))
        if site.link.backup:
            mark = site.link.backup.origin.at("kind")
            yield from _in_clear(site.path, site.link.backup, _sensitive(facts, [site]), mark)
    for line in facts.estate.backbone:
        sites = _sensitive(facts, [facts.estate.sites[end] for end in line.between])
        yield from _in_clear(line.id, line, sites, line.origin.at("kind"))


def _in_clear(path: str, link: Link | BackboneLink | BackupLink, sites: list[str], mark: Mark) -> Iterator[Notice]:
    if _is_secret(link) or not sites:
        return
    tunnels = [] if isinstance(link, BackboneLink) else [k.id for k in link_kinds().values() if _holds(k)]
    ways = [*(kind.id for kind in link_kinds().values() if kind.own), *tunnels]
    more = f" (+{len(sites) - 1})" if len(sites) > 1 else ""
    values = {
        "link": path,
        "kind": link.kind,
        "level": _CRITICAL,
        "sites": f"{sites[0]}{more}",
        "ways": ", ".join(ways),
    }
    yield Notice(mark, values, path)


def _is_secret(link: Link | BackboneLink | BackupLink) -> bool:
    """Tell whether nobody else can read what a link carries."""
    kind = link_kinds()[link.kind]
    return kind.own or kind.tunnel


def _holds(kind: LinkKind) -> bool:
    """Tell whether a kind is a tunnel that can be the first way out of a large site."""
    return kind.tunnel and kind.medium is not Medium.RADIO


def _sensitive(facts: Facts, at: Iterable[Site]) -> list[str]:
    """Return the sites of class 3 and higher whose traffic passes these sites: at a hub those joined to it too."""
    passing = dict.fromkeys(site.path for end in at for site in (end, *_behind(facts, end)))
    return [path for path in passing if facts.estate.sites[path].classification >= _CRITICAL]


def _behind(facts: Facts, site: Site) -> Iterator[Site]:
    for other in facts.town(site).sites if site.path in facts.hubs else ():
        if not (other.link.to or link_kinds()[other.link.kind].tunnel):
            yield other
