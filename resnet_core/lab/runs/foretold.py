"""What a visitor may foretell of recorded runs: the training error of deeper networks, and the sentences about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from resnet_core.errors import DataError
from resnet_core.lab.runs.recorded import RecordedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """One question: of a kind of network at two depths, the shallow one's error is shown, the deep one's asked for.

    Attributes:
        kind: "plain" or "residual".
        layers: (shallow, deep).
        training, test: errors of both in percent, shallow first, after the last epoch.
        paper: layers -> the paper's test error in percent.
        ask: what is asked. told: what was measured; `{guess}` in it stands for the visitor's number.
    """

    kind: str
    layers: tuple[int, int]
    training: tuple[float, float]
    test: tuple[float, float]
    paper: Mapping[int, float]
    ask: str
    told: str


def foretold(runs: Iterable[RecordedRun], paper: Mapping[str, float]) -> list[Foretold]:
    """First the plain networks, then the residual ones: the shallowest and the deepest of each.

    Args:
        paper: model -> test error in percent.

    Raises:
        DataError: if two depths of a kind are not recorded.
    """
    by_kind: dict[str, dict[int, RecordedRun]] = {"plain": {}, "residual": {}}
    for run in runs:
        by_kind[run.kind][run.layers] = run
    for kind, networks in by_kind.items():
        if len(networks) < 2:
            raise DataError(
                f"Of the {kind} networks fewer than two depths are recorded: record them to compare depths."
            )
    plain, residual = (_measured(kind, networks, paper) for kind, networks in by_kind.items())
    return [_plain_words(plain), _residual_words(residual, plain)]


def _measured(kind: str, networks: Mapping[int, RecordedRun], paper: Mapping[str, float]) -> Foretold:
    shallow, deep = min(networks), max(networks)
    last = [networks[layers].epochs[-1] for layers in (shallow, deep)]
    prefix = networks[deep].model.removesuffix(str(deep))
    published = {int(model.removeprefix(prefix)): error for model, error in paper.items() if model.startswith(prefix)}
    return Foretold(
        kind=kind, layers=(shallow, deep), ask="", told="",
        training=(last[0].train_error * 100, last[1].train_error * 100),
        test=(last[0].validation_error * 100, last[1].validation_error * 100),
        paper={layers: error for layers, error in published.items() if shallow <= layers <= deep},
    )  # fmt: skip


def _plain_words(one: Foretold) -> Foretold:
    (shallow, deep), (less, more) = one.layers, one.training
    ask = (
        f"A network is a row of layers: each computes from what the one before it made. One of {shallow} layers has "
        f"learned to name photos, and still gets {less:.1f} % of the photos that it trained on wrong. How many will "
        f"one of {deep} layers get wrong? **Drag the square.**"
    )
    found = (
        "**The deeper one is worse, even on the photos it trained on**: it has not learned too much by heart, it has "
        "learned less. That is called degradation."
        if more > less
        else "The deeper one is better here."
    )
    return _with(one, ask, f"You said {{guess}} %. Measured: **{more:.1f} %**. {found}")


def _residual_words(one: Foretold, plain: Foretold) -> Foretold:
    (shallow, deep), (less, more) = one.layers, one.training
    ask = (
        f"Now each block adds its input to its result: the same layers, and no weight more. With {shallow} layers that "
        f"gives {less:.1f} %. And with {deep}? **Drag the circle.**"
    )
    better = more < less and more < plain.training[1]
    new = one.test[1] < one.test[0]
    found = (
        f"**Now the deeper one is the better one**{', on new photos as well' if new else ', though not on new photos'}."
        if better
        else "That did not make the deeper one better here."
    )
    return _with(one, ask, f"You said {{guess}} %. Measured: **{more:.1f} %**. {found}")


def _with(one: Foretold, ask: str, told: str) -> Foretold:
    return Foretold(
        kind=one.kind, layers=one.layers, training=one.training, test=one.test, paper=one.paper, ask=ask, told=told
    )
