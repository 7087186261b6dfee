"""Every reference of an estate is looked up; what leads nowhere is told once and taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from virgem.modules.estate import kinds
from virgem.modules.estate.csv_text import Wrong
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model.refs import ItemRef
from virgem.modules.estate.public import PublicMunicipality, merged_into, municipalities, municipality
from virgem.modules.estate.raw import Raw, Use
from virgem.modules.estate.scalars import Endpoint, Ref, ScalarError, show
from virgem.modules.estate.strays import MUNICIPALITIES
from virgem.modules.estate.values import Context, nearest

# The collections of the estate that references point into; those of the fibre plan and of contracts lie deeper.
_TOP = ("owners", "datacentres", "quotas", "services", "upstreams", "contracts", "profiles", "rings")
_FIBRE = ("pops", "ducts", "cables", "spans")
_TOWN = ("entities", "sites", "orders")
_CLOUD = ("servers", "load_balancers", "datasets")


@dataclass(slots=True)
class Unread:
    """What could not be read, so that references into it are not called wrong: a file's mistake is told once."""

    operator: bool = False
    towns: set[str] = field(default_factory=set)
    any_town: bool = False

    def hides(self, target: str, name: str) -> bool:
        """Whether an object that was not found may stand in a file that could not be read."""
        if target == "municipalities":
            return self.any_town or name in self.towns
        if target in (*_TOWN, *_CLOUD):
            return self.any_town or name.partition("/")[0] in self.towns
        return self.operator


@dataclass(frozen=True, slots=True)
class Index:
    """Every object by collection and canonical name, each with the objects it is part of."""

    found: Mapping[str, Mapping[str, tuple[Raw, ...]]]
    towns_by_nis: Mapping[str, str]
    # The collections (with their owner, "" for the operator) that hold a name which was refused.
    misnamed: frozenset[tuple[str, str]] = frozenset()

    def whole(self, target: str, name: str) -> bool:
        """Whether an object is there and no part of the way to it is broken."""
        chain = self.found[target].get(name)
        return chain is not None and not any(raw.broken for raw in chain)

    def unclear(self, target: str, name: str) -> bool:
        """Whether an object that was not found may be the one whose own name was refused."""
        return (target, _owner(target, name)) in self.misnamed

    def lacks_town(self, cls: type[Ref], name: str) -> str:
        """Return the municipality a name leads into when it is a real one that the estate has no file of, else ""."""
        town = name.partition("/")[0] if cls.local or cls.target == "municipalities" else ""
        return self.without_file(town)

    def without_file(self, town: str) -> str:
        """Return the short name of a municipality that is real but not in the estate, "" for any other."""
        public = _public(town) if town and town not in self.found["municipalities"] else None
        return public.id if public is not None and merged_into(town) is None else ""

    def canonical(self, cls: type[Ref], text: str) -> str:
        """Return a name with the municipality's NIS code replaced by its short name."""
        if cls.target == "municipalities" or cls.local:
            head, slash, rest = text.partition("/")
            return f"{self.towns_by_nis.get(head, head)}{slash}{rest}"
        return text


def index(estate: Raw, towns: Mapping[str, Raw]) -> Index:
    """Return the index of an estate; `towns` by their id."""
    found: dict[str, dict[str, tuple[Raw, ...]]] = {name: _by_id(estate, name) for name in _TOP}
    fibre = estate.get("fibre")
    found |= {name: _by_id(fibre, name) if isinstance(fibre, Raw) else {} for name in _FIBRE}
    found["items"] = {
        f"{contract.values['id']}/{item.values['id']}": (contract, item)
        for contract in estate.items("contracts")
        for item in contract.items("items")
    }
    found["municipalities"] = {name: (town,) for name, town in towns.items()}
    found |= {name: {} for name in (*_TOWN, *_CLOUD)}
    for town_id, town in towns.items():
        _index_town(found, town_id, town)
    by_nis = {str(town.values["nis"]): name for name, town in towns.items() if "nis" in town.values}
    return Index(found, by_nis, _misnamed(found))


def _misnamed(found: Mapping[str, Mapping[str, tuple[Raw, ...]]]) -> frozenset[tuple[str, str]]:
    names = ((target, path, chain[-1]) for target, chains in found.items() for path, chain in chains.items())
    return frozenset((target, _owner(target, path)) for target, path, raw in names if is_misnamed(raw))


