"""The app's questions as the course asks them, by name: about fixed things, or about what the reader has measured."""

from __future__ import annotations

from typing import Any

from resnet_core.anatomy.exercises.blocks import addition_exercises, bottleneck_exercises
from resnet_core.anatomy.exercises.exercise import Exercise
from resnet_core.anatomy.exercises.layers import make_exercises
from resnet_core.anatomy.exercises.networks import depth_exercises
from resnet_core.anatomy.exercises.runs import head_exercise, photo_exercises, race_exercises
from resnet_core.anatomy.tables.bottleneck import compare_bottleneck
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs.curves import final_errors
from resnet_core.lab.theory.record import recorded_lesions
from resnet_core.weights.library import DEFAULT_WEIGHTS, find_weights

Named = dict[str, Exercise]
X, BRANCH, SLOPE, BACK = 0.62, -0.85, -0.3, 2.0  # at one place: x, F(x), dF/dx and dL/dy. Any numbers do
SEEN, UNSEEN = 1500, 297  # digits of a race: to train on, and held out


def race_questions(metrics: Any) -> Named:
    """Of any race; how many pictures are wrong is asked of the metrics of the reader's own."""
    wrong = final_errors(metrics) if metrics else {}
    fixed = race_exercises({}, SEEN, UNSEEN, RACE.batch_size)
    own = race_exercises(wrong, SEEN, UNSEEN, RACE.batch_size)
    what_for = race_exercises(dict.fromkeys(("plain", "residual"), 0.5), SEEN, UNSEEN, RACE.batch_size)[-1]
    asked = {"race-steps": fixed[0], "race-chance": fixed[1], "race-overfitting": what_for}
    return asked | ({"race-count": own[0]} if wrong else {})


def layer_questions(_: Any) -> Named:
    """Of one layer of ResNet-50 each. With this seed none tells the answer of another one."""
    _, weights, shortcut, work, shape, *_ = make_exercises(walk_spec("resnet50"), seed=259, count=6)
    return {"layer-shape": shape, "layer-weights": weights, "layer-work": work, "layer-shortcut": shortcut}


def bottleneck_questions(_: Any) -> Named:
    """Each of another bottleneck, since a question tells the answer of the one before it."""
    names = ("bottleneck-weights", "bottleneck-work", "bottleneck-share", "bottleneck-field")
    pairs = (compare_bottleneck(channels, channels // 4) for channels in (256, 512, 1024, 256))
    return {
        name: bottleneck_exercises(pair)[place] for place, (name, pair) in enumerate(zip(names, pairs, strict=True))
    }


def addition_questions(_: Any) -> Named:
    """Of one place of an addition, forwards and backwards."""
    asked = addition_exercises(X, BRANCH, SLOPE, BACK)
    return dict(zip(("addition-out", "addition-back"), asked, strict=True))


def depth_questions(_: Any) -> Named:
    """Of the bundled networks of 56 and 20 layers, and of the block whose lesion costs most."""
    deep, shallow = (_lesion_exercises(name) for name in ("cifar_resnet56", "cifar_resnet20"))
    return {
        "depth-blocks": deep[0], "depth-paths": shallow[1], "depth-mended": deep[2], "depth-complexity": deep[3],
    }  # fmt: skip


def _lesion_exercises(network: str) -> tuple[Exercise, ...]:
    found = recorded_lesions(network)
    dropped = [one for one in found.lesions if one.instead == "nothing"]
    worst = max(dropped, key=lambda one: one.wrong)
    return depth_exercises(len(dropped), found.pictures, found.wrong, worst.wrong, worst.broken)


def photo_questions(prediction: Any) -> Named:
    """Of a picture before the bundled network; how far two logits are apart is asked of the reader's own prediction."""
    weights = find_weights(DEFAULT_WEIGHTS)
    side, channels = weights.preprocessing.crop_size, weights.spec.in_channels
    pooled = [call for call in walk_spec(weights.spec, (1, channels, side, side)).calls if "AvgPool" in call.kind]
    best = [one.probability for one in prediction.ranked(2)] if prediction else (0.0, 0.0)
    first, *gap, pixels, unknown = photo_exercises(channels, side, best, pooled[-1].input_shape[-1])
    asked = {"photo-numbers": first, "photo-pixels": pixels, "photo-unknown": unknown}
    return asked | ({"photo-logits": gap[0]} if gap else {})


def head_questions(taught: Any) -> Named:
    """Of a classifier of the reader's own classes."""
    if taught is None:
        return {}
    layer = taught.model.fc
    return {"head-size": head_exercise(layer.in_features, layer.out_features)}
