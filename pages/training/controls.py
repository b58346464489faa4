"""The controls of the Race page: from widgets, whose state stands in the link, to a request."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._links import asked_in_vain, say_in_vain, standing, unknown_among

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

DEPTHS = (8, 14, 20, 32, 44, 56, 110)  # 6n + 2
RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
WIDTHS = (8, 16, 32)
BATCHES = (32, 64, 128)
OPTIMISERS = ("sgd", "adamw")
INITIALISATIONS = ("kaiming", "xavier", "normal", "zero_gamma")
NETWORKS = {
    "plain": "plain", "copy": "copy", "residual": "residual", "projections": "residual_b", "pre-activation": "preact",
}  # fmt: skip
SETS = ("digits", "fashion-mnist", "cifar10")
LAST_SEED = 9999
OFFERED: dict[str, Collection[Any]] = {
    "depth": DEPTHS, "rate": RATES, "seed": range(LAST_SEED + 1), "batch_norm": (True, False), "first_width": WIDTHS,
    "batch": BATCHES, "optimiser": OPTIMISERS, "init": INITIALISATIONS,
}  # fmt: skip
FOLDED: dict[str, Any] = {
    "batch_norm": True, "first_width": 16, "batch": 64, "optimiser": "sgd", "init": INITIALISATIONS[0],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the controls say."""

    depth: int
    networks: tuple[str, ...]
    rate: float
    seed: int
    first_width: int
    batch_norm: bool
    init: str
    optimiser: str
    batch: int
    data: str


def controls(shown: RunSnapshot | None, said: DeltaGenerator) -> Choice:
    """One row of what matters most; the rest opens below it.

    Args:
        shown: the race in view: at its first sight the controls take its settings, whoever started it.
        said: where a wrong link is said: not in a fold, where nobody sees it.
    """
    from resnet_core.lab.data.available import sets_on_disk

    on_disk = sets_on_disk()
    asked = asked_in_vain(**OFFERED, data=on_disk) | unknown_among("networks", NETWORKS)
    if shown and st.session_state.get("_settings_of") != shown.id:
        st.session_state.update(settings_of(shown.request, on_disk))
        st.session_state["_settings_of"] = shown.id
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        depth = st.select_slider("Layers", DEPTHS, 56, key="depth", bind="query-params", width=120)
        networks = st.segmented_control(
            "Networks, two or three", list(NETWORKS), selection_mode="multi", default=["plain", "residual"],
            key="networks", bind="query-params",
        )  # fmt: skip
        rate = st.select_slider("Learning rate", RATES, 0.02, key="rate", bind="query-params", width=120)
        seed = st.number_input("Seed", 0, LAST_SEED, 0, key="seed", bind="query-params", width=90)
    # In a fold already, when a race is in view: a fold within a fold would be a hunt.
    with (
        nullcontext() if shown else st.expander(_more_in_words(on_disk), icon=":material/tune:", key="folded_settings")
    ):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            more = _more(on_disk)
        _offer_sets(on_disk)
    with said:
        say_in_vain(asked)
    return Choice(depth=depth, networks=tuple(networks), rate=rate, seed=int(seed), **more)


def _more_in_words(on_disk: list[str]) -> str:
    """What is folded away, as it stands now."""
    now = standing(FOLDED | {"data": on_disk[0]}, OFFERED | {"data": on_disk})
    return (
        f"{now['data']}, batches of {now['batch']}, {now['first_width']} channels first, "
        f"{'batch norm' if now['batch_norm'] else 'no batch norm'}, {now['optimiser']}, first weights {now['init']}"
    )


def _more(on_disk: list[str]) -> dict[str, Any]:
    bound: dict[str, Any] = {"bind": "query-params"}
    return {
        "batch_norm": st.toggle("Batch norm", value=True, key="batch_norm", **bound),
        "first_width": st.segmented_control(
            "Width", WIDTHS, default=16, key="first_width", required=True, help="Channels of the first stage.", **bound
        ),
        "batch": st.segmented_control("Batch", BATCHES, default=64, key="batch", required=True, **bound),
        "optimiser": st.segmented_control(
            "Optimiser", OPTIMISERS, default="sgd", key="optimiser", required=True, **bound
        ),
        "init": st.selectbox("First weights", INITIALISATIONS, key="init", width=140, **bound),
        "data": st.selectbox("Pictures", on_disk, key="data", width=140, **bound),
    }


def _offer_sets(on_disk: list[str]) -> None:
    """Where a set is not on this machine: the command that fetches it. A page downloads nothing unasked."""
    absent = [name for name in SETS if name not in on_disk]
    if absent:
        command = f"python -m resnet_core train --compare plain,residual --depth 8 --epochs 1 --data {absent[0]}"
        st.caption(f"{' and '.join(absent)} can be raced on once they are on this machine. To fetch one: `{command}`")
    if len(on_disk) > 1:
        st.caption("On larger pictures a race takes minutes; it ends after ten at the latest.")


def settings_of(request: RunRequest, on_disk: Collection[str]) -> dict[str, Any]:
    """The values with which the controls describe a race; without those that they can't show."""
    config, spec = request.config, request.config.spec()
    values: dict[str, Any] = {
        "depth": 2 * sum(spec.depths) + 2, "rate": config.lr, "seed": config.seed, "batch_norm": spec.norm == "batch",
        "first_width": spec.widths[0], "batch": config.batch_size, "optimiser": config.optimizer,
        "init": config.init, "data": config.data,
    }  # fmt: skip
    offered = OFFERED | {"data": on_disk}
    names = [name for name, arm in NETWORKS.items() if arm in request.arms]
    known = {name: value for name, value in values.items() if value in offered[name]}
    return known | ({"networks": names} if len(names) == len(request.arms) else {})


def start_request(choice: Choice) -> RunRequest:
    """The race that the controls describe; at their defaults it is the recipe `race` itself.

    Raises:
        InvalidSpecError: for choices that contradict each other.
    """
    if not 2 <= len(choice.networks) <= 3:
        count = len(choice.networks)
        raise rc.InvalidSpecError(
            f"A race needs two or three networks; {count} {'is' if count == 1 else 'are'} chosen."
        )
    from resnet_core.lab.recipe.arms import check_race
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.recipe.size import with_depth, with_width
    from resnet_core.lab.runs.records import RunRequest

    config = RACE.override(
        lr=choice.rate, batch_size=choice.batch, seed=choice.seed, optimizer=choice.optimiser, data=choice.data
    )
    if choice.data != "digits":
        config = config.override(epochs=1)
    if choice.depth != 56:
        config = with_depth(config, choice.depth)
    if choice.first_width != 16:
        config = with_width(config, choice.first_width)
    if not choice.batch_norm:
        config = config.override(overrides=(*config.overrides, ("norm", "none")))
    arms = tuple(NETWORKS[name] for name in NETWORKS if name in choice.networks)
    request = RunRequest(config=config.override(init=choice.init), arms=arms)
    check_race(request.config, arms)
    return request
