"""Starts the engine's program for the Automation API so that an interrupt reaches it once, and from here only."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from virgem.modules.cloud.engine import locks

OnOutput = Callable[[str], object]
_ANSWERS = (["stack", "export"], ["stack", "output"])


class Command(PulumiCommand):
    """The engine's program at a path, of a version that is known already: it is not asked again."""

    def __init__(self, path: Path, version: str, log: IO[str], marks: Path | None = None) -> None:
        """Let `marks` be the folder of the marks of engines at work on a state that others share, see locks."""
        self.command = str(path)
        self.version = VersionInfo.parse(version)
        self._log, self._stopped, self._marks = log, False, marks
        self._running: subprocess.Popen[str] | None = None

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run one command of the engine; raises CommandError when it fails.

        A lock that an engine of this machine left in a shared state when it was killed is taken away.
        """
        result = self._run(args, cwd, additional_env)
        if self._marks and (holders := locks.holders(result.stderr)):
            if all(locks.was_left(holder, self._marks) for holder in holders):
                self._run(["cancel", "--yes", "--stack", args[args.index("--stack") + 1]], cwd, additional_env)
                result = self._run(args, cwd, additional_env)
            if holders := locks.holders(result.stderr):
                result = CommandResult(stdout="", stderr=locks.told(holders), code=result.code)
        if result.code:
            raise create_command_error(result)
        return result

    def _run(self, args: list[str], cwd: str, additional_env: Mapping[str, str]) -> CommandResult:
        words = [self.command, *(() if "--non-interactive" in args else ("--non-interactive",)), *args]
        if self._stopped:
            raise create_command_error(CommandResult(stdout="", stderr="interrupted before it began", code=130))
        with subprocess.Popen(
            words,
            cwd=cwd,
            env=_environment(additional_env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # A terminal's interrupt would reach it beside ours, and the second one stops it hard.
            start_new_session=True,
        ) as self._running:
            with locks.marked(self._marks, self._running.pid):
                output, errors = self._running.communicate()
            code = self._running.returncode
        self._running = None
        errors = _without_passwords(errors, additional_env.get("PULUMI_BACKEND_URL", ""))
        # What is asked of a stack may be a secret.
        told = "" if args[:2] in _ANSWERS else output
        self._log.write(f"{' '.join(args[:2])}: {code}\n{told}{errors}")
        self._log.flush()
        return CommandResult(stdout=output, stderr=errors, code=code)

    def interrupt(self) -> None:
        """Have the running command end cleanly: what was begun is finished, nothing more is begun."""
        self._stopped = True
        if self._running is not None:
            with suppress(OSError):
                self._running.send_signal(signal.SIGINT)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return the engine's environment; a passphrase that is set and empty is none, where the engine would take it."""
    told = {**os.environ, **more, "PULUMI_AUTOMATION_API": "true"}
    return {name: value for name, value in told.items() if value or name != "PULUMI_CONFIG_PASSPHRASE"}


def _without_passwords(text: str, url: str) -> str:
    """Return what the engine said without the password of the store's URL, which it tells when it cannot enter."""
    told = urlsplit(url)
    for password in filter(None, (told.password, *parse_qs(told.query).get("password", ()))):
        for form in (password, unquote(password)):
            text = text.replace(form, "****")
    return text