def is_misnamed(raw: Raw) -> bool:
    """Whether the key of an object is no name: it stands there as the text it is."""
    return type(raw.get("id")) is str


def _owner(target: str, path: str) -> str:
    return path.partition("/")[0] if target in (*_TOWN, *_CLOUD, "items") else ""


def _by_id(owner: Raw, name: str) -> dict[str, tuple[Raw, ...]]:
    return {str(raw.values["id"]): (raw,) for raw in owner.items(name)}


def _index_town(found: dict[str, dict[str, tuple[Raw, ...]]], town_id: str, town: Raw) -> None:
    for name in _TOWN:
        found[name].update({f"{town_id}/{raw.values['id']}": (town, raw) for raw in town.items(name)})
    if isinstance(cloud := town.get("cloud"), Raw):
        for name in _CLOUD:
            found[name].update({f"{town_id}/{raw.values['id']}": (town, cloud, raw) for raw in cloud.items(name)})


def entities_used(uses: Iterable[Use]) -> set[str]:
    """Return the entities that the text refers to, as `municipality/entity`."""
    return {str(use.value) for use in uses if isinstance(use.value, Ref) and use.value.target == "entities"}


def services_used(uses: Iterable[Use]) -> set[str]:
    """Return the names of shared services that the text refers to."""
    found = set()
    for use in uses:
        if isinstance(use.value, Endpoint) and use.value.where == "shared":
            found.add(use.value.what_there)
        elif isinstance(use.value, Ref) and use.value.target == "services":
            found.add(str(use.value))
    return found


def resolve(uses: Iterable[Use], where: Index, unread: Unread, ctx: Context) -> None:
    """Look up every reference: make it canonical, tell those that lead nowhere, take out those that lead to a wreck."""
    left: list[Use] = []
    lost: list[Use] = []
    for use in uses:
        if not isinstance(use.value, Ref):
            continue
        now = _canonical(use, where, ctx)
        if now is not None and _is_known(now, where, unread, ctx, lost):
            left.append(now)
    _tell_lost(lost, where, ctx)
    _drop_wrecks(left, where)


def _canonical(use: Use, where: Index, ctx: Context) -> Use | None:
    value: Any = use.current
    value = value if value is not None else use.value
    cls = type(value)
    name = where.canonical(cls, str(value))
    if cls.local and "/" not in name:
        hint = _namesakes(where, cls.target, name) or "write municipality/name"
        ctx.report("E309", use.mark, f"{show(name)} does not say which municipality's", hint)
        use.drop()
        return None
    if cls.target == "items" and "/" not in name:
        use.drop()  # its order or contract is missing, and that was told
        return None
    return use.replace(cls(name)) if name != use.value else use


def _namesakes(where: Index, target: str, name: str) -> str:
    """Return the hint with all objects of that name, whoever's, else those with one like it; "" for none."""
    paths = list(where.found[target])
    same = [path for path in paths if path.endswith(f"/{name}")]
    if not same:
        alike = nearest(name, {path.rpartition("/")[2] for path in paths})
        same = [path for path in paths if alike and path.endswith(f"/{alike}")]
    more = f" or one of {len(same) - 4} more" if len(same) > 4 else ""
    return f"did you mean {' or '.join(same[:4])}{more}?" if same else ""


def _is_known(use: Use, where: Index, unread: Unread, ctx: Context, lost: list[Use]) -> bool:
    """Whether a reference leads somewhere; what is lost is taken out and, unless it was told, noted."""
    value = use.value
    if value in where.found[value.target]:
        return True
    if not (unread.hides(value.target, str(value)) or where.unclear(value.target, str(value))):
        if town := where.lacks_town(type(value), str(value)):
            ctx.miss(town, use.mark)
        else:
            lost.append(use)
    use.drop()
    return False


def _tell_lost(lost: Iterable[Use], where: Index, ctx: Context) -> None:
    """Tell each reference that leads nowhere; what is the operator's and lost for several towns, once for all."""
    alike: dict[tuple[str, str], list[Use]] = {}
    for use in lost:
        alike.setdefault((use.value.target, str(use.value)), []).append(use)
    for uses in alike.values():
        first = min(uses, key=lambda use: use.mark)
        towns = {use.raw.scope for use in uses} - {""}
        together = len(towns) > 1 and first.value.target in _TOP
        for use in [first] if together else uses:
            message, hint = _unknown(use.value, use.raw.scope, where, ctx)
            said = f"{message}, but {len(towns)} municipalities name it" if together else message
            ctx.report("E301", use.mark, said, hint)


