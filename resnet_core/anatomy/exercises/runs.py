"""Questions about what has just run: a race that ended, a picture that was answered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from resnet_core.anatomy.exercises.exercise import Exercise, choice, known_mistakes


def race_exercises(
    wrong: Mapping[str, float], seen: int, unseen: int, batch: int, classes: int = 10
) -> tuple[Exercise, ...]:
    """About a race.

    Args:
        wrong: arm -> share of the unseen pictures that it answers wrongly at the end, 0 to 1.
        seen, unseen: pictures to train on, and held out.
        batch: pictures of one step.
        classes: that there are.
    """
    asked = [_steps(seen, batch), _guess(classes)]
    if wrong:
        asked.insert(0, _count(*max(wrong.items(), key=lambda one: one[1]), unseen))
    if {"plain", "residual"} <= set(wrong):
        asked.append(_what_for())
    return tuple(asked)


def _count(arm: str, share: float, unseen: int) -> Exercise:
    right, percent = round(share * unseen), 100 * share
    return Exercise(
        question=f"The {arm} network answers {percent:.1f} % of {unseen:,} unseen pictures wrongly. How many are that?",
        kind="count", answers=(right,), hint="Percent are hundredths of all.",
        worked=f"{percent:.1f} / 100 × {unseen:,} = {right:,}.",
        mistakes=known_mistakes(
            right,
            (round(percent), "That is the percentage. There are more pictures than a hundred."),
            (unseen - right, "Those are answered rightly."),
        ),
    )  # fmt: skip


def _steps(seen: int, batch: int) -> Exercise:
    right = seen // batch
    return Exercise(
        question=f"{seen:,} pictures, {batch} in each step; what does not fill a step is left for another pass. How "
        "many steps has one pass?",
        kind="count", answers=(right,), hint="Divide, and leave the rest.", worked=f"⌊{seen:,} / {batch}⌋ = {right:,}.",
        mistakes=known_mistakes(
            right,
            (-(-seen // batch), "The last pictures do not fill a step, and are left."),
            (seen, "That would be steps of one picture."),
            (batch, "That is how many pictures a step has."),
        ),
    )  # fmt: skip


def _guess(classes: int) -> Exercise:
    right = math.log(classes)
    return Exercise(
        question=f"A network that gives each of {classes} classes the same probability: what is its loss (in nats, to "
        "two decimals)?",
        kind="number", answers=(round(right, 4),), slack=0.006,
        hint="The loss is minus the natural logarithm of the right class's probability.",
        worked=f"−ln(1/{classes}) = ln {classes} = {right:.3f}. A loss that stays there has learned nothing.",
        mistakes=known_mistakes(
            round(right, 4),
            (round(math.log10(classes), 4), "That is the logarithm to base 10. Losses use the natural one."),
            (round(math.log2(classes), 4), "That is in bits. Losses use the natural logarithm."),
            (round(1 / classes, 4), "That is the probability. The loss is minus its logarithm."),
            (round(1 - 1 / classes, 4), "That is the share of wrong answers. The loss is another thing."),
            (round(-right, 4), "Minus the logarithm: a loss is not negative."),
            kind="number", slack=0.006,
        ),
    )  # fmt: skip


def _what_for() -> Exercise:
    return choice(
        "Both networks had the same layers, batches and rate. What tells that the worse one does not overfit?",
        "its training loss is the higher one",
        "Who overfits knows the training pictures by heart: the training loss would be low, and only unseen pictures "
        "wrong.",
        [
            ("its wrong answers on unseen pictures", "These are high with overfitting and without it."),
            ("it has fewer parameters", "It has as many: a shortcut of the identity or of zeros has none."),
        ],
        "What would overfitting do to the training loss?",
    )


def photo_exercises(channels: int, side: int, probabilities: Sequence[float], size: int) -> tuple[Exercise, ...]:
    """About a picture that was answered.

    Args:
        channels, side: of what the network reads, in pixels.
        probabilities: of the two likeliest classes.
        size: pixels a side of the last stage's maps.
    """
    numbers, (first, second) = channels * side * side, probabilities[:2]
    asked = [
        Exercise(
            question=f"The network reads the middle of the picture, {side} × {side} pixels in {channels} colours. How "
            "many numbers are that?",
            kind="count", answers=(numbers,), hint="A number for each pixel and colour.",
            worked=f"{channels} × {side} × {side} = {numbers:,}.",
            mistakes=known_mistakes(
                numbers,
                (side * side, f"Each pixel has {channels} numbers, one for each colour."),
                (channels * side, f"There are {side} rows of {side} pixels."),
                (4 * side * side, "The transparency is not read: three colours remain."),
            ),
        )
    ]  # fmt: skip
    if 0 < second < first < 1:
        gap = math.log(first / second)
        asked.append(
            Exercise(
                question=f"The likeliest class has {100 * first:.1f} %, the next {100 * second:.2g} %. How far apart "
                "are their logits (to one decimal)?",
                kind="number", answers=(round(gap, 3),), slack=max(0.06, 0.02 * gap),
                hint="A softmax makes e to the logit of each: the ratio of two probabilities is e to the difference.",
                worked=f"ln({100 * first:.1f} / {100 * second:.2g}) = {gap:.2f}.",
                mistakes=known_mistakes(
                    round(gap, 3),
                    (round(first / second, 3), "That is the ratio. The logits differ by its logarithm."),
                    (round(100 * (first - second), 2), "Probabilities are no logits: a softmax lies between."),
                    (round(math.log10(first / second), 3), "The softmax uses e: take the natural logarithm."),
                    kind="number", slack=max(0.06, 0.02 * gap),
                ),
            )
        )  # fmt: skip
    if side > size > 0:
        asked.append(
            Exercise(
                question=f"{side} pixels a side come in, {size} are left after the last stage. How many pixels a side "
                "does one of them stand for?",
                kind="count", answers=(round(side / size),), hint="All strides multiplied.",
                worked=f"{side} / {size} = {round(side / size)}. It sees more of the picture than that: windows "
                "overlap.",
                mistakes=known_mistakes(
                    round(side / size), (side - size, "Strides divide, they do not subtract."),
                    (round(side / size) ** 2, "That is how many pixels in all; a side has fewer."),
                ),
            )
        )  # fmt: skip
    asked.append(
        choice(
            "You show it something that it has never been taught. What do its probabilities do?",
            "they add up to one all the same",
            "The softmax divides one among the classes that it knows; none of these is not among them.",
            [("they are all near zero", "They would not add up to one then."),
             ("the network says that it does not know", "It has no such answer.")],
            "What does a softmax always do?",
        )
    )  # fmt: skip
    return tuple(asked)


def head_exercise(features: int, classes: int) -> Exercise:
    """About the new head of a network that was taught classes of one's own.

    Args:
        features: numbers that the network makes of a picture.
        classes: that were taught.
    """
    right = (features + 1) * classes
    return Exercise(
        question=f"Everything but the last layer stays as it was trained. It takes {features} features and tells "
        f"{classes} classes apart. How many parameters are learnt from your photos?",
        kind="count", answers=(right,), hint="A weight for each feature and class, and a bias for each class.",
        worked=f"{features} × {classes} + {classes} = {right:,}.",
        mistakes=known_mistakes(
            right,
            (features * classes, "You forgot the biases: one for each class."),
            (features * classes + 1, "Each class has a bias of its own."),
            (features + classes, "Every feature is weighed for every class."),
            (features, "Those are the features. Each class weighs all of them."),
        ),
    )  # fmt: skip
