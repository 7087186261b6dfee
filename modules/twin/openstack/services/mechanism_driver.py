"""Neutron's mechanism driver of a cloud without a datapath: it reports what an agent would when all is plugged."""

from __future__ import annotations

from typing import Any

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import events, registry, resources
from neutron_lib.plugins import constants as plugin_constants
from neutron_lib.plugins import directory
from neutron_lib.plugins.ml2 import api


class NoDatapathDriver(api.MechanismDriver):  # type: ignore[misc]
    """Binds every port to the first segment that can be bound, and says that it is active."""

    def initialize(self) -> None:
        """Listen for floating addresses: the agent of a router would report those."""
        for event in (events.AFTER_CREATE, events.AFTER_UPDATE):
            registry.subscribe(self._floating_address, resources.FLOATING_IP, event)

    @property
    def connectivity(self) -> str:
        """Say what a bound port would give."""
        return str(portbindings.CONNECTIVITY_L2)

    def bind_port(self, context: Any) -> None:
        """Bind a port as an Open vSwitch agent would."""
        details = {portbindings.CAP_PORT_FILTER: True, portbindings.OVS_HYBRID_PLUG: False}
        for segment in context.segments_to_bind[:1]:
            context.set_binding(
                segment[api.ID], portbindings.VIF_TYPE_OVS, details, status=constants.PORT_STATUS_ACTIVE
            )

    def create_port_postcommit(self, context: Any) -> None:
        """Report a router's new port."""
        self._network_port(context)

    def update_port_postcommit(self, context: Any) -> None:
        """Report a router's changed port."""
        self._network_port(context)

    def _network_port(self, context: Any) -> None:
        port = context.current
        is_network = port["device_owner"].startswith(constants.DEVICE_OWNER_NETWORK_PREFIX)
        if is_network and port["status"] != constants.PORT_STATUS_ACTIVE:
            directory.get_plugin().update_port_status(context._plugin_context, port["id"], constants.PORT_STATUS_ACTIVE)

    @staticmethod
    def _floating_address(resource: object, event: object, trigger: object, payload: Any) -> None:
        routers = directory.get_plugin(plugin_constants.L3)
        context = payload.context.elevated()
        found = routers.get_floatingip(context, payload.resource_id)
        used = bool(found.get("port_id"))
        wanted = constants.FLOATINGIP_STATUS_ACTIVE if used else constants.FLOATINGIP_STATUS_DOWN
        if found["status"] != wanted:
            routers.update_floatingip_status(context, found["id"], wanted)