def _unknown(value: Ref, scope: str, where: Index, ctx: Context) -> tuple[str, str]:
    """Return the message and the hint for a reference that leads nowhere, in the words it was written in."""
    head, slash, rest = str(value).partition("/")
    if slash and (value.local or value.target == "items"):
        owners = "contracts" if value.target == "items" else "municipalities"
        if head not in where.found[owners]:
            fallback = _town_hint(head) if owners == "municipalities" else ""
            hint = ctx.like(head, where.found[owners], fallback or f"the estate has no {head}")
            return f"{value.what} named {show(value)} does not exist", hint
        near = [name.partition("/")[2] for name in where.found[value.target] if name.startswith(f"{head}/")]
        fallback = f"{head} has {_some(near)}" if near else f"{head} has none"
        if head == scope:
            return f"{value.what} named {show(rest)} does not exist in {head}", ctx.like(rest, near, fallback)
        return f"{value.what} named {show(value)} does not exist", ctx.like(rest, near, fallback, f"{head}/")
    options = [*where.found[value.target], *(kinds.service_kinds() if value.target == "services" else ())]
    fallback = f"there are: {_some(options)}" if options else "the estate has none"
    if value.target == "municipalities":
        fallback = _town_hint(head) or fallback
    return f"{value.what} named {show(value)} does not exist", ctx.like(str(value), options, fallback)


def _town_hint(name: str) -> str:
    """Return what the public register knows about a municipality that the estate does not have."""
    if (now := merged_into(name)) is not None:
        return f"it merged into {now.name}, {now.nis}"
    public = _public(name)
    return f"{public.name} has no file in municipalities/" if public is not None else ""


def _public(name: str) -> PublicMunicipality | None:
    """Return the public record of a municipality by NIS code or short name."""
    return municipality(name) or next((town for town in municipalities().values() if town.id == name), None)


def tell_missing(ctx: Context) -> None:
    """Tell each municipality that is named but has no file, once, however many references lead into it."""
    for town, (mark, count) in ctx.missing.items():
        public = _public(town)
        assert public is not None
        more = f", and in {count - 1:,} more place{'s' if count > 2 else ''}" if count > 1 else ""
        message = f"{public.name} has no file in {MUNICIPALITIES}/, but is named here{more}"
        hint = f"add {MUNICIPALITIES}/{public.nis}-{public.id}.yaml, or name another municipality"
        ctx.report("E317", mark, message, hint)


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")


def _drop_wrecks(uses: list[Use], where: Index) -> None:
    """Take out references to broken objects, again until no more objects break by it."""
    while True:
        left = [use for use in uses if where.whole(use.value.target, str(use.value))]
        if len(left) == len(uses):
            return
        whole = {id(use) for use in left}
        for use in uses:
            if id(use) not in whole:
                use.drop()
        uses = left


def name_items(estate: Raw, towns: Iterable[Raw]) -> None:
    """Write the contract before items that are named without it: that of the order, or of the order delivered."""
    for town in towns:
        contracts = {str(order.values["id"]): order.get("contract") for order in town.items("orders")}
        for order in town.items("orders"):
            _name_lines(order, order.get("contract"))
        for delivery in town.items("deliveries"):
            order_id = str(delivery.get("order") or "").rpartition("/")[2]
            _name_lines(delivery, contracts.get(order_id))


def _name_lines(owner: Raw, contract: Any) -> None:
    for line in owner.items("lines"):
        item = line.get("item")
        if item is not None and contract is not None and "/" not in item:
            line.values["item"] = type(item)(f"{contract}/{item}")


def check_ends(uses: Iterable[Use], estate: Raw, where: Index, unread: Unread, ctx: Context) -> None:
    """Look up both ends of every flow; needs the zones of all sites filled in."""
    places: _Places | None = None
    for use in uses:
        if not isinstance(use.value, Endpoint):
            continue
        places = places or _Places(where, unread)
        end = _with_town_name(use, where)
        if end is None or not places.has(end.value, use, ctx):
            use.drop()


