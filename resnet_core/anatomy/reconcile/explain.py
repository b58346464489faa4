"""explain_count(): which counting rules give the number that someone read elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from typing import NamedTuple

from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.anatomy.papers.published import PUBLISHED_COUNTS, PublishedCount
from resnet_core.anatomy.reconcile.chance import Chance, chance_words
from resnet_core.anatomy.reconcile.file_size import FileReading, file_readings
from resnet_core.anatomy.reconcile.rules import Counting, CountingRule, rules_for
from resnet_core.anatomy.reconcile.seen import FILE_UNITS, Fit, SeenCount, read_count
from resnet_core.models.catalogue import CATALOGUE, find_spec
from resnet_core.models.spec import ModelSpec

MOST_SHOWN, MOST_RULES, MOST_RULES_ON_MACS = 5, 3, 2  # three rules on multiply-adds would mean thousands of walks
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
        chance: share of the numbers nearby that the rules tried would give as well, 0 to 1; 0 for our own count.
    """

    quantity: str
    value: int
    fit: Fit
    rules: tuple[CountingRule, ...]
    differences: tuple[int, ...]
    chance: float = 0.0

    @property
    def sentence(self) -> str:
        """In words, e.g. "25,636,712 parameters exactly: Keras' total ... (+79,680)." """
        told = f"{self.value:,} {self.quantity} {_FIT_WORDS[self.fit]}"
        steps = [
            f"{rule.text} ({with_minus(f'{d:+,}')})" if d else rule.text
            for rule, d in zip(self.rules, self.differences, strict=True)
        ]
        return f"{told}: {'; '.join(steps) if steps else 'our own count'}."

    @property
    def strength(self) -> str:
        """How likely chance would have given it, in words; empty for our own count."""
        return chance_words(self.chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What stands behind a number.

    Attributes:
        model: name of the network it was said of.
        seen: the number.
        matches: ways to count that give it: the plain reading alone where that fits, otherwise the fewest rules.
        files: what has that size on a disk, for a number in MB.
        elsewhere: other variants of the catalogue whose own count it is; looked for where nothing matches.
    """

    model: str
    seen: SeenCount
    matches: tuple[CountMatch, ...]
    files: tuple[FileReading, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The answer in words: the best match and its strength, or that there is none."""
        if self.matches:
            best = self.matches[0]
            misnamed = self.seen.unit == "FLOPs" and best.quantity == "MACs"
            said = "The source says FLOPs and counts multiply-adds." if misnamed else ""
            return " ".join(filter(None, (best.sentence, said, best.strength)))
        if self.files:
            return self.files[0].sentence
        if self.elsewhere:
            whose = ", ".join(self.elsewhere)
            near = f"it is the count of {whose}" if self.seen.digits > 3 else f"{whose} would be counted like that"
            return f"No rule of ours gives {self.seen.text} for {self.model}, but {near}."
        return (
            f"No rule of ours gives {self.seen.text} for {self.model}. Check the network's name, the number of "
            "classes and the picture size that it was said of."
        )

    @property
    def others(self) -> str:
        """How the further matches, which are as strong as the first one, are to be announced; empty without any."""
        if len(self.matches) < 2:
            return ""
        return "It could also be, by the same chance:" if self.matches[0].chance else "It could also be:"


def explain_count(
    name_or_spec: str | ModelSpec, seen: int | str, *, input_size: tuple[int, int] | None = None
) -> Explanation:
    """Find which rules give a number: stride, biases, batch norm, classes, picture size, shortcuts, MACs or FLOPs.

    The plain reading comes first: our own count, rounded or cut. Otherwise rules are combined only as far as needed,
    the fewest that give the number win, and no more are tried than would explain one number in twenty by chance.

    Args:
        name_or_spec: the network that the number was said of; a name may be written as papers do, "ResNet-50".
        seen: the number, e.g. 25_636_712, "25.6M", "4.1 GFLOPs" or, of a file, "97.8 MB".
        input_size: (height, width) that it was said of; by default the spec's.

    Example:
        >>> explain_count("resnet50", "25,636,712").matches[0].rules[0].name
        'keras_defaults'

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: if `seen` holds no count.
    """
    spec = find_spec(name_or_spec) if isinstance(name_or_spec, str) else name_or_spec
    count = read_count(seen)
    size = input_size or spec.input_size
    ours = Counting(spec, size)
    if count.unit in FILE_UNITS:
        return Explanation(model=spec.name, seen=count, matches=(), files=tuple(file_readings(ours, count)))
    rules = tuple(rules_for(spec, size))
    matches = _plain_readings(ours, rules, count) or _fewest_rules(ours, rules, count)
    elsewhere = () if matches else tuple(_elsewhere(spec, count))
    return Explanation(model=spec.name, seen=count, matches=tuple(matches[:MOST_SHOWN]), elsewhere=elsewhere)


class Way(NamedTuple):
    """One way to count, what it gives, and the number seen in that way's units."""

    quantity: str
    rules: tuple[CountingRule, ...]
    value: int
    seen: SeenCount

    @property
    def last_digits(self) -> int:
        """The count in steps of the last digit that was printed."""
        return round(self.value / self.seen.step)


def _plain_readings(ours: Counting, rules: tuple[CountingRule, ...], seen: SeenCount) -> list[CountMatch]:
    """Our own count, or else that of the twin of the same name, where the number is one of them rounded or cut."""
    own = [match for way in _ways(ours, (), seen) if (match := _match(ours, way))]
    twins = [way for rule in rules if rule.twin for way in _ways(ours, (rule,), seen)]
    tried = Chance(seen)
    for way in twins:
        tried.count(way.last_digits)
    return own or [replace(match, chance=tried.share) for way in twins if (match := _match(ours, way))]


def _fewest_rules(ours: Counting, rules: tuple[CountingRule, ...], seen: SeenCount) -> list[CountMatch]:
    """Ways with one rule; with two where none of these gives the number, and so on until chance would."""
    tried = Chance(seen)
    for number in range(1, MOST_RULES + 1):
        found: list[CountMatch] = []
        for way in _combinations(ours, rules, number, seen):
            if not tried.admits(way.last_digits):
                break
            tried.count(way.last_digits)
            found += [match] if (match := _match(ours, way)) else []
        else:
            if not found:
                continue
        return [replace(match, chance=tried.share) for match in found]
    return []


def _combinations(ours: Counting, rules: tuple[CountingRule, ...], number: int, seen: SeenCount) -> Iterator[Way]:
    telling = [rule for rule in rules if _tells(ours, rule, seen)]
    if number > 1:  # at another size all counts are others: too many come close to something
        telling = [rule for rule in telling if "size" not in rule.fields or rule.spec]
    for chosen in combinations(telling, number):
        if _compatible(chosen):
            yield from _ways(ours, chosen, seen)


def _tells(ours: Counting, rule: CountingRule, seen: SeenCount) -> bool:
    """Whether a number of this precision can show the rule at work."""
    if "of_1024" in rule.counting:
        return seen.thousands > 1
    pairs = zip(_ways(ours, (rule,), seen), _ways(ours, (), seen, rule.counts), strict=False)
    return any(abs(changed.value - own.value) >= seen.step for changed, own in pairs)


def _ways(
    ours: Counting, rules: tuple[CountingRule, ...], seen: SeenCount, kinds: tuple[str, ...] = ("parameters", "MACs")
) -> Iterator[Way]:
    """What these rules together give, for each quantity that the number may be and that all of them can change."""
    counting = reduce(lambda c, rule: rule.apply(c), rules, ours)
    for quantity in _quantities(seen):
        kind = "parameters" if quantity == "parameters" else "MACs"
        fits = kind in kinds and all(kind in rule.counts for rule in rules)
        fits &= quantity != "FLOPs" or counting.printed_macs is None
        if fits and (kind == "parameters" or len(rules) <= MOST_RULES_ON_MACS):
            shown = seen.of_1024 if counting.of_1024 else seen
            yield Way(quantity, rules, _count(counting, quantity), shown)


def _match(ours: Counting, way: Way) -> CountMatch | None:
    """The way as an answer, if it gives the number; to cut it as well is plausible of plain networks only."""
    fit = way.seen.fit(way.value)
    if fit is None or (fit == "cut" and not all(rule.twin and rule.spec for rule in way.rules)):
        return None
    base = _count(ours, way.quantity)
    alone = tuple(_count(rule.apply(ours), way.quantity) - base for rule in way.rules)
    return CountMatch(quantity=way.quantity, value=way.value, fit=fit, rules=way.rules, differences=alone)


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
