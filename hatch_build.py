"""Puts schedule.toml into a standard wheel, and only there.

An editable install reads the checkout's own file; a copy beside the code would go stale.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShipTheSchedule(BuildHookInterface[Any]):
    """Adds the practice's schedule to the wheel as ``booking/schedule.toml``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the extra file unless the build is an editable install."""
        if version == "standard":
            build_data["force_include"]["schedule.toml"] = "booking/schedule.toml"
