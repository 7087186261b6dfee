"""An Ansible callback that writes one JSON line for each task result, for tests to read."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Write each task result as a JSON line to the file named by VIRGEM_RECORD
description: Write each task result as a JSON line to the file named by VIRGEM_RECORD.
"""


class CallbackModule(CallbackBase):
    """Record host, task, outcome and whether a difference was shown."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, "unreachable")

    def _write(self, result: Any, outcome: str) -> None:
        line = {
            "host": result._host.get_name(),
            "task": result._task.get_name(),
            "outcome": outcome,
            "diff": _shows_difference(result._result),
            "message": str(result._result.get("msg", "")),
        }
        with open(os.environ["VIRGEM_RECORD"], "a", encoding="utf-8") as record:
            record.write(json.dumps(line) + "\n")


def _shows_difference(result: dict[str, Any]) -> bool:
    parts = [result, *(part for part in result.get("results", ()) if isinstance(part, dict))]
    return any(part.get("diff") for part in parts)
