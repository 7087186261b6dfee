"""A datacentre that is a site of its own."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="datacentre",
    nl="Datacentrum",
    en="Datacentre",
    zones={
        "servers": 120,
        "backup": 30,
        "proxy": 30,
        "vpn": 12,
        "public-services": 30,
        "building": 12,
        "access-control": 12,
        "cctv": 12,
        "management": 60,
    },
    classification=4,
    link="own-fibre",
    rank=200,
)
