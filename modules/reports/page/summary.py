"""The first page: counts, what asks for attention, use of quotas."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator

from virgem.modules.estate.model import Device
from virgem.modules.estate.model.devices import DeviceState
from virgem.modules.reports.page.markup import bar, esc, table
from virgem.modules.reports.page.towns import profiles
from virgem.modules.reports.page.view import View
from virgem.network.model import SHARED

# Contracts and waivers that end within so many days ask for attention: the lead time of a tender.
SOON = 180
_QUOTAS_SHOWN = 40
_GONE = frozenset({DeviceState.RETIRED, DeviceState.WIPED, DeviceState.LOST, DeviceState.ORDERED})


def summary(view: View) -> str:
    """Return the section with counts and what asks for attention."""
    speech = view.speech
    cards = "\n".join(
        f'<li><a href="#{target}"><span class="figure">{esc(speech.number(count))}</span> '
        f'<span class="name">{speech.html(key if count != 1 else f"{key}-one")}</span> '
        f'<span class="note">{esc(note)}</span></a></li>'
        for key, target, count, note in _cards(view)
    )
    return "\n".join(
        [
            '<section id="summary" aria-labelledby="h-summary">',
            f'<h2 id="h-summary">{speech.html("summary")}</h2>',
            f'<ul class="cards">{cards}</ul>',
            _attention(view),
            '<div class="pairs">',
            f"<h3>{speech.html('by-state')}</h3>",
            _states(view),
            f"<h3>{speech.html('by-ring')}</h3>",
            profiles(view, speech("by-ring"), list(_devices(view))),
            f"<h3>{speech.html('quota-use')}</h3>",
            _quotas(view),
            "</div></section>",
        ]
    )


def _cards(view: View) -> Iterator[tuple[str, str, int, str]]:
    """Yield name, link, number and remark of every count."""
    yield from _network_cards(view)
    yield from _device_cards(view)
    yield from _paper_cards(view)


def _note(view: View, key: str, count: int) -> str:
    return view.speech(key, count=view.speech.number(count), days=SOON)


def _network_cards(view: View) -> Iterator[tuple[str, str, int, str]]:
    routers = [router for town in view.routers.values() for router in town]
    people = sum(town.population for town in view.towns)
    yield "municipalities", "t-municipalities", len(view.towns), _note(view, "inhabitants", people)
    spare = sum(router.site.link.backup is not None for router in routers)
    yield "sites", "t-sites", len(routers), _note(view, "sites-note", spare)
    zones = [zone for router in routers for zone in router.zones]
    yield "zones", "t-zones", len(zones), _note(view, "zones-note", len({zone.vrf for zone in zones}))
    links = view.rows["links"]
    backbone = sum(row[3] == "backbone" for row in links)
    yield "links", "t-links", len(links), _note(view, "links-note", backbone)
    registered = sum(row[4] == "registered" for row in view.rows["flows"])
    yield "flows", "t-flows", len(view.rows["flows"]), _note(view, "flows-note", registered)


def _device_cards(view: View) -> Iterator[tuple[str, str, int, str]]:
    devices = list(_devices(view))
    serving = sum(device.state is DeviceState.IN_SERVICE for device in devices)
    yield "devices", "t-devices", len(devices), _note(view, "devices-note", serving)
    late, unknown = _support(view)
    yield "unsupported", "t-devices", late, _note(view, "unsupported-note", unknown)
    tenants = [town for town in view.towns if town.cloud]
    servers = sum(row[0] != "shared" for row in view.rows["servers"])
    yield "tenants", "t-tenants", len(tenants), _note(view, "tenants-note", servers)


def _paper_cards(view: View) -> Iterator[tuple[str, str, int, str]]:
    facts = view.facts
    states = Counter(row[3] for row in view.rows["problems"])
    yield "findings", "t-problems", states["open"], _note(view, "findings-note", states["waived"])
    waivers = [waiver.expires.day for waiver in facts.estate.waivers if waiver.expires.day >= facts.as_of]
    yield "waivers", "t-waivers", len(waivers), _note(view, "waivers-note", sum(_soon(view, day) for day in waivers))
    running = [c.end.day for c in facts.estate.contracts if c.start.day <= facts.as_of <= c.end.day]
    yield "contracts", "t-contracts", len(running), _note(view, "contracts-note", sum(_soon(view, d) for d in running))


def _devices(view: View) -> Iterator[Device]:
    for town in view.towns:
        yield from view.devices(town.sites)


def _support(view: View) -> tuple[int, int]:
    """How many devices in use are out of support, and of how many that is unknown."""
    ends = [device.support_end for device in _devices(view) if device.state not in _GONE]
    late = sum(end is not None and end.day < view.facts.as_of for end in ends)
    return late, sum(end is None for end in ends)


def _soon(view: View, day: datetime.date) -> bool:
    return datetime.timedelta(0) <= day - view.facts.as_of <= datetime.timedelta(days=SOON)


def _attention(view: View) -> str:
    items = "".join(f'<li><a href="#{target}">{esc(text)}</a></li>' for target, text in _calls(view))
    body = f"<ul>{items}</ul>" if items else f"<p>{view.speech.html('attention-none')}</p>"
    return f'<div class="attention"><h3>{view.speech.html("attention")}</h3>{body}</div>'


def _calls(view: View) -> Iterator[tuple[str, str]]:
    """Yield what asks for attention with where to read more."""
    speech = view.speech
    late, unknown = _support(view)
    lost = sum(device.state is DeviceState.LOST for device in _devices(view))
    found = sum(row[3] == "open" for row in view.rows["problems"])
    counts = (("findings", "problems", found), ("unsupported", "devices", late), ("unknown", "devices", unknown))
    for key, target, count in (*counts, ("lost", "devices", lost)):
        if count:
            yield f"t-{target}", speech(f"attention-{key}", count=speech.number(count))
    yield from _endings(view)
    for town, used, limit, _ in _use(view):
        if used > 0.9 * limit:
            percent = 100 * used // limit if limit else 100
            yield "t-tenants", speech("attention-quota", name=town, percent=percent)


def _endings(view: View) -> Iterator[tuple[str, str]]:
    speech, estate = view.speech, view.facts.estate
    for contract in estate.contracts:
        ended = contract.end.day < view.facts.as_of
        if ended or _soon(view, contract.end.day):
            key = "attention-ended" if ended else "attention-contract"
            yield "t-contracts", speech(key, id=contract.label or contract.id, end=speech.date(contract.end.day))
    for waiver in estate.waivers:
        if _soon(view, waiver.expires.day):
            yield "t-waivers", speech("attention-waiver", id=waiver.id, end=speech.date(waiver.expires.day))


def _states(view: View) -> str:
    speech = view.speech
    counts = Counter(device.state for device in _devices(view))
    total = sum(counts.values())
    if not total:
        return f"<p>{speech.html('no-devices')}</p>"
    rows = [
        (
            esc(speech.word("state", state.value)),
            speech.number(counts[state]),
            bar(counts[state] / total, f"{speech.decimal(f'{100 * counts[state] / total:.1f}')} %", limit=1),
        )
        for state in DeviceState
        if counts[state]
    ]
    heads = [(speech("state"), False), (speech("count"), True), (speech("share"), False)]
    return table(speech("by-state"), heads, [*rows, (speech.html("total"), speech.number(total), " ")])


def _use(view: View) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """The municipalities with servers wanted and allowed, by share of the quota, and their row of the tenants table."""
    rows = [(row[1], int(row[7]), int(row[3]), row) for row in view.rows["tenants"] if row[0] != SHARED]
    return sorted(rows, key=lambda use: (-use[1] / max(use[2], 1), use[0]))


def _quotas(view: View) -> str:
    speech = view.speech
    use = _use(view)
    heads = [(speech(key), False) for key in ("municipality", "quota", "servers-use", "storage-use")]
    rows = [
        (esc(name), esc(row[2]), _used(view, used, limit), _used(view, int(row[8]), int(row[6])))
        for name, used, limit, row in use[:_QUOTAS_SHOWN]
    ]
    more = speech.html("quota-most", count=_QUOTAS_SHOWN) if len(use) > _QUOTAS_SHOWN else speech.html("quota-why")
    return f"<p>{more}</p>" + (table(speech("quota-use"), heads, rows) if rows else "")


def _used(view: View, used: int, limit: int) -> str:
    speech = view.speech
    return bar(used / limit if limit else 1.0, speech("of", used=speech.number(used), limit=speech.number(limit)))