def _with_town_name(use: Use, where: Index) -> Use | None:
    end: Endpoint = use.value
    head, slash, rest = end.where.partition("/")
    town = where.towns_by_nis.get(head)
    if town is None:
        return use
    try:
        return use.replace(Endpoint(f"{town}{slash}{rest}:{end.what_there}"))
    except ScalarError:
        return None


# What people write for the places that are no municipality.
_TENANT_WORDS = ("tenant", "municipality", "town", "gemeente")
_PLACE_WORDS = {
    **dict.fromkeys(("gedeeld", "gedeelde", "service", "services", "dienst", "diensten"), "shared"),
    **dict.fromkeys(("extern", "external", "network", "netwerk"), "upstream"),
}


class _Places:
    """What an end of a flow may name, by where it stands."""

    def __init__(self, where: Index, unread: Unread) -> None:
        self.where, self.unread = where, unread
        self.zones: dict[str, set[str]] = {}
        # The places with a zone whose name was refused.
        self.unclear: set[str] = set()
        self.words = {"*", *kinds.zone_kinds(), *(str(icr) for icr in Icr)}

    def has(self, end: Endpoint, use: Use, ctx: Context) -> bool:
        """Whether the end is there; tells what is wrong otherwise."""
        if end.where in ("shared", "upstream"):
            return self._listed(end, {"shared": "services", "upstream": "upstreams"}[end.where], use, ctx)
        if end.where == "*":
            return self._named(end, self.words | self._zones(""), use, ctx)
        target = "sites" if "/" in end.where else "municipalities"
        if end.where not in self.where.found[target]:
            if self.unread.hides(target, end.where) or self.where.unclear(target, end.where):
                return False
            if town := self.where.without_file(end.where.partition("/")[0]):
                ctx.miss(town, use.mark)
            else:
                what = "a site" if target == "sites" else "a municipality"
                ctx.report(
                    "E308", use.mark, f"{what} named {show(end.where)} does not exist", self._meant(end, target, ctx)
                )
            return False
        return self._named(end, self._within(end.where), use, ctx)

    def _meant(self, end: Endpoint, target: str, ctx: Context) -> str:
        """Return the hint for an end of an unknown place: another word for one, the name that is like it, or all."""
        head, _, rest = end.what_there.partition("/")
        if end.where in _TENANT_WORDS and rest and head in self.where.found["municipalities"]:
            return f"did you mean {head}:{rest}?"
        if (word := _PLACE_WORDS.get(end.where)) is not None:
            return f"did you mean {word}:{end.what_there}?"
        towns = _some(self.where.found["municipalities"])
        otherwise = _town_hint(end.where.partition("/")[0]) or f"write shared:, upstream:, *: or one of {towns}"
        return ctx.like(end.where, [*self.where.found[target], "shared", "upstream"], otherwise)

    def _listed(self, end: Endpoint, target: str, use: Use, ctx: Context) -> bool:
        known = self.where.found[target]
        if end.what_there in ("*", *known) or self.unread.operator:
            return True
        what = "a shared service" if target == "services" else "an upstream network"
        hint = ctx.like(end.what_there, known, f"there are: {_some(known)}")
        ctx.report("E308", use.mark, f"{what} named {show(end.what_there)} does not exist", hint)
        return False

    def _named(self, end: Endpoint, names: set[str], use: Use, ctx: Context) -> bool:
        if end.what_there in names or (end.where == "*" and self.unread.any_town):
            return True
        if end.where in self.unclear:
            return False
        hint = ctx.like(end.what_there, names, f"{end.where} has {_some(sorted(names - {'*'}))}")
        place = "any municipality" if end.where == "*" else end.where
        ctx.report("E308", use.mark, f"{show(end.what_there)} is not in {place}", hint)
        return False

    def _within(self, where: str) -> set[str]:
        names = {"*"} | self._zones(where)
        if "/" not in where:
            kinds_ = ("servers", "load_balancers")
            found = (name for kind in kinds_ for name in self.where.found[kind])
            names |= {name.partition("/")[2] for name in found if name.startswith(f"{where}/")}
        return names

    def _zones(self, where: str) -> set[str]:
        """Return the names, kinds and ICR kinds of the zones of a site, of a town, or ("") of all."""
        if not self.zones:
            for path, (*_, site) in self.where.found["sites"].items():
                names = _zone_names(site)
                places = ("", path, path.partition("/")[0])
                for place in places:
                    self.zones.setdefault(place, set()).update(names)
                if any(map(is_misnamed, site.items("zones"))):
                    self.unclear.update(("*", *places))
        return self.zones.get(where, set())


