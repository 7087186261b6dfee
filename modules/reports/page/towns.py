"""Each municipality with its sites, tenant and devices; in a large region a site is one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.estate.model import Device, Municipality
from virgem.modules.estate.model.connectivity import BackupLink, Link
from virgem.modules.reports.page.markup import definitions, esc, table
from virgem.modules.reports.page.view import View
from virgem.network.model import RouterPlan


def towns(view: View) -> str:
    """Return the section of all municipalities."""
    speech = view.speech
    return "\n".join(
        [
            f'<section id="towns"{" class=brief" if _brief(view) else ""} aria-labelledby="h-towns">',
            f'<h2 id="h-towns">{speech.html("per-municipality")}</h2>',
            f"<p>{speech.html('per-municipality-why')}</p>",
            '<p class="needs-script" hidden>'
            f'<button type="button" class="plain" id="open-all">{speech.html("open-all")}</button> '
            f'<button type="button" class="plain" id="close-all">{speech.html("close-all")}</button></p>',
            *(_town(view, town) for town in view.towns),
            "</section>",
        ]
    )


def _brief(view: View) -> bool:
    """Whether paper leaves out what each site has: in the report of a region that is hundreds of pages."""
    return len(view.towns) > 1 and not view.large


def _town(view: View, town: Municipality) -> str:
    speech, routers = view.speech, view.routers[town.id]
    devices = list(view.devices(town.sites))
    line = speech.html(
        "town-line",
        sites=speech.number(len(routers)),
        zones=speech.number(sum(len(router.zones) for router in routers)),
        devices=speech.number(len(devices)),
    )
    sites = _site_rows(view, town, routers) if view.large else "\n".join(_site(view, router) for router in routers)
    return "\n".join(
        [
            f'<details class="town" id="m-{town.nis}"><summary><h3>{esc(town.title)}</h3> '
            f'<span class="note">{line}</span></summary><div class="inside">',
            _given(view, town),
            f"<h4>{speech.html('tenant')}</h4>",
            _tenant(view, town),
            f"<h4>{speech.html('town-devices')}</h4>",
            profiles(view, speech("devices-of", name=town.title), devices),
            f"<h4>{speech.html('town-sites')}</h4>",
            f'<p class="on-paper">{speech.html("paper-sites", nis=town.nis)}</p>' if _brief(view) else "",
            sites,
            "</div></details>",
        ]
    )


def _given(view: View, town: Municipality) -> str:
    speech, plan = view.speech, view.facts.plan.town[town.id]
    entities = ", ".join(entity.label or speech.word("entities", entity.kind) for entity in town.entities)
    return definitions(
        [
            (speech("nis"), esc(town.nis)),
            (speech("population"), speech.number(town.population)),
            (speech("owner"), esc(town.owner)),
            (speech("hub"), esc(plan.hub)),
            (speech("blocks"), _blocks(*plan.blocks4, *plan.blocks6)),
            (speech("asn"), str(plan.asn)),
            (speech("entities"), esc(entities)),
        ]
    )


def _blocks(*prefixes: object) -> str:
    return "<br>".join(f"<code>{esc(prefix)}</code>" for prefix in prefixes)


def _tenant(view: View, town: Municipality) -> str:
    speech = view.speech
    row = next((row for row in view.rows["tenants"] if row[0] == town.nis), None)
    if row is None:
        return f"<p>{speech.html('no-tenant')}</p>"
    n = [speech.number(int(text)) if text.isdigit() else text for text in row]
    return definitions(
        [
            (speech("quota"), esc(row[2])),
            (speech("tenant-servers"), speech.html("of", used=n[7], limit=n[3])),
            (speech("tenant-cores"), n[4]),
            (speech("tenant-ram"), f"{n[5]} GiB"),
            (speech("tenant-storage"), speech.html("of", used=n[8], limit=n[6]) + " GiB"),
            (speech("tenant-services"), esc(row[11])),
            (speech("tenant-networks"), _blocks(*row[12].split(", ")) if row[12] else ""),
        ]
    )


def profiles(view: View, caption: str, devices: Sequence[Device]) -> str:
    """Return the devices by profile and ring as a table."""
    speech, estate = view.speech, view.facts.estate
    if not devices:
        return f"<p>{speech.html('no-devices')}</p>"
    counts = Counter((str(device.profile), view.ring.get(device.serial, "")) for device in devices)
    rings = [*(ring.id for ring in estate.rings), *([""] if any(not ring for _, ring in counts) else [])]
    rings = list(dict.fromkeys([*rings, *sorted({ring for _, ring in counts})]))
    heads = [
        (speech("profile"), False),
        *((ring or speech("no-ring"), True) for ring in rings),
        (speech("total"), True),
    ]
    rows = [
        (esc(_profile(view, name)), *(_some(view, counts[name, ring]) for ring in rings), _sum(view, counts, name))
        for name in sorted({profile for profile, _ in counts})
    ]
    return table(caption, heads, rows)


def _profile(view: View, name: str) -> str:
    return view.speech.profile(view.facts.estate.profile_by_id[name])


def _some(view: View, count: int) -> str:
    return view.speech.number(count) if count else ""


def _sum(view: View, counts: Counter[tuple[str, str]], name: str) -> str:
    return view.speech.number(sum(count for (profile, _), count in counts.items() if profile == name))


def _site(view: View, router: RouterPlan) -> str:
    speech, site = view.speech, router.site
    devices = list(view.devices([site]))
    name = site.label or site.id
    return "\n".join(
        [
            f'<div class="site" id="s-{router.town.nis}-{site.id}"><h5>{esc(name)}</h5>',
            definitions(_facts(view, router)),
            _zones(view, router),
            profiles(view, speech("devices-of", name=name), devices) if devices else "",
            "</div>",
        ]
    )


def _facts(view: View, router: RouterPlan) -> list[tuple[str, str]]:
    """What is known of a site; the lines that only some sites have come last."""
    speech, site = view.speech, router.site
    links: list[Link | BackupLink] = [site.link, *([site.link.backup] if site.link.backup else [])]
    paid = list(dict.fromkeys(link.contract for link in links if link.contract))
    facts = [
        (speech("site-kind"), esc(speech.word("sites", site.kind))),
        (speech("owner"), esc(site.owner)),
        (speech("entity"), esc(site.entity)),
        (speech("class"), str(int(site.classification))),
        (speech("link"), esc(_link(view, site.link))),
        (speech("backup"), esc(_link(view, site.link.backup)) if site.link.backup else speech.html("no-backup")),
        (speech("contract"), esc(", ".join(paid))),
        (speech("router"), f"<code>{esc(router.name)}</code><br>{_blocks(router.loopback4, router.loopback6)}"),
        (speech("site-blocks"), _blocks(*router.blocks4, *router.blocks6)),
    ]
    facts += [(speech("address"), esc(site.address))] if site.address else []
    return facts + ([(speech("datacentre"), esc(router.datacentre))] if router.datacentre else [])


def _link(view: View, link: Link | BackupLink) -> str:
    return f"{view.speech.word('links', link.kind)}, {link.capacity}bit/s"


def _zones(view: View, router: RouterPlan) -> str:
    speech = view.speech
    heads = [(speech("zone"), False), (speech("kind-of-zone"), False), (speech("class"), True), (speech("vlan"), True)]
    heads += [(speech("ipv4"), False), (speech("ipv6"), False)]
    rows = [
        (
            esc(zone.zone.label or zone.zone.id),
            esc(f"{speech.word('zones', zone.zone.kind)} ({speech.word('icr', zone_kinds()[zone.zone.kind].icr)})"),
            str(int(zone.zone.classification)),
            str(zone.vlan),
            str(zone.prefix4),
            str(zone.prefix6),
        )
        for zone in router.zones
    ]
    return table(speech("zones-of", name=router.site.label or router.site.id), heads, rows) if rows else ""


def _site_rows(view: View, town: Municipality, routers: Sequence[RouterPlan]) -> str:
    speech = view.speech
    keys = (("site-kind", False), ("class", True), ("owner", False), ("link", False), ("backup", False))
    numbers = (("site-blocks", False), ("zone-count", True), ("device-count", True))
    heads = [(speech("town-sites"), False), *((speech(key), numeric) for key, numeric in chain(keys, numbers))]
    rows = [
        (
            esc(router.site.label or router.site.id),
            esc(speech.word("sites", router.site.kind)),
            str(int(router.site.classification)),
            esc(router.site.owner),
            esc(_link(view, router.site.link)),
            esc(_link(view, router.site.link.backup)) if router.site.link.backup else speech.html("no-backup"),
            _blocks(*router.blocks4, *router.blocks6),
            str(len(router.zones)),
            speech.number(len(list(view.devices([router.site])))),
        )
        for router in routers
    ]
    return table(speech("sites-of", name=town.title), heads, rows)
