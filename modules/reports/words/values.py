"""Words for the values of a table: ids stay in data files, people read these."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from virgem.modules import codes
from virgem.modules.estate.kinds import FAMILIES, family
from virgem.modules.governance.policies import policies

Pair = tuple[str, str]  # Dutch, English

_VOCABULARIES: Mapping[str, Mapping[str, Pair]] = {
    "answer": {"yes": ("ja", "yes"), "no": ("nee", "no"), "unknown": ("onbekend", "unknown")},
    "loss": {
        "nothing": ("niets", "nothing"),
        "host": ("een host", "a host"),
        "rack": ("een rek", "a rack"),
        "feed": ("een voeding", "a feed"),
        "side": ("een stroomzijde", "a side of the power"),
        "room": ("een zaal", "a room"),
        "site": ("een site", "a site"),
    },
    "state": {
        "ordered": ("besteld", "ordered"),
        "received": ("ontvangen", "received"),
        "enrolled": ("aangemeld", "enrolled"),
        "in-service": ("in dienst", "in service"),
        "in-repair": ("in herstelling", "in repair"),
        "lost": ("verloren", "lost"),
        "retired": ("uit dienst", "retired"),
        "wiped": ("gewist", "wiped"),
    },
    "step": {
        "intake": ("aangevraagd", "intake"),
        "treated": ("behandeld", "treated"),
        "decided": ("beslist", "decided"),
        "delivered": ("geleverd", "delivered"),
        "refused": ("geweigerd", "refused"),
        "withdrawn": ("ingetrokken", "withdrawn"),
    },
    "part": {
        "policy": ("beleid", "policy"),
        "technology": ("informatie en technologie", "information and technology"),
        "realisation": ("realisatie", "realisation"),
    },
    "origin": {"registered": ("geregistreerd", "registered"), "default": ("standaard", "default")},
    "role": {
        "backbone": ("ruggengraat", "backbone"),
        "access": ("toegang", "access"),
        "backup": ("reserve", "backup"),
    },
    "severity": {"error": ("fout", "error"), "warning": ("waarschuwing", "warning")},
    "verdict": {
        "kept": ("nageleefd", "kept"),
        "waived": ("afwijking aanvaard", "waived"),
        "broken": ("overtreden", "broken"),
        "not-evaluated": ("niet geëvalueerd", "not evaluated"),
    },
    "finding": {"open": ("open", "open"), "waived": ("aanvaard", "waived")},
    "tier": {
        "dmz": ("DMZ", "DMZ"),
        "application": ("toepassing", "application"),
        "data": ("data", "data"),
        "management": ("beheer", "management"),
    },
    "icr": {
        "dmz": ("DMZ", "DMZ"),
        "application": ("toepassingszone", "application zone"),
        "user": ("gebruikerszone", "user zone"),
        "device": ("toestelzone", "device zone"),
        "visitor": ("bezoekerszone", "visitor zone"),
    },
    "side": {
        "zone": ("zone", "zone"),
        "service": ("dienst", "service"),
        "server": ("server", "server"),
        "balancer": ("load balancer", "load balancer"),
        "relay": ("uit load balancer", "from load balancer"),
        "tier": ("laag", "tier"),
        "upstream": ("extern netwerk", "upstream"),
    },
    # Zones narrowed to those that the source of the flow manages.
    "managed": {"managed-zone": ("beheerde zone", "managed zone")},
    "secrecy": {
        "tunnel": ("niemand: versleuteld", "nobody: encrypted"),
        "own": ("niemand: eigen lijn", "nobody: own line"),
        "clear": ("de operator", "the operator"),
    },
    "medium": {"fibre": ("glasvezel", "fibre"), "fixed": ("vaste lijn", "fixed line"), "radio": ("draadloos", "radio")},
}

INDEX = {"nl": 0, "en": 1}


@cache
def vocabulary(name: str) -> Mapping[str, Pair]:
    """Return a vocabulary: id to its Dutch and English words; rules and families of kinds bring their own."""
    if name in FAMILIES:
        return {kind.id: (kind.nl, kind.en) for kind in family(name).values()}
    if name == "rule":
        # Data files have the English title, so that is what a row holds.
        return {rule.title: (rule.nl, rule.title) for rule in codes.rules().values()}
    if name == "policy":
        return {policy.rule.title: (policy.rule.nl, policy.rule.title) for policy in policies().values()}
    return _VOCABULARIES[name]


def vocabularies() -> tuple[str, ...]:
    """Return the names of all vocabularies."""
    return (*_VOCABULARIES, "rule", "policy", *FAMILIES)


@cache
def word(name: str, value: str, language: str) -> str:
    """Return a value in words; what the vocabulary does not know is shown as it is."""
    if name == "selector":
        return _selector(value, language)
    pair = vocabulary(name).get(value) if name else None
    return pair[INDEX[language]] if pair else value


def _selector(text: str, language: str) -> str:
    """One side of a flow, `zone kortrijk:voip (user)`: its first word and what stands in brackets are values."""
    side, _, rest = text.partition(" ")
    named, bracket, icr = rest.partition(" (")
    shown = f"{word('managed' if side in vocabulary('managed') else 'side', side, language)} {named}"
    return f"{shown} ({word('icr', icr.removesuffix(')'), language)})" if bracket else shown
