"""The command that writes the static pages: site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resnet_core.atomic import check_folder
from resnet_core.cli.printing import print_note
from resnet_core.notation import megabytes


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(site)


def site(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write, made where it is missing.")],
    single_file: Annotated[
        bool, typer.Option("--single-file", help="One HTML file a topic, which opens without a server.")
    ] = False,
) -> None:
    """Write the explainer as static pages: no server, no account, nothing leaves the visitor's device.

    The folder can be served by any web server (GitHub Pages, a course's web space). With --single-file each topic
    is one file, for a USB stick, a shared folder or a course system.

    Examples:

        python -m resnet_core site public

        python -m resnet_core site handout --single-file
    """
    check_folder(out)

    from resnet_core.site.build import write_site

    paths = write_site(out, single_file=single_file)
    size = sum(path.stat().st_size for path in paths)
    print(f"{out}: {len(paths)} files, {megabytes(size)}")
    opened = f"open {out / 'index.html'} in a browser" if single_file else f"python -m http.server --directory {out}"
    print_note(f"To look at it: {opened}")
