"""BenchRow and Report: what a benchmark found, for people and for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

OURS = "resnet_core"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRow:
    """One engine under one setting.

    Attributes:
        engine: "resnet_core", or a peer's name.
        precision: "auto", "fp32", "bf16" or "fp16".
        batch: pictures at once.
        median_ms: of all repeats.
        images_per_s: None where no picture is classified.
        model: the network, where a report has several.
    """

    engine: str
    precision: str
    batch: int
    median_ms: float
    images_per_s: float | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The rows of one benchmark, in one run on one machine.

    Attributes:
        title: what was measured.
        rows: ours and the peers'.
        facts: other figures by name, with their unit in it, e.g. "p95_ms".
        resident_growth_mb: by engine, peak of resident memory above that after the imports; empty if not measured.
        notes: sentences on what could not be measured.
    """

    title: str
    rows: tuple[BenchRow, ...]
    facts: Mapping[str, float] = field(default_factory=dict)
    resident_growth_mb: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def times_faster(self, peer: BenchRow) -> float | None:
        """How many times longer a peer takes than we do for the same batch at the same precision."""
        setting = (OURS, peer.precision, peer.batch, peer.model)
        ours = (row for row in self.rows if (row.engine, row.precision, row.batch, row.model) == setting)
        return next((peer.median_ms / row.median_ms for row in ours), None)

    def to_frame(self) -> pd.DataFrame:
        """A row for each engine under each setting, with how many times longer it takes than ours."""
        import pandas as pd

        return pd.DataFrame([asdict(row) | {"times_ours": self.times_faster(row)} for row in self.rows])

    def to_json(self) -> str:
        """One object: machine, rows, other figures, and memory where it was measured."""
        found = {"machine": describe_machine(), "rows": [asdict(row) for row in self.rows], "facts": dict(self.facts)}
        return json.dumps(found | {"resident_growth_mb": dict(self.resident_growth_mb), "notes": self.notes}, indent=1)


def describe_machine() -> dict[str, str | int | None]:
    """Processor, cores and versions: without them a duration says little."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "torchvision")},
    }
