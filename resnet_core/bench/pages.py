"""bench_pages(): how long the server works on each page, first and after a change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from statistics import median

from resnet_core.bench.measure import ROOT
from resnet_core.bench.report import BenchRow, Report
from resnet_core.errors import InvalidSpecError, require


def bench_pages(repeats: int = 7, while_racing: bool = False, pages: Sequence[str] = ()) -> Report:
    """Run pages' scripts in a process of their own and report the median duration of a warm change.

    Args:
        pages: their names, as their files'; all of them if left out.
        while_racing: measure each change a second time while the default race trains in the same process.

    Raises:
        InvalidSpecError: for less than one repeat or no such page, or where the app is not beside this package.
    """
    if repeats < 1:
        raise InvalidSpecError(f"repeats={repeats} does not work: measure at least once.")
    if not (ROOT / "pages" / "_bench.py").is_file():
        raise InvalidSpecError(f"There is no app in {ROOT}: its pages are measured in a checkout of the project.")
    for page in pages:
        known = sorted(path.stem for path in (ROOT / "pages").glob("[!_]*.py"))
        require(page in known, "page", page, f"one of {', '.join(known)}")
    command = (sys.executable, "-m", "pages._bench", str(repeats), *(["racing"] if while_racing else []), *pages)
    quiet = os.environ | {"RESNET_WARM_UP": "off"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=quiet)
    if done.returncode:
        raise InvalidSpecError(f"The pages could not be measured: {done.stderr.strip().splitlines()[-1]}")
    times = json.loads(done.stdout.splitlines()[-1])
    kinds = {"first visit": "first_ms", "a change, warm": "change_ms", "a change while a race runs": "racing_ms"}
    rows = [
        BenchRow(engine=f"{page}, {name}", precision="auto", batch=1, median_ms=values[key])
        for page, values in times.items()
        for name, key in kinds.items()
        if key in values
    ]
    growth = {
        page: values["racing_ms"] / values["change_ms"] for page, values in times.items() if "racing_ms" in values
    }
    facts = {f"{page}_times_as_long_while_racing": round(ratio, 2) for page, ratio in growth.items()}
    if growth:
        facts["median_times_as_long_while_racing"] = round(median(growth.values()), 2)
    return Report(title="Server time of each page, without the browser", rows=tuple(rows), facts=facts)
