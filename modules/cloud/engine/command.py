"""Starts the engine's program for the Automation API so that an interrupt reaches it once, and from here only."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

OnOutput = Callable[[str], object]
_ANSWERS = (["stack", "export"], ["stack", "output"])


class Command(PulumiCommand):
    """The engine's program at a path, of a version that is known already: it is not asked again."""

    def __init__(self, path: Path, version: str, log: IO[str]) -> None:
        self.command = str(path)
        self.version = VersionInfo.parse(version)
        self._log, self._stopped = log, False
        self._running: subprocess.Popen[str] | None = None

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run one command of the engine; raises CommandError when it fails."""
        words = [self.command, *(() if "--non-interactive" in args else ("--non-interactive",)), *args]
        if self._stopped:
            raise create_command_error(CommandResult(stdout="", stderr="interrupted before it began", code=130))
        with subprocess.Popen(
            words,
            cwd=cwd,
            env={**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # A terminal's interrupt would reach it beside ours, and the second one stops it hard.
            start_new_session=True,
        ) as self._running:
            output, errors = self._running.communicate()
            code = self._running.returncode
        self._running = None
        # What is asked of a stack may be a secret.
        told = "" if args[:2] in _ANSWERS else output
        self._log.write(f"{' '.join(args[:2])}: {code}\n{told}{errors}")
        self._log.flush()
        result = CommandResult(stdout=output, stderr=errors, code=code)
        if code:
            raise create_command_error(result)
        return result

    def interrupt(self) -> None:
        """Have the running command end cleanly: what was begun is finished, nothing more is begun."""
        self._stopped = True
        if self._running is not None:
            with suppress(OSError):
                self._running.send_signal(signal.SIGINT)
