"""What explain_count() found, as a table: a row for each reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.anatomy.reconcile.explain import Explanation

COLUMNS = ["model", "seen", "explanation", "quantity", "count", "fit", "rules", "chance"]


def explanation_table(found: Explanation) -> pd.DataFrame:
    """A row for each way to count that gives the number, or for each file of that size; otherwise one that says no.

    `chance` is the share of the numbers nearby that the rules tried would give as well, 0 to 1: 0 for our own count.
    """
    import pandas as pd

    whose = {"model": found.model, "seen": found.seen.text}
    ways: list[dict[str, object]] = [
        {
            "explanation": match.sentence, "quantity": match.quantity, "count": match.value, "fit": match.fit,
            "rules": ", ".join(rule.name for rule in match.rules), "chance": round(match.chance, 6),
        }
        for match in found.matches
    ]  # fmt: skip
    files: list[dict[str, object]] = [{"explanation": reading.sentence} for reading in found.files]
    rows = [*ways, *files] or [{"explanation": found.sentence}]
    return pd.DataFrame([whose | row for row in rows], columns=COLUMNS).astype({"count": "Int64", "chance": "Float64"})
