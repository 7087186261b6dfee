"""virgem export: what the estate says, in the form that another tool takes."""

from __future__ import annotations

import argparse

from virgem.modules import files
from virgem.modules.cli.console import Console, counted
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import DONE, Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("kolla",), help="kolla: inventory and settings for Kolla-Ansible")
    add_estate(parser)
    add_output(parser, "the folder `kolla`")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.cloud.kolla import kolla_files

    ready = prepared_estate(args, out)
    made = kolla_files(ready.estate)
    folder = output_folder(args, ready.estate) / args.what
    written = files.write_tree(folder, made)
    out.say(f"{folder}: {counted(written.touched, 'file')} written, {written.unchanged} unchanged.")
    out.document("Export", {"folder": str(folder), "files": sorted(made), "written": written.touched})
    return DONE


VERB = Verb(
    name="export",
    help="write what another tool needs to do its part: the hosts of the datacentres for Kolla-Ansible",
    arguments=_arguments,
    run=_run,
    example="virgem export kolla inventories/zuid-west-vlaanderen -o build/zuid-west-vlaanderen",
)
