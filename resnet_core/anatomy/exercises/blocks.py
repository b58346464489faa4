"""Questions about one block: the bottleneck's arithmetic, and what an addition gives at one place."""

from __future__ import annotations

from resnet_core.anatomy.exercises.exercise import Exercise, known_mistakes
from resnet_core.anatomy.tables.bottleneck import BottleneckComparison, compare_bottleneck


def bottleneck_exercises(shown: BottleneckComparison) -> tuple[Exercise, ...]:
    """Weights, work and share of a bottleneck beside the one on screen, whose numbers stand there.

    Document 002 asks for the block in its exercise 3.
    """
    width = shown.width // 2 if shown.width // 2 >= 16 and shown.width // 2 % shown.groups == 0 else 2 * shown.width
    pair = compare_bottleneck(shown.channels, width, shown.groups, shown.size // 2)
    return _weights(pair), _work(pair), _share(pair), _field()


def _weights(pair: BottleneckComparison) -> Exercise:
    channels, width, groups = pair.channels, pair.width, pair.groups
    grouped = f" in {groups} groups" if groups > 1 else ""
    right, ends = pair.bottleneck_params, 2 * channels * width
    middle = 9 * width * width // groups
    return Exercise(
        question=f"Another one: 1×1 from {channels} to {width} channels, 3×3 at {width}{grouped}, 1×1 back to "
        f"{channels}. How many "
        "weights, without biases and batch norm?",
        kind="count", answers=(right,), hint="Kernel × kernel × channels in (of a group) × channels out, three times.",
        worked=" + ".join(term.product for term in pair.of("bottleneck")) + f" = {right:,}.",
        mistakes=known_mistakes(
            right,
            (ends + width * width // groups, "You forgot the kernel of the 3×3: nine weights for each pair of "
            "channels."),
            (9 * ends + middle, "You gave the 1×1 convolutions nine weights for each pair. They have one."),
            (ends // 2 + middle, "You counted one 1×1. There are two: down, and up again."),
            (ends + 9 * width * width, f"You forgot the groups: each filter reads {width // groups} channels."),
            (pair.basic_params, "That is the other stack: two 3×3 at full width."),
            (pair.params_with_batch_norm("bottleneck"), "That is with batch norm's scales and shifts."),
            (pair.macs("bottleneck"), "That is MACs, not weights."),
        ),
    )  # fmt: skip


def _work(pair: BottleneckComparison) -> Exercise:
    right, size = pair.macs("bottleneck"), pair.size
    return Exercise(
        question=f"How many multiply-adds does a bottleneck of {pair.bottleneck_params:,} weights do on a map of "
        f"{size} × {size} pixels?",
        kind="count", answers=(right,), hint="Nothing changes the map's size inside: each weight is used at every "
        "pixel.",
        worked=f"{pair.bottleneck_params:,} × {size} × {size} = {right:,}.",
        mistakes=known_mistakes(
            right,
            (2 * right, "That is FLOPs, not MACs."),
            (pair.bottleneck_params * size, f"The map has {size} × {size} pixels, not {size}."),
            (pair.bottleneck_params, "Those are the weights. Each is used at every pixel."),
            (pair.macs("basic"), "That is the other stack: two 3×3 at full width."),
        ),
    )  # fmt: skip


def _share(pair: BottleneckComparison) -> Exercise:
    right = round(100 * pair.share, 2)
    return Exercise(
        question=f"{pair.bottleneck_params:,} weights instead of {pair.basic_params:,}: how many percent is that?",
        kind="number", answers=(right,), slack=max(0.1, 0.01 * right), hint="One divided by the other, times a "
        "hundred.",
        worked=f"{pair.bottleneck_params:,} / {pair.basic_params:,} = {100 * pair.share:.1f} %.",
        mistakes=known_mistakes(
            right,
            (round(100 - right, 2), "That is what is saved, not what is left."),
            (round(pair.ratio, 2), "That is how many times more the other one has."),
            (round(pair.share, 4), "That is the share; in percent it is a hundred times as much."),
            kind="number", slack=max(0.1, 0.01 * right),
        ),
    )  # fmt: skip


def _field() -> Exercise:
    return Exercise(
        question="How many pixels a side does one output of two 3×3 convolutions see, one behind the other?",
        kind="count", answers=(5,), hint="The second sees 3 × 3 outputs of the first, and each of these 3 × 3 pixels.",
        worked="3 + (3 − 1) = 5. The bottleneck's one 3×3 sees 3: that is its price.",
        mistakes=known_mistakes(
            5, (6, "The windows of neighbours overlap."), (9, "The windows of neighbours overlap: add 2, not times 3."),
            (3, "That is one of them."), (25, "That is how many pixels there are in all; a side has fewer."),
        ),
    )  # fmt: skip


def addition_exercises(x: float, branch: float, slope: float, back: float) -> tuple[Exercise, ...]:
    """What leaves a block at one place, and what comes back through it.

    Args:
        x: what the shortcut brings there, of at least 0.
        branch: F(x) there.
        slope: dF/dx, for the way back.
        back: dL/dy.
    """
    total = x + branch
    out, gradient = max(total, 0.0), back * (1 + slope)
    return (
        Exercise(
            question=f"In one place x is {x:.2f} and F(x) is {branch:.2f}. What leaves the block, behind the addition "
            "and its ReLU?",
            kind="number", answers=(round(out, 4),), slack=0.011, hint="Add, then let nothing negative through.",
            worked=f"{x:.2f} + ({branch:.2f}) = {total:.2f}" + ("; the ReLU makes it 0." if total < 0 else "."),
            mistakes=known_mistakes(
                round(out, 4),
                (round(total, 4), "You forgot the ReLU behind the addition: what is negative becomes 0."),
                (round(branch, 4), "That is F(x) alone: you forgot the shortcut."),
                (round(x + max(branch, 0.0), 4), "The ReLU comes after the addition, not before it."),
                (round(x * branch, 4), "The block adds, it does not multiply."),
                kind="number", slack=0.011,
            ),
        ),
        Exercise(
            question=f"y = x + F(x). Where dL/dy is {back:.1f} and dF/dx is {slope:.1f}, what is dL/dx?",
            kind="number", answers=(round(gradient, 4),), slack=0.011, hint="dL/dx = dL/dy (1 + dF/dx).",
            worked=f"{back:.1f} × (1 + ({slope:.1f})) = {gradient:.2f}: {back:.1f} comes through the shortcut, "
            f"{back * slope:.2f} through the branch.",
            mistakes=known_mistakes(
                round(gradient, 4),
                (round(back * slope, 4), "You forgot the 1: the shortcut brings the gradient back as it is."),
                (round(back, 4), "That is the shortcut's part alone: the branch brings some back too."),
                (round(1 + slope, 4), "You forgot to multiply by dL/dy."),
                kind="number", slack=0.011,
            ),
        ),
    )  # fmt: skip
