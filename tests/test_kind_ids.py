"""No code outside the registers knows a kind by its id: what it needs to know is an attribute of the kind.

So a newcomer adds a kind with the same attributes and gets the same treatment. Looked up in the syntax trees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from support import ROOT

from virgem.modules.estate import kinds

FOLDERS = ("modules", "network", "stacks", "inventories/plugins")
# The registers themselves, and the choice of what a new estate has: naming kinds is their point.
NAMES_KINDS = ("modules/estate/kinds/", "modules/estate/starter/")
# OpenStack's own words for its services and settings: no estate is known there, which a test holds.
KNOWS_NO_ESTATE = "modules/twin/openstack/"
# A key of the estate may name a kind as its example or default.
OF_A_KEY = ("example", "default")
# Ids that are also words of another meaning in the code. Such a word is found only where it meets a kind.
WORDS = {
    "backup": "the second link of a site, and a key of volumes and data sets",
    "counter": "a statement of nftables",
    "datacentre": "a place of routers, and a column of tables",
    "dns": "the names of a tenant, and their quota",
    "gateway": "a key of public addresses",
    "files": "a key of JSON documents",
    "identity": "a service of OpenStack",
    "management": "a tier of the cloud",
    "monitoring": "a role of hosts",
    "municipality": "the first key of a town's file",
    "radio": "a medium",
    "router": "a sort of entry in the lock, and a column of tables",
    "server": "a key of volumes and names",
    "servers": "a key of the cloud share",
    "supplier": "a column of the contracts",
    "switch": "what stands in a rack and does nothing in the cloud",
}
IDS = {kind: family for family in kinds.FAMILIES for kind in kinds.family(family)}


def faults(path: str, source: str) -> list[str]:
    """Every mention of a kind's id, with its line and the way out."""
    tree = ast.parse(source, path)
    met = set(meetings(tree))
    found = {(node.lineno, str(node.value)) for node in texts(tree) if node.value not in WORDS or node in met}
    return [
        f"{path}:{line}: {word!r} is the id of a kind ({IDS[word]}). Give that kind an attribute that says what is "
        "true of it, in modules/estate/kinds/types.py, and ask for that; or say in WORDS what else the word means"
        for line, word in sorted(found)
    ]


def texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the texts that are ids, but for examples and defaults of keys."""
    spared = {node for key in ast.walk(tree) if named(key, OF_A_KEY) for node in ast.walk(key)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in IDS and node not in spared:
            yield node


def named(node: ast.AST, names: tuple[str, ...]) -> bool:
    """Tell whether a node is an argument or an assignment of one of these names."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
    return isinstance(node, ast.keyword) and node.arg in names


def meetings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands against a kind: compared with one, looked up among them, made one."""
    for node in ast.walk(tree):
        for one, others in pairs(node):
            if "kind" in ast.unparse(one).lower():
                yield from (part for other in others for part in parts(other, tree))


def pairs(node: ast.AST) -> Iterator[tuple[ast.AST, list[ast.expr]]]:
    """Yield what a node holds against what."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        yield from ((side, [other for other in sides if other is not side]) for side in sides)
    elif isinstance(node, ast.Subscript):
        yield node.value, [node.slice]
    elif isinstance(node, ast.Call):
        yield node.func, node.args


def parts(node: ast.expr, tree: ast.AST) -> Iterator[ast.AST]:
    """Yield a literal and the items or keys in it, or in the one that a name of the file stands for."""
    if isinstance(node, ast.Name):
        named_so = (
            given.value for given in ast.walk(tree) if isinstance(given, ast.Assign) and named(given, (node.id,))
        )
        node = next(named_so, node)
    yield node
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        yield from (key for key in node.keys if key)


def sources() -> dict[str, str]:
    paths = (path.relative_to(ROOT) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    spared = (*NAMES_KINDS, KNOWS_NO_ESTATE)
    return {str(path): (ROOT / path).read_text("utf-8") for path in paths if not str(path).startswith(spared)}


def test_the_code_knows_no_kind_by_its_id() -> None:
    found = sources()
    assert len(found) > 100
    assert [fault for path, source in found.items() for fault in faults(path, source)] == []


def test_where_no_estate_is_known_none_is_read() -> None:
    found = list((ROOT / KNOWS_NO_ESTATE).rglob("*.py"))
    assert len(found) > 10
    assert [path for path in found if "virgem.modules.estate" in path.read_text("utf-8")] == []


def test_every_word_with_another_meaning_is_an_id_that_the_code_uses() -> None:
    assert set(WORDS) <= {node.value for source in sources().values() for node in texts(ast.parse(source))}


PLANTED = {
    "compared": 'zone.kind == "voip"',
    "in a tuple": 'entity.kind in ("police", "x")',
    "in a set elsewhere": 'SEPARATE = {"police"}',
    "a key": 'NAMES = {"pupils": "a school"}',
    "an argument": '_kind("", "proxy")',
    "looked up": 'zone_kinds()["voip"]',
    "matched": 'match kind:\n    case "4g":\n        pass',
    "a word, compared": 'zone.zone.kind == "management"',
    "a word, the other way round": '"dns" != service.kind',
    "a word in a tuple": 'kind.id in ("backup",)',
    "a word behind a name": 'MANAGEMENT = "management"\nx = zone.kind == MANAGEMENT',
    "a word behind a name of many": 'MANY = {"server": 1}\nx = device.kind not in MANY',
    "a word, looked up": 'device_kinds()["router"]',
    "a word, got": 'entity_kinds().get("municipality")',
    "a word, made a kind": 'ServiceKindName("dns")',
}
FINE = {
    "another word": 'zone.kind == "what"',
    "an attribute": "zone_kinds()[zone.kind].management",
    "a word of another meaning": 'town.items("servers")',
    "compared with something else": 'selector.tier == "management"',
    "an example": 'key("Zone kind.", example="cctv")',
    "a default": 'key("Link kind.", default=LinkKindName("own-fibre"))',
    "part of a longer text": '"a fire is put out"',
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_id_is_found(case: str) -> None:
    assert len(faults("network/x.py", PLANTED[case])) == 1


@pytest.mark.parametrize("case", FINE)
def test_what_is_no_id_of_a_kind_is_left_in_peace(case: str) -> None:
    assert faults("network/x.py", FINE[case]) == []
