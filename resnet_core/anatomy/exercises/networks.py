"""Questions about whole networks: variants beside each other, a design of one's own, what depth and shortcuts do."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_core.anatomy.exercises.exercise import Exercise, choice, known_mistakes
from resnet_core.anatomy.exercises.layers import make_exercises
from resnet_core.anatomy.tables.family import equal_cost_pairs
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.models.catalogue import get_spec
from resnet_core.models.spec import ModelSpec

WORDS = {"Conv2d": "convolution", "BatchNorm2d": "batch norm", "ReLU": "ReLU"}


def variant_exercises(names: Sequence[str]) -> tuple[Exercise, ...]:
    """About the variants on screen, and what document 002 asks in its exercises 1, 4 and 6."""
    return _twice_as_large(names[0]), _groups(), _order(), _inception()


def _twice_as_large(name: str) -> Exercise:
    """The work on a picture of twice the side; what it costs at the usual one stands on the page."""
    spec = get_spec(name)
    height, width = spec.input_size
    small, large = (walk_spec(spec, (1, spec.in_channels, times * height, times * width)) for times in (1, 2))
    right = large.total_macs
    return Exercise(
        question=f"{name} does {small.total_macs / 1e9:.2f} G multiply-adds for a picture of {height} × {width} "
        f"pixels. How many for one of {2 * height} × {2 * width} (to three digits)?",
        kind="count", answers=(right,), hint="Each weight of a convolution is used once for each pixel of its output.",
        worked=f"Four times the pixels, so about four times the work: {right / 1e9:.3g} G. The last linear layer "
        "works once.",
        mistakes=known_mistakes(
            right,
            (2 * small.total_macs, "Both sides double: there are four times as many pixels."),
            (small.total_macs, "The weights stay, the work does not: there are more pixels."),
            (small.total_params, "Those are the weights."),
            (2 * right, "That is FLOPs, not MACs."),
        ),
    )  # fmt: skip


def _groups() -> Exercise:
    pair = equal_cost_pairs((32,))[0]
    return Exercise(
        question="ResNeXt splits a bottleneck of 256 channels, 64 wide, into 32 groups. How many channels has each, "
        "if the block is to cost about the same? (Dive into Deep Learning, exercise 6)",
        kind="count", answers=(pair.width,), hint="C groups of width d have C (256 d + 9 d² + 256 d) weights.",
        worked=f"32 × (256 × {pair.width} + 9 × {pair.width}² + 256 × {pair.width}) = {pair.params:,}, "
        f"{100 * pair.difference:+.1f} % beside one group of 64.",
        mistakes=known_mistakes(
            pair.width,
            (2, "64 / 32 keeps the width. The groups make the 3×3 cheaper, so that there is room for more."),
            (64, "That is the width of the one group; 32 of them would cost far more."),
            (128, "That is all groups together."),
        ),
    )  # fmt: skip


def _order() -> Exercise:
    right, classic = (_begins("resnet50_v2"), _begins("resnet50"))
    return choice(
        "In which order does the second version of ResNet (resnet50_v2) work through a branch? (Dive into Deep "
        "Learning, exercise 4)",
        right, f"{right.capitalize()}: so nothing stands behind the addition, and x passes on untouched.",
        [
            (classic, "That is the first version. Its ReLU stands behind the addition."),
            ("convolution, ReLU, batch norm", "Nobody's: batch norm would undo what the ReLU left."),
        ],
        "It is called pre-activation.",
    )  # fmt: skip


def _begins(name: str) -> str:
    """What the first three layers of a block are."""
    kinds = [call.kind for call in walk_spec(name).calls if call.path.startswith("layer1.1.")]
    return ", ".join(WORDS[kind] for kind in kinds[:3])


def _inception() -> Exercise:
    return choice(
        "Google's Inception block: remove its paths but one of 3×3, and let a second one be the bare input. What has "
        "still to change, for a residual block? (Dive into Deep Learning, exercise 1)",
        "add in place of concatenating",
        "Concatenated, the channels would pile up from block to block; added, the shape stays and x can pass on. "
        "Inception asks which filters to offer, a residual block what to add to what is there.",
        [
            ("a 1×1 convolution on the second path", "Only where shapes differ. Elsewhere the input stays bare."),
            ("nothing", "Inception puts its paths' channels side by side. A residual block does not."),
        ],
        "What happens where the paths meet?",
    )


def design_exercises(spec: ModelSpec) -> tuple[Exercise, ...]:
    """About the design on screen: the number in its name, and its layers."""
    trace = walk_spec(spec)
    blocks, convs = sum(spec.depths), 3 if spec.block == "bottleneck" else 2
    with_weights = sum(call.kind in ("Conv2d", "Linear") for call in trace.calls)
    plain_stem = blocks * convs + 2 == spec.layers
    named = Exercise(
        question=f"{' + '.join(map(str, spec.depths))} blocks of {convs} convolutions, a first convolution and a last "
        "linear layer: which number would stand in the network's name?",
        kind="count", answers=(spec.layers,), hint="Layers with weights on the main way; shortcuts do not count.",
        worked=f"{blocks} × {convs} + 2 = {spec.layers}.",
        mistakes=known_mistakes(
            spec.layers,
            (blocks * convs, "You forgot the first convolution and the last layer."),
            (blocks * convs + 1, "There are two more: the first convolution and the last layer."),
            (blocks, "Those are the blocks. Each has several layers."),
            (with_weights, "You counted the projections on the shortcuts too; by custom they are left out."),
        ),
    )  # fmt: skip
    return (*([named] if plain_stem else []), *make_exercises(trace, 0, 4))


def depth_exercises(blocks: int, pictures: int, wrong: int, wrong_without: int, broken: int) -> tuple[Exercise, ...]:
    """About depth, paths and a lesion; document 002 asks the last one in its exercise 5.

    Args:
        blocks: of a CIFAR network.
        pictures, wrong: answered, and of them wrongly.
        wrong_without, broken: without one block, and of them those that were right before.
    """
    layers, mended = 2 * blocks + 2, wrong + broken - wrong_without
    return (
        Exercise(
            question=f"The paper's CIFAR networks have 6n + 2 layers, two for each block. How many blocks have "
            f"{layers}?",
            kind="count", answers=(blocks,), hint="n blocks in each of three stages.",
            worked=f"({layers} − 2) / 6 = {blocks // 3} for each of three stages, {blocks} in all.",
            mistakes=known_mistakes(
                blocks,
                (blocks // 3, "That is n, the blocks of one stage. There are three."),
                (2 * blocks, "Those are the convolutions: each block has two."),
                (layers // 2, "You forgot the first and the last layer, which are in no block."),
            ),
        ),
        Exercise(
            question=f"Each of {blocks} blocks lets the gradient through its branch or past it. How many paths are "
            "that?",
            kind="count", answers=(2**blocks,), hint="Two ways at each block.", worked=f"2^{blocks} = {2**blocks:,}.",
            mistakes=known_mistakes(
                2**blocks,
                (2 * blocks, "The ways multiply from block to block, they do not add up."),
                (blocks**2, "It is 2 to the power of the number, not its square."),
                (blocks + 1, "That is how many lengths there are: 0 to all branches taken."),
                (2**blocks - 1, "The path through no branch counts too."),
            ),
        ),
        Exercise(
            question=f"Of {pictures:,} pictures {wrong} are answered wrongly, without one block {wrong_without}. "
            f"{broken} of "
            "these were right before. How many were mended?",
            kind="count", answers=(mended,), hint="What became wrong less what became right is the difference.",
            worked=f"{wrong_without} = {wrong} + {broken} − {mended}.",
            mistakes=known_mistakes(
                mended,
                (wrong_without - wrong, "That is by how much the wrong answers grew."),
                (wrong_without - broken, "Those were wrong before, and still are."),
                (0, "Some were: else the wrong answers would have grown by all that broke."),
            ),
        ),
        choice(
            "Why not make a network's functions as complex as possible, even if they fit all training pictures? (Dive "
            "into Deep Learning, exercise 5)",
            "unseen pictures may be answered worse",
            "A perfect fit says nothing of unseen pictures: of the paper's 1202 layers the training error is below "
            "0.1 %, and the test error is larger than that of 110.",
            [
                ("it can't be trained", "Perhaps it can: the paper trained 1202 layers. What would you ask of it "
                "next?"),
                ("it has no gradient", "Complexity alone takes no gradient away."),
            ],
            "What was it trained for?",
        ),
    )  # fmt: skip
