"""The picture beside each question, as SVG: before the answer what may be seen, after it what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import resnet_core as rc
from pages.lesson.numbers import EARLY, Points, lesion_costs, lesson_runs, numbers, recorded, ticket
from resnet_core.figures.svg import Drawing
from resnet_core.figures.training.lines import Kind, Line, lines_drawing

Draw = Callable[[bool, str], str]
NAMES: dict[str, tuple[str, Kind]] = {
    "plain": ("plain", "plain"), "residual": ("residual", "residual"), "copy": ("copy", "copy"),
}  # fmt: skip
PAIR = ("plain", "residual")
RACE_Y = "wrong answers on new digits"


def picture(key: str, shown: bool, theme: str) -> str:
    """The drawing of a step.

    Args:
        key: of the step.
        shown: whether the answer is.
        theme: a name of `figures.theme.THEMES`.
    """
    return _PICTURES[key](shown, theme)


def race_picture(arms: Mapping[str, Points], last: float, theme: str) -> Drawing:
    """Wrong answers of each arm, [step, percent], of a race that has `last` steps."""
    lines = [Line(name=NAMES[arm][0], kind=NAMES[arm][1], points=points) for arm, points in arms.items()]
    return lines_drawing(lines, theme, x="training step", y=RACE_Y, last=last)


def _new_pictures(shown: bool, theme: str) -> str:
    """Test errors of two plain networks; the answer is a word, so it adds nothing."""
    lines = [_training(f"plain{depth}", f"{depth} layers", test=True) for depth in (20, 56)]
    return lines_drawing(lines, theme, x="passes over the data", y="errors on new pictures", last=_passes())


def _degradation(shown: bool, theme: str) -> str:
    """Training errors, the first passes and then all; the residual ones come with the answer."""
    until = _passes() if shown else EARLY
    lines = [_training(f"plain{depth}", f"plain {depth}", until) for depth in (20, 56)]
    if shown:
        lines += [_training(f"resnet{depth}", f"residual {depth}", until) for depth in (20, 56)]
    y = "errors on the pictures they train on"
    return lines_drawing(lines, theme, x="passes over the data", y=y, last=_passes())


def _race(name: str, *racing: str) -> Draw:
    def draw(shown: bool, theme: str) -> str:
        arms = {arm: recorded()["races"][name][arm] for arm in racing}
        last = max(points[-1][0] for points in arms.values())
        return race_picture(arms if shown else {}, last, theme)

    return draw


def _forgetting(shown: bool, theme: str) -> str:
    found = recorded()["forgetting"]
    until = len(found["plain"]) if shown else 3
    kinds = ("plain", "residual") if shown else ("plain",)
    lines = [_blocks(*NAMES[kind], found[kind][:until]) for kind in kinds]
    y = "digits that can't be read any more"
    return lines_drawing(lines, theme, x="block", y=y, last=len(found["plain"]), decimals=0)


def _blocks_beside(shown: bool, theme: str) -> str:
    return rc.figures.blocks_drawing(theme)


def _split(shown: bool, theme: str) -> str:
    if not shown:
        return _blocks_beside(shown, theme)
    found = recorded()["shares"]["cifar_resnet56"]
    line = _blocks("56 layers", "residual", [100 * share for share in found])
    return lines_drawing([line], theme, x="block", y="gradient through the shortcut", last=len(found), decimals=0)


def _lesions(shown: bool, theme: str) -> str:
    costs = lesion_costs()
    lines = [_blocks("wrong more", "residual", costs)] if shown else []
    y = "wrong answers more, without one block"
    return lines_drawing(lines, theme, x="the block taken out", y=y, last=len(costs), top=16)


def _bottleneck(shown: bool, theme: str) -> str:
    return rc.figures.stack_drawing(rc.compare_bottleneck(), "bottleneck" if shown else "basic", theme)


def _ticket(shown: bool, theme: str) -> str:
    _, call = ticket()
    size, _, rest = numbers()["ticket_how"].partition(", ")
    how = (f"{numbers()['ticket_filters']} filters {size}", rest)
    return rc.figures.shapes_drawing(call.input_shape[1:], call.output_shape[1:], how, theme, told=shown)


def _training(name: str, words: str, until: int | None = None, *, test: bool = False) -> Line:
    epochs = lesson_runs()[name].epochs[:until]
    points = [(e.epoch, 100 * (e.validation_error if test else e.train_error)) for e in epochs]
    kind: Kind = "plain" if name.startswith("plain") else "residual"
    return Line(name=words, kind=kind, points=points, thin="20" in name)


def _blocks(name: str, kind: Kind, values: Sequence[float]) -> Line:
    return Line(name=name, kind=kind, points=list(enumerate(values, 1)))


def _passes() -> int:
    return len(lesson_runs()["plain56"].epochs)


_PICTURES: dict[str, Draw] = {
    "start": _new_pictures, "degradation": _degradation, "race": _race("deep", *PAIR),
    "shallow": _race("shallow", *PAIR),
    "forgetting": _forgetting, "detached": _blocks_beside, "split": _split,
    "copy": _race("deep", "plain", "copy", "residual"),
    "lesions": _lesions, "price": _blocks_beside, "bottleneck": _bottleneck, "ticket": _ticket,
}  # fmt: skip
