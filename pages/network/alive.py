"""The drawing lives: what each part puts out for the picture that travels along, and the gradient on its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._caches import all_weights
from pages._layout import literal, percent
from pages._links import asked_in_vain, hear_link, link, linked, say_in_vain
from pages.cutting.cuts import answer_without, asked_cuts, seen_uri
from pages.network.place import show_place
from pages.photo.explained import Subject, activations_of, flow_of, subject_of, terms_of
from pages.photo.looks import Look, names_of
from pages.photo.own import network_of
from pages.photo.travelling import is_carried, travelling
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from resnet_core.inference.explain.activations import Activation

FIRST_SAMPLE = "car"
WAYS = ("forward", "backward")
HINT = "Click an arc: its shortcut is cut, of repeated blocks each one."
NO_SHORTCUT = "A plain network has no shortcut to cut."
WHOLE_WIDTHS = "Widths: of the whole network."
MOST_CLASSES = 2
TERMS = ("x", "F(x)", "x + F(x)")
SUM = " On the arc, before the plus and behind it: x, F(x) and x + F(x) in channel {}, where both count most."
WISH = "_alive_wish"  # in the session: how the visitor has set the switch


def arrive() -> None:
    """Send a picture that the visitor chose through its network on arrival, unless they or the link say otherwise.

    To be called before the page's controls. What the link names is drawn, else the network that the picture is with.
    """
    state, asked = st.session_state, st.query_params
    if "alive" in state or "alive" in asked or not is_carried() or not state.get(WISH, True):
        return
    state["alive"] = True
    hear_link("weights")
    wish = linked("weights") or DEFAULT_WEIGHTS
    weights = next((one for one in all_weights() if one.name == wish and one.spec.name in rc.list_models()), None)
    if weights and not ({"model", "size"} & {*state, *asked}):
        state.update(model=weights.spec.name, size=weights.preprocessing.crop_size)


def alive(spec: rc.ModelSpec, size: int, row: DeltaGenerator) -> dict[str, Any] | None:
    """Ask for picture and network in one line, and give the drawing what flows through; None where nothing does.

    Args:
        spec, size: the network that is drawn, and the pixels a side of its input.
        row: the place of the switch.
    """
    with row:
        on = st.toggle("With a picture", key="alive", bind="query-params", on_change=_take_switch)
    if not (on or is_carried()):
        return None
    asked: dict[str, str] = {}
    way = WAYS[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if on:
            asked = asked_in_vain(way=WAYS)
            way = st.segmented_control(
                "Way", WAYS, default=WAYS[0], key="way", bind="query-params", required=True,
                label_visibility="collapsed",
            )  # fmt: skip
        line = travelling("architecture", FIRST_SAMPLE, _first_weights(spec.name))
    say_in_vain(asked)
    if line.picture is None:
        return None
    try:
        network = network_of(line.choice.weights)
        subject = subject_of(line.picture, network)
        line.show(subject.seen)
        if not on:
            return None
        if (network.model.spec.name, subject.seen.size) != (spec.name, (size, size)):
            _offer_the_other(network, subject, spec.name, size)
            return None
        return _payload(subject, network, hear_link("open"), backward=way == "backward")
    except rc.ResNetCoreError as error:
        st.warning(f"**{literal(line.picture.title)}**: {literal(error)}", icon=":material/broken_image:")
        return None


def _take_switch() -> None:
    st.session_state[WISH] = st.session_state["alive"]


def _first_weights(model: str) -> str:
    """Whose answer is looked at where no network came along: the one that is drawn, if its weights are bundled."""
    bundled = {weights.spec.name: weights.name for weights in all_weights() if weights.availability == "bundled"}
    return bundled.get(model, DEFAULT_WEIGHTS)


def _offer_the_other(network: rc.Classifier, subject: Subject, model: str, size: int) -> None:
    """The picture is with another network, or at another size, than the drawing shows."""
    name, sides = network.model.spec.name, "×".join(map(str, subject.seen.size))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"The picture is with {literal(name)} at {sides} pixels, the drawing shows {model} at {size}×{size}.",
            width="content",
        )
        if name in rc.list_models():
            st.button(f"Draw {name}", on_click=_draw, args=(name, subject.seen.width), key="draw_travelling")


def _draw(model: str, size: int) -> None:
    st.session_state.update(family="all", model=model, size=size, in_channels=3)
    link("layer", "")
    show_place("", "")


def proposal(model: str, size: int) -> str:
    """What to press where no picture is sent through, "" where one is: through this network, or one with weights."""
    if st.session_state.get("alive"):
        return ""
    hear_link("weights")
    spec, side = _proposed(model)
    return "Send a picture through" + ("" if (spec, side) == (model, size) else f" {spec}")


def accept_proposal() -> None:
    """Send a picture through: the one that travels along, or a sample; its network is drawn."""
    st.session_state["alive"] = True
    model, size = _proposed(st.session_state["model"])
    if (model, size) != (st.session_state["model"], st.session_state["size"]):
        _draw(model, size)


def link_to_addition(flowing: dict[str, Any] | None, opened: str) -> None:
    """The way to the page Shortcut, on the block that is open, that the picture is in, or that was cut."""
    if not flowing:
        return
    names, at = flowing["cuts"]["names"], (opened, linked("stop"), *flowing["cuts"]["cut"])
    block = next((names[path] for one in at if (path := ".".join(one.split(".")[:2])) in names), None)
    if block:
        label = f"What the addition of {block} does"
        st.page_link("pages/shortcut.py", label=label, icon=":material/add_circle:", query_params={"block": block})


def _proposed(model: str) -> tuple[str, int]:
    """The network that a picture can be sent through, and at which size: of the weights that came along, if any."""
    known = {weights.name: weights for weights in all_weights() if weights.availability in ("bundled", "on disk")}
    wish = known.get(linked("weights") or _first_weights(model))
    weights = wish if wish and wish.spec.name in rc.list_models() else known[DEFAULT_WEIGHTS]
    return weights.spec.name, weights.preprocessing.crop_size


def _payload(subject: Subject, network: rc.Classifier, opened: str, *, backward: bool) -> dict[str, Any]:
    """Stages and blocks, and the layers of what is open: path -> [picture, channels, words, words of the gradient].

    Also what is cut, with the answer then.
    """
    from resnet_core.figures.photo.block_parts import block_name
    from resnet_core.inference.explain.walk import block_paths

    names = {path: block_name(path) for path in block_paths(network.model)}
    cuts = asked_cuts({name: path for path, name in names.items()})
    look = Look(subject, network, names_of(network.weights.classes), 0)
    found = activations_of(subject, network, *cuts)
    inside = f"{opened}."
    wanted = {path: one for path, one in found.items() if path.count(".") <= 1 or path.startswith(inside)}
    back = {part.path: part.identity_share for part in flow_of(subject, network)} if backward else {}
    plus = _plus(subject, network, opened) if opened in names and not any(cuts) else None
    words = {path: _words(one) for path, one in wanted.items()}
    if plus:
        words[plus["path"]] += SUM.format(plus["channel"])
    parts = {
        path: [rc.figures.strip_uri(one.maps), len(one.channels), words[path], _back(back.get(path))]
        for path, one in wanted.items()
    }
    answer = answer_without(look, names, cuts, HINT if names else NO_SHORTCUT, MOST_CLASSES)
    if backward and any(cuts):
        answer["note"] += " " + WHOLE_WIDTHS
    return {"parts": parts, "back": back, "plus": plus, "seen": seen_uri(subject.seen), "cuts": answer}


def _plus(subject: Subject, network: rc.Classifier, block: str) -> dict[str, Any]:
    """The three pictures of an addition, of one channel, on one scale."""
    channel, terms = terms_of(subject, network, block)
    return {"path": f"{block}.add", "names": TERMS, "channel": channel, "uri": rc.figures.strip_uri(terms)}


def _words(one: Activation) -> str:
    return (
        f"Strongest channels: {', '.join(map(str, one.channels))}. White is 0, blue above, orange below; values from "
        f"{one.lowest:.2f} to {one.highest:.2f}."
    ).replace("-", "\u2212")


def _back(share: float | None) -> str:
    """Shares are signed projections on the gradient at the block's input: they may oppose each other or pass 1."""
    if share is None:
        return ""
    through, rest = percent(share), percent(1 - share)
    words = f"Of the gradient at its input, {through} came back through the shortcut and {rest} through the branch."
    opposing = "The shortcut's" if share < 0 else "The branch's" if share > 1 else ""
    return words + (f" {opposing} opposes the whole: \u2212 in the drawing." if opposing else "")
