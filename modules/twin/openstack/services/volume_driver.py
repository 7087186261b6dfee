"""Cinder's driver of volumes without bytes: every operation succeeds at once."""

from __future__ import annotations

from typing import Any

from cinder.volume import driver

_GIGABYTES = 1_000_000


class NoBytesDriver(driver.VolumeDriver):  # type: ignore[misc]
    """Keeps nothing; cinder's database is all there is of a volume."""

    VERSION = "1"
    CI_WIKI_NAME = "none"

    def _update_volume_stats(self) -> None:
        name = self.configuration.safe_get("volume_backend_name") or "nothing"
        pool = {
            "pool_name": name,
            "total_capacity_gb": _GIGABYTES,
            "free_capacity_gb": _GIGABYTES,
            "reserved_percentage": 0,
            "provisioned_capacity_gb": 0,
            "max_over_subscription_ratio": 20.0,
            "thin_provisioning_support": True,
            "thick_provisioning_support": True,
            "QoS_support": True,
            "multiattach": True,
            "online_extend_support": True,
            "location_info": "none",
            "filter_function": None,
            "goodness_function": None,
        }
        about = {"volume_backend_name": name, "vendor_name": "none", "driver_version": "1", "storage_protocol": "iSCSI"}
        self._stats = {**about, "pools": [pool]}

    def clone_image(self, *_: Any) -> tuple[dict[str, Any], bool]:
        """Say that the image was cloned: there is nothing to copy."""
        return {}, True

    def retype(self, *_: Any) -> bool:
        """Say that the volume has its new type."""
        return True

    def manage_existing(self, *_: Any) -> dict[str, Any]:
        """Take over a volume as it is."""
        return {}

    def manage_existing_get_size(self, *_: Any) -> int:
        """Say how large a volume of others is."""
        return 1

    def initialize_connection(self, volume: Any, connector: Any, **_: Any) -> dict[str, Any]:
        """Describe where a server would find the volume."""
        data = {
            "volume_id": volume["id"],
            "target_discovered": False,
            "target_portal": "127.0.0.1:3260",
            "target_iqn": f"iqn.2010-10.org.openstack:{volume['id']}",
            "target_lun": 1,
            "access_mode": "rw",
        }
        return {"driver_volume_type": "iscsi", "data": data}

    def do_setup(self, *_: Any) -> None:
        """Need nothing."""

    # What is left to say nothing to: with no bytes there is nothing to do.
    check_for_setup_error = do_setup
    create_volume = create_volume_from_snapshot = create_cloned_volume = delete_volume = extend_volume = do_setup
    create_snapshot = delete_snapshot = revert_to_snapshot = copy_image_to_volume = unmanage = do_setup
    ensure_export = create_export = remove_export = do_setup

    def terminate_connection(self, volume: Any, connector: Any, **_: Any) -> None:
        """Have nothing to let go of."""
