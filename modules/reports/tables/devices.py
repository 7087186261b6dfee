"""Every device with its owner, ring, contract and support end."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.devices.rings import ring_of
from virgem.modules.estate.model import Device
from virgem.modules.estate.names import device_name
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    estate = facts.estate
    for device in estate.devices:
        site = estate.sites[device.site]
        profile = estate.profile_by_id[device.profile]
        yield (
            estate.towns[site.municipality].nis,
            device.site,
            device.serial,
            device_name(device),
            profile.kind,
            profile.id,
            device.state.value,
            ring_of(device, estate.rings),
            device.owner or site.owner,
            device.entity or site.entity,
            _contract(device),
            device.bought or "",
            device.warranty_end or "",
            device.support_end or "",
            _supported(device, facts),
            device.version or "",
        )


def _contract(device: Device) -> str:
    return device.item.partition("/")[0] if device.item else ""


def _supported(device: Device, facts: Facts) -> str:
    """What is not known is said to be unknown, never taken for supported."""
    if device.support_end is None:
        return "unknown"
    return "yes" if device.support_end.day >= facts.as_of else "no"


TABLE = Table(
    id="devices",
    order=80,
    nl="Toestellen",
    en="Devices",
    why_nl="Elk toestel met eigenaar, ring, contract en einde van de ondersteuning.",
    why_en="Every device with its owner, ring, contract and end of support.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("site", "Locatie", "Site"),
        Column("serial", "Serienummer", "Serial number"),
        Column("name", "Hostnaam", "Host name"),
        Column("kind", "Soort", "Kind", filter=True, words="devices"),
        Column("profile", "Profiel", "Profile", filter=True),
        Column("state", "Toestand", "State", filter=True, words="state"),
        Column("ring", "Ring", "Ring", filter=True),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("entity", "Entiteit", "Entity"),
        Column("contract", "Contract", "Contract", filter=True),
        Column("bought", "Aankoop", "Bought"),
        Column("warranty", "Einde garantie", "Warranty end"),
        Column("support", "Einde ondersteuning", "Support end"),
        Column("supported", "Ondersteund", "Supported", filter=True, words="answer"),
        Column("version", "Versie", "Version"),
    ),
    rows=_rows,
    town="nis",
    named="serial",
)
