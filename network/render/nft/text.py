"""Small pieces of nftables text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from virgem.network.model import Selector

FAMILIES = ("v4", "v6")
HEAD = {"v4": "ip", "v6": "ip6"}
TYPE = {"v4": "ipv4_addr", "v6": "ipv6_addr"}
ECHO = {"v4": "icmp type echo-request", "v6": "icmpv6 type echo-request"}
_UNSAFE = re.compile(r'[^ -~]|["\\]')
_LONGEST_COMMENT = 120  # nftables takes at most 128 bytes


def comment(text: str) -> str:
    """Return a quoted comment: one line, no quote, no backslash, within nftables' limit."""
    return f'comment "{_UNSAFE.sub("_", text)[:_LONGEST_COMMENT]}"'


def set_name(selector: Selector, family: str) -> str:
    """Return the name of the set that holds one side of a rule, `v4.zone.in_kortrijk.voip`: what is any is left out.

    Labels with an underscore, which no identifier has, keep apart what would read alike.
    """
    labels = (("in_", selector.site or selector.town), ("", selector.name), ("icr_", selector.icr))
    parts = [label + value for label, value in (*labels, ("kind_", selector.kind)) if value]
    parts += [f"of_{path.rpartition('/')[2]}" for path in selector.entities] + (
        ["desks_only"] if selector.desks else []
    )
    parts += [f"managed_by_{selector.manager}"] if selector.manager else []
    return ".".join((family, selector.side, *parts))


def named_set(name: str, type_: str, elements: Sequence[str], flags: str = "interval") -> list[str]:
    """Return a named set; without elements it matches nothing."""
    lines = [f"  set {name} {{", f"    type {type_}"]
    lines += [f"    flags {flags}"] if flags else []
    lines += [f"    elements = {{ {', '.join(elements)} }}"] if elements else []
    return [*lines, "  }"]


def interfaces(name: str, ports: Iterable[str]) -> list[str]:
    """Return a named set of interfaces."""
    return named_set(name, "ifname", [f'"{port}"' for port in ports], "")


def chain(name: str, rules: Iterable[str], hook: str = "") -> list[str]:
    """Return a chain; `hook` makes it a base chain."""
    head = [f"    {hook}"] if hook else []
    return [f"  chain {name} {{", *head, *(f"    {rule}" for rule in rules), "  }"]


@lru_cache(maxsize=1024)
def matches(ports: tuple[str, ...], family: str) -> list[str]:
    """Return the transport matches of a rule's ports: `tcp/443`, `udp/10000-20000`, `icmp`, `any`."""
    if "any" in ports:
        return [""]
    found = []
    for protocol in ("tcp", "udp"):
        ranges = [port.partition("/")[2] for port in ports if port.partition("/")[0] == protocol]
        if ranges:
            found.append(f"{protocol} dport {_ports(ranges)} " if all(ranges) else f"meta l4proto {protocol} ")
    return [*found, *([f"{ECHO[family]} "] if "icmp" in ports else [])]


def _ports(ranges: Sequence[str]) -> str:
    """Return ranges as one value or set; nftables refuses those that overlap, so they are joined."""
    spans = sorted(
        (int(r.partition("-")[0]), int(r.partition("-")[2] or r)) if "-" in r else (int(r), int(r)) for r in ranges
    )
    joined = [spans[0]]
    for first, last in spans[1:]:
        if first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    words = [str(first) if first == last else f"{first}-{last}" for first, last in joined]
    return words[0] if len(words) == 1 else f"{{ {', '.join(words)} }}"
