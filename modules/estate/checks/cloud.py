"""Tenants of the cloud: servers, volumes, names, load balancers and the data they hold."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, lacks
from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.estate.model import (
    CloudShare,
    DataSet,
    LoadBalancer,
    Municipality,
    Server,
    SharedService,
    Volume,
)
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.sizes import IMAGES, SIZES

_CRITICAL = 3
_KEY_CLASS = 4


def _shares(facts: Facts) -> Iterator[tuple[Municipality, CloudShare]]:
    return ((town, town.cloud) for town in facts.estate.municipalities if town.cloud)


def _volumes(facts: Facts) -> Iterator[tuple[Volume, DataSet | None]]:
    """Yield every volume with the data set it holds."""
    for _, share in _shares(facts):
        datasets = {dataset.path: dataset for dataset in share.datasets}
        for volume in share.volumes:
            yield volume, datasets.get(volume.dataset or "")


def _highest(dataset: DataSet) -> int:
    return max(dataset.confidentiality, dataset.integrity, dataset.availability)


@check("E711")
def volume_has_a_server_to_attach_to(facts: Facts) -> Iterator[Finding]:
    for volume, _ in _volumes(facts):
        server = facts.servers.get(volume.server or "")
        if server and server.count == 0:
            message = f"volume {volume.path} is attached to {server.id}, of which there are 0"
            related = (server.origin.at("count"),)
            yield Finding(volume.origin.at("server"), message, "set `count: 1`", volume.path, related)


@check("W712")
def volume_is_of_one_server(facts: Facts) -> Iterator[Notice]:
    for volume, _ in _volumes(facts):
        server = facts.servers.get(volume.server or "")
        if server and server.count > 1:
            yield Notice(
                volume.origin.at("server"),
                {"volume": volume.path, "server": server.id, "count": server.count},
                volume.path,
                (server.origin.at("count"),),
            )


@check("E713")
def confidential_data_are_encrypted(facts: Facts) -> Iterator[Finding]:
    for volume, dataset in _volumes(facts):
        if dataset and dataset.confidentiality >= _CRITICAL and not volume.encrypted:
            message = (
                f"volume {volume.path} holds {dataset.id} of confidentiality {dataset.confidentiality}, unencrypted"
            )
            yield Finding(volume.origin.at("encrypted"), message, "add `encrypted: true`", volume.path)


@check("E714")
def important_data_are_backed_up(facts: Facts) -> Iterator[Finding]:
    for volume, dataset in _volumes(facts):
        grade = max(dataset.integrity, dataset.availability) if dataset else 0
        if dataset and grade >= _CRITICAL and not volume.backup:
            message = f"volume {volume.path} holds {dataset.id} of integrity or availability {grade}, without backup"
            yield Finding(volume.origin.at("backup"), message, "add `backup: true`", volume.path)


@check("W715", missing_from=("cloud",))
def data_set_lies_somewhere(facts: Facts) -> Iterator[Notice]:
    held = {volume.dataset for volume, _ in _volumes(facts)}
    for _, share in _shares(facts):
        for dataset in share.datasets:
            if dataset.path not in held:
                yield Notice(dataset.origin.at(), {"dataset": dataset.path}, dataset.path)


@check("E717")
def name_points_to_one_thing(facts: Facts) -> Iterator[Finding]:
    for _, share in _shares(facts):
        for name in share.dns:
            targets = [key for key in ("server", "load_balancer", "alias") if not lacks(name, key)]
            if len(targets) != 1:
                written = " and ".join(key.replace("_", "-") for key in targets)
                message = f"DNS name {name.id} points to {written or 'nothing'}"
                place = name.origin.at(targets[-1].replace("_", "-") if targets else "")
                yield Finding(place, message, "name one: server, load-balancer or alias", name.id)


@check("W720", missing_from=("cloud",))
def load_balancer_has_servers_to_choose_from(facts: Facts) -> Iterator[Notice]:
    for town, share in _shares(facts):
        for balancer in share.load_balancers:
            servers = [facts.servers[server] for server in balancer.servers if server in facts.servers]
            total = sum(server.count for server in servers)
            if total < 2:
                path = f"{town.id}/{balancer.id}"
                yield Notice(balancer.origin.at("servers"), {"balancer": path, "count": total}, path)


@check("E721")
def load_balancer_listens_alone(facts: Facts) -> Iterator[Finding]:
    for town, share in _shares(facts):
        seen: dict[object, LoadBalancer] = {}
        for balancer in share.load_balancers:
            first = seen.setdefault((frozenset(balancer.servers), balancer.port), balancer)
            if first is not balancer:
                path = f"{town.id}/{balancer.id}"
                message = f"load balancer {path} spreads port {balancer.port} over the same servers as {first.id}"
                yield Finding(balancer.origin.at("port"), message, "keep one of the two", path, (first.origin.at(),))


@check("E722")
def balanced_servers_offer_the_port(facts: Facts) -> Iterator[Finding]:
    for town, share in _shares(facts):
        for balancer in share.load_balancers:
            port = balancer.server_port or balancer.port
            for server in (facts.servers[path] for path in balancer.servers if path in facts.servers):
                if server.serves and port not in server.serves:
                    offers = ", ".join(map(str, server.serves))
                    path = f"{town.id}/{balancer.id}"
                    message = f"load balancer {path} sends to port {port} of {server.id}, which offers {offers}"
                    place = balancer.origin.at("server-port" if balancer.server_port else "port")
                    yield Finding(place, message, f"add `server-port: {server.serves[0]}`", path)


@check("W723", missing_from=("services", "flows", "sites"))
def shared_service_is_used(facts: Facts) -> Iterator[Notice]:
    used: set[str] = {service for town in facts.estate.municipalities for service in town.services}
    used.update(service for _, zone in facts.zones for service in zone_kinds()[zone.kind].services)
    used.update(service.id for _, *ends in facts.flows for end in ends for service in end.services)
    for service in facts.estate.services:
        if facts.written(service) and service.id not in used and service.kind not in used:
            yield Notice(service.origin.at(), {"service": service.id}, service.id)


@check("E724")
def sizes_are_offered(facts: Facts) -> Iterator[Finding]:
    servers: list[Server | SharedService] = [*facts.servers.values(), *facts.estate.services]
    for server in servers:
        if server.flavor not in SIZES:
            path = server.path if isinstance(server, Server) else server.id
            message = f"there is no server size {server.flavor}"
            yield Finding(server.origin.at("flavor"), message, f"choose one of {', '.join(SIZES)}", path)


@check("E725")
def images_are_offered(facts: Facts) -> Iterator[Finding]:
    for server in facts.servers.values():
        if server.image not in IMAGES:
            message = f"there is no image {server.image}"
            yield Finding(server.origin.at("image"), message, f"choose one of {', '.join(IMAGES)}", server.path)


@check("W726")
def personal_data_have_an_owner(facts: Facts) -> Iterator[Notice]:
    for _, share in _shares(facts):
        for dataset in share.datasets:
            if dataset.personal and lacks(dataset, "owner"):
                yield Notice(dataset.origin.at("personal"), {"dataset": dataset.path}, dataset.path)


@check("W727")
def critical_servers_are_not_alone(facts: Facts) -> Iterator[Notice]:
    for service in facts.estate.services:
        if "servers" in service.origin.keys and service.servers < 2 and service.classification >= _CRITICAL:
            yield Notice(
                service.origin.at("servers"),
                {"service": service.id, "level": service.classification, "count": service.servers},
                service.id,
            )


@check("W728")
def key_of_secret_data_is_named(facts: Facts) -> Iterator[Notice]:
    for _, share in _shares(facts):
        for dataset in share.datasets:
            if dataset.confidentiality >= _KEY_CLASS and lacks(dataset, "secret"):
                yield Notice(
                    dataset.origin.at("confidentiality"),
                    {"dataset": dataset.path, "level": dataset.confidentiality},
                    dataset.path,
                )


@check("E729")
def data_stay_out_of_the_dmz(facts: Facts) -> Iterator[Finding]:
    for volume, dataset in _volumes(facts):
        server = facts.servers.get(volume.server or "")
        if server and dataset and server.tier is Tier.DMZ and dataset.confidentiality >= _CRITICAL:
            message = f"volume {volume.path} puts {dataset.id} of confidentiality {dataset.confidentiality} in the DMZ"
            hint = f"attach it to a server of tier data; {server.id} reaches it through an application"
            yield Finding(volume.origin.at("server"), message, hint, volume.path, (server.origin.at("tier"),))


@check("W730")
def server_is_as_high_as_its_data(facts: Facts) -> Iterator[Notice]:
    for volume, dataset in _volumes(facts):
        server = facts.servers.get(volume.server or "")
        if server and dataset and server.classification < _highest(dataset):
            yield Notice(
                server.origin.at("class"),
                {
                    "server": server.path,
                    "level": server.classification,
                    "dataset": dataset.id,
                    "wanted": _highest(dataset),
                },
                server.path,
                (volume.origin.at("dataset"),),
            )


@check("E731", missing_from=("datacentres", "sites"))
def tenant_has_a_datacentre(facts: Facts) -> Iterator[Finding]:
    for town, share in _shares(facts):
        if not facts.estate.datacentres:
            message = f"{town.name} has a share of the cloud, but the estate has no datacentre"
            yield Finding(share.origin.at(), message, "add `datacentres` to estate.yaml", town.id)


@check("W732")
def names_lead_to_the_front(facts: Facts) -> Iterator[Notice]:
    for _, share in _shares(facts):
        for name in share.dns:
            server = facts.servers.get(name.server or "")
            if server and server.tier in (Tier.DATA, Tier.MANAGEMENT):
                yield Notice(
                    name.origin.at("server"), {"name": name.id, "server": server.path, "tier": server.tier}, name.id
                )


@check("E735")
def load_balancer_is_before_its_own_servers(facts: Facts) -> Iterator[Finding]:
    for town, share in _shares(facts):
        own = {server.path for server in share.servers}
        for balancer in share.load_balancers:
            path, foreign = f"{town.id}/{balancer.id}", [name for name in balancer.servers if name not in own]
            hint = f"name servers of {town.id}"
            if foreign:
                message = f"load balancer {path} sends to {', '.join(foreign)}, in another tenant"
                yield Finding(balancer.origin.at("servers"), message, hint, path)
            elif not balancer.servers:
                yield Finding(balancer.origin.at("servers"), f"load balancer {path} names no server", hint, path)
