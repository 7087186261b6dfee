"""OpenTofu with the Terraform provider for OpenStack, both built from their Go modules, run as a person would."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live import built

_HERE = Path(__file__).parent
_NAME = "terraform-provider-openstack"
_SOURCES = "github.com/opentofu/opentofu/cmd/tofu", f"github.com/{_NAME}/{_NAME}/v3"
# The provider is the one that was built: nothing is fetched, so there is nothing to initialise.
_SETTINGS = """\
disable_checkpoint = true
provider_installation {{
  dev_overrides {{ "{name}/openstack" = "{folder}" }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tofu:
    """The program, the folder of one configuration with its state, and the variables with which it is run."""

    program: Path
    folder: Path
    variables: Mapping[str, str]

    def write(self, document: Mapping[str, Any]) -> None:
        """Write the configuration."""
        (self.folder / "main.tf.json").write_text(json.dumps(document, indent=1))

    def command(self, *words: str) -> Sequence[str | Path]:
        """Return one of its commands, to be run in any folder."""
        verb, *more = words
        return [self.program, f"-chdir={self.folder}", verb, "-no-color", *more]

    def run(self, *words: str, codes: Sequence[int] = (0,)) -> str:
        """Run it to its end and return what it told."""
        environment = {**os.environ, **self.variables}
        done = subprocess.run(self.command(*words), env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in codes, done.stderr[-3000:] + done.stdout[-3000:]
        return done.stdout


def tofu(folder: Path, access: Mapping[str, str]) -> Tofu:
    """Build both programs where they are not there yet; `access` are the OS_* variables of the operator."""
    provider = built.program(_HERE / _NAME, _SOURCES[1], "the Terraform provider for OpenStack")
    program = built.program(_HERE / "tofu", _SOURCES[0], "OpenTofu")
    plugins, work = folder / "plugins", folder / "configuration"
    for one in (plugins, work):
        one.mkdir(parents=True)
    (plugins / _NAME).symlink_to(provider)
    settings = folder / "tofu.rc"
    settings.write_text(_SETTINGS.format(name=_NAME, folder=plugins))
    return Tofu(program=program, folder=work, variables={**access, "TF_CLI_CONFIG_FILE": str(settings)})
