"""How Compare's table looks: what differs stands on a tinted ground."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import resnet_core as rc
from pages.network.columns import as_read
from resnet_core.anatomy.counting.signs import with_minus

if TYPE_CHECKING:
    import pandas as pd

# A word in a column's name -> what must differ for its cells to be tinted.
DIFFERS_IN = {
    "differs in": {"size", "channels", "blocks", "shortcuts", "parameters", "MACs", "missing"},
    "output": {"size", "channels", "missing"},
    "params": {"parameters", "missing"},
    "MACs": {"MACs", "missing"},
}


def comparison_look(comparison: pd.DataFrame, theme: str) -> dict[str, Any]:
    """`comparison_table` for st.dataframe: differences tinted, thousands separated, equal outputs once."""
    tint = f"background-color: {rc.figures.palette(theme)['residual']}2E"

    def tints(row: pd.Series[Any]) -> list[str]:
        why = set(row["differs in"].split(", "))
        causes = [set().union(*(causes for word, causes in DIFFERS_IN.items() if word in name)) for name in row.index]
        return [tint if why & cause else "" for cause in causes]

    comparison = as_read(comparison)
    counts = [str(name) for name, kind in comparison.dtypes.items() if str(kind) == "Int64"]
    numbers: dict[Any, str | Callable[[object], str] | None] = {
        name: _signed if name.startswith("added") else "{:,}".format for name in counts
    }
    left, right = (str(name) for name in comparison if str(name).startswith("output, "))
    same = comparison[left].equals(comparison[right])
    return {
        "data": comparison.style.apply(tints, axis=1).format(numbers, na_rep=""),
        "column_order": [name for name in comparison if not (same and name == right)],
        "column_config": {left: "output"} if same else None,
    }


def _signed(count: Any) -> str:
    return with_minus(f"{count:+,}") if count else "0"
