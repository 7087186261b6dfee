"""References from one object of the estate to another, and the kinds it may name."""

from virgem.modules.estate.scalars import Kind, Ref


class OwnerRef(Ref):
    """An owner: a role, never a person."""

    __slots__ = ()
    what, target = "an owner", "owners"


class MunicipalityRef(Ref):
    """A municipality, by the short name of its file or by its NIS code."""

    __slots__ = ()
    what, target = "a municipality", "municipalities"


class EntityRef(Ref):
    """An entity, `municipality/entity`."""

    __slots__ = ()
    what, target, local = "an entity", "entities", True


class SiteRef(Ref):
    """A site, `municipality/site`."""

    __slots__ = ()
    what, target, local = "a site", "sites", True


class DatacentreRef(Ref):
    """A datacentre."""

    __slots__ = ()
    what, target = "a datacentre", "datacentres"


class PopRef(Ref):
    """A point of presence of the fibre plan."""

    __slots__ = ()
    what, target = "a point of presence", "pops"


class DuctRef(Ref):
    """A duct of the fibre plan."""

    __slots__ = ()
    what, target = "a duct", "ducts"


class CableRef(Ref):
    """A cable of the fibre plan."""

    __slots__ = ()
    what, target = "a cable", "cables"


class SpanRef(Ref):
    """A span of the fibre plan."""

    __slots__ = ()
    what, target = "a span", "spans"


class QuotaRef(Ref):
    """A quota class."""

    __slots__ = ()
    what, target = "a quota class", "quotas"


class ServiceRef(Ref):
    """A shared service of the catalogue."""

    __slots__ = ()
    what, target = "a shared service", "services"


class ServerRef(Ref):
    """A server of a tenant, `municipality/server`."""

    __slots__ = ()
    what, target, local = "a server", "servers", True


class DataSetRef(Ref):
    """A data set of a tenant, `municipality/data-set`."""

    __slots__ = ()
    what, target, local = "a data set", "datasets", True


class ContractRef(Ref):
    """A frame contract."""

    __slots__ = ()
    what, target = "a frame contract", "contracts"


class ItemRef(Ref):
    """A catalogue item, `contract/item`."""

    __slots__ = ()
    what, target = "a catalogue item", "items"


class ProfileRef(Ref):
    """A device profile."""

    __slots__ = ()
    what, target = "a device profile", "profiles"


class OrderRef(Ref):
    """An order, `municipality/order`."""

    __slots__ = ()
    what, target, local = "an order", "orders", True


class RingRef(Ref):
    """A roll-out ring."""

    __slots__ = ()
    what, target = "a ring", "rings"


class ZoneKindName(Kind):
    """A zone kind."""

    __slots__ = ()
    what, family = "a zone kind", "zones"


class LinkKindName(Kind):
    """A link kind."""

    __slots__ = ()
    what, family = "a link kind", "links"


class SiteKindName(Kind):
    """A site kind."""

    __slots__ = ()
    what, family = "a site kind", "sites"


class DeviceKindName(Kind):
    """A device kind."""

    __slots__ = ()
    what, family = "a device kind", "devices"


class ServiceKindName(Kind):
    """A kind of shared service."""

    __slots__ = ()
    what, family = "a kind of shared service", "services"


class EntityKindName(Kind):
    """An entity kind."""

    __slots__ = ()
    what, family = "an entity kind", "entities"


class UpstreamKindName(Kind):
    """A kind of upstream network."""

    __slots__ = ()
    what, family = "a kind of upstream network", "upstreams"