def _zone_names(site: Raw) -> set[str]:
    found: set[str] = set()
    for zone in site.items("zones"):
        found.add(str(zone.values["id"]))
        if (kind := kinds.zone_kinds().get(str(zone.get("kind")))) is not None:
            found |= {kind.id, str(kind.icr)}
    return found


@dataclass(frozen=True, slots=True)
class DeviceFinder:
    """Looks up the names in rows of devices; the sites have their zones by now."""

    where: Index
    unread: Unread
    ctx: Context

    def find(self, ref: Ref) -> str | Wrong:
        """Return the canonical name of a reference."""
        name = self.where.canonical(type(ref), str(ref))
        if self.where.whole(ref.target, name):
            return name
        if name in self.where.found[ref.target] or self.unread.hides(ref.target, name):
            return _SILENT
        if self.where.unclear(ref.target, name):
            return _SILENT
        if town := self.where.lacks_town(type(ref), name):
            return Wrong("E317", town, "", town)
        if ref.local and "/" not in name:
            return Wrong("E309", f"{show(name)} does not say which municipality's", self._same(ref.target, name))
        message, hint = _unknown(type(ref)(name), "", self.where, self.ctx)
        return Wrong("E301", message, self._without_site(name) if ref.target == "sites" else hint)

    def _without_site(self, name: str) -> str:
        """Return the hint for a site that is not there: most often it was closed and its devices were forgotten."""
        town, _, site = name.partition("/")
        near = [path.partition("/")[2] for path in self.where.found["sites"] if path.startswith(f"{town}/")]
        alike = nearest(site, near, _SLIP)
        out = "take its rows out of this file, or give them the site where the devices are now"
        return f"did you mean {town}/{alike}? else {out}" if alike else out

    def item(self, item: str, order: str) -> str | Wrong:
        """Return `contract/item` for an item that may stand without its contract."""
        if "/" not in item:
            chain = self.where.found["orders"].get(order)
            contract = chain[-1].get("contract") if chain else None
            if contract is None:
                return Wrong("E315", f"{show(item)} does not say which contract's", self._same("items", item))
            item = f"{contract}/{item}"
        return self.find(ItemRef(item))

    def zone(self, site: str, zone: str) -> str | Wrong:
        """Return the name of a zone that the site has."""
        chain = self.where.found["sites"].get(site, ())
        names = [str(raw.values["id"]) for raw in chain[-1].items("zones")] if chain else []
        if zone in names:
            return zone
        if chain and any(map(is_misnamed, chain[-1].items("zones"))):
            return _SILENT
        hint = self.ctx.like(zone, names, f"it has {_some(names)}")
        return Wrong("E310", f"{site} has no zone {show(zone)}", hint)

    def _same(self, target: str, name: str) -> str:
        owner = "contract" if target == "items" else "municipality"
        return _namesakes(self.where, target, name) or f"write {owner}/name"


# Sites of a kind have names that are much alike (plein-kaai, plein-molen): only this close it is a slip of the pen.
_SLIP = 0.8
_SILENT = Wrong("", "", "")


def check_names(estate: Raw, towns: Iterable[Raw], ctx: Context) -> None:
    """Look up names that count within their owner: the lot of an item, the load balancer of a DNS name."""
    for contract in estate.items("contracts"):
        _check_inner(contract, "items", "lot", "lots", ctx)
    for centre in estate.items("datacentres"):
        _check_inner(centre, "racks", "room", "rooms", ctx)
    for town in towns:
        if isinstance(cloud := town.get("cloud"), Raw):
            _check_inner(cloud, "dns", "load_balancer", "load_balancers", ctx)


def _check_inner(owner: Raw, name: str, field_name: str, among: str, ctx: Context) -> None:
    known = [str(raw.values["id"]) for raw in owner.items(among)]
    for raw in owner.items(name):
        value = raw.get(field_name)
        if value is None or value in known:
            continue
        what = raw.plan.by_name[field_name].key
        hint = ctx.like(
            value, known, f"there are: {_some(known)}" if known else f"write it under {owner.plan.by_name[among].key}"
        )
        ctx.report("E310", raw.origin.at(field_name), f"{what} {show(value)} is not described", hint)
        raw.values.pop(field_name)
