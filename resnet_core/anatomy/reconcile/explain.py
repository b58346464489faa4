"""explain_count(): which counting rules give the number that someone read elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

from resnet_core.anatomy.papers.published import PUBLISHED_COUNTS, PublishedCount
from resnet_core.anatomy.reconcile.rules import Counting, CountingRule, rules_for
from resnet_core.anatomy.reconcile.seen import Fit, SeenCount, read_count
from resnet_core.models.catalogue import CATALOGUE, get_spec
from resnet_core.models.spec import ModelSpec

MOST_SHOWN = 5
_FIT_ORDER: tuple[Fit, ...] = ("exact", "rounded", "cut")
_FIT_WORDS = {"exact": "exactly", "rounded": "rounded", "cut": "cut off after the last digit shown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountMatch:
    """One way to count that gives the number.

    Attributes:
        quantity: "parameters", "MACs" or "FLOPs" (two for each MAC).
        value: the count, with every digit.
        fit: how the number seen stands to it.
        rules: differences from our own way to count, none where it is ours.
        differences: what each rule alone adds to our count.
    """

    quantity: str
    value: int
    fit: Fit
    rules: tuple[CountingRule, ...]
    differences: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """In words, e.g. "25,636,712 parameters exactly: Keras' total ... (+79,680)." """
        told = f"{self.value:,} {self.quantity} {_FIT_WORDS[self.fit]}"
        steps = [f"{rule.text} ({d:+,})" for rule, d in zip(self.rules, self.differences, strict=True)]
        return f"{told}: {'; '.join(steps) if steps else 'our own count'}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What stands behind a number.

    Attributes:
        model: name of the network it was said of.
        seen: the number.
        matches: ways to count that give it, simplest and most exact first; empty where none does.
        elsewhere: other variants of the catalogue whose own count it is; looked for where nothing matches.
    """

    model: str
    seen: SeenCount
    matches: tuple[CountMatch, ...]
    elsewhere: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The answer in words: the best match, or that there is none."""
        if self.matches:
            best = self.matches[0]
            misnamed = self.seen.unit == "FLOPs" and best.quantity == "MACs"
            return best.sentence + (" The source says FLOPs and counts multiply-adds." if misnamed else "")
        if self.elsewhere:
            return (
                f"No rule gives {self.seen.text} for {self.model}, but it is the count of {', '.join(self.elsewhere)}."
            )
        return (
            f"No rule that we know gives {self.seen.text} for {self.model}. Check the network's name, the number of "
            "classes and the picture size that it was said of."
        )


def explain_count(
    name_or_spec: str | ModelSpec, seen: int | str, *, input_size: tuple[int, int] | None = None
) -> Explanation:
    """Find which rules give a number: stride, biases, batch norm, classes, picture size, shortcuts, MACs or FLOPs.

    Rules are combined only as far as needed: the fewest that give the number win. Only where its digits are cut, not
    rounded, one rule more is tried for a better fit. A number with few digits is explained by fewer rules, because
    some combination always comes close.

    Args:
        name_or_spec: the network that the number was said of.
        seen: the number, e.g. 25_636_712, "25.6M" or "4.1 GFLOPs".
        input_size: (height, width) that it was said of; by default the spec's.

    Example:
        >>> explain_count("resnet50", "25,636,712").matches[0].rules[0].name
        'keras_defaults'

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: if `seen` holds no count.
    """
    spec = get_spec(name_or_spec) if isinstance(name_or_spec, str) else name_or_spec
    count = read_count(seen)
    size = input_size or spec.input_size
    ours, rules = Counting(spec, size), tuple(rules_for(spec, size))
    most = 3 if count.step == 1 else 2 if count.digits >= 3 else 1
    found: list[CountMatch] = []
    for number in range(most + 1):
        cut = tuple(found)  # a number that is only cut is tried with one rule more, for a better fit
        found += (m for m in _matches(ours, rules, number, count) if not (cut and m.fit == "cut"))
        if cut or any(match.fit != "cut" for match in found):
            break
    matches = sorted(found, key=lambda match: (_FIT_ORDER.index(match.fit), len(match.rules)))
    elsewhere = () if matches else tuple(_elsewhere(spec, count))
    return Explanation(model=spec.name, seen=count, matches=tuple(matches[:MOST_SHOWN]), elsewhere=elsewhere)


def _matches(ours: Counting, rules: tuple[CountingRule, ...], number: int, seen: SeenCount) -> Iterator[CountMatch]:
    for quantity in _quantities(seen):
        kind = "parameters" if quantity == "parameters" else "MACs"
        usable = [rule for rule in rules if kind in rule.counts]
        # Three rules on multiply-adds mean thousands of walks through the network: two are enough.
        for chosen in combinations(usable, number) if kind == "parameters" or number < 3 else ():
            if _compatible(chosen):
                value = _count(reduce(lambda c, rule: rule.apply(c), chosen, ours), quantity)
                fit = seen.fit(value)
                if fit:
                    base = _count(ours, quantity)
                    alone = tuple(_count(rule.apply(ours), quantity) - base for rule in chosen)
                    yield CountMatch(quantity=quantity, value=value, fit=fit, rules=chosen, differences=alone)


def _quantities(seen: SeenCount) -> tuple[str, ...]:
    """What the number may count; many say FLOPs and mean multiply-adds."""
    asked = {"parameters": ("parameters",), "MACs": ("MACs",), "FLOPs": ("FLOPs", "MACs")}
    return asked.get(seen.unit or "", ("parameters", "MACs", "FLOPs"))


def _compatible(rules: tuple[CountingRule, ...]) -> bool:
    return sum(len(rule.fields) for rule in rules) == len(frozenset().union(*(rule.fields for rule in rules)))


def _count(counting: Counting, quantity: str) -> int:
    return {"parameters": counting.parameters, "MACs": counting.macs, "FLOPs": counting.flops}[quantity]()


def _elsewhere(spec: ModelSpec, seen: SeenCount) -> Iterator[str]:
    for other in CATALOGUE.values():
        ours = Counting(other, other.input_size)
        if other.name != spec.name and any(seen.fit(_count(ours, quantity)) for quantity in _quantities(seen)):
            yield other.name


def explain_published() -> tuple[tuple[PublishedCount, Explanation | None], ...]:
    """Every count that the papers print, with what gives it; None where we do not have the network."""
    return tuple(
        (row, explain_count(row.variant, f"{row.text} {row.quantity}") if row.variant else None)
        for row in PUBLISHED_COUNTS
    )
