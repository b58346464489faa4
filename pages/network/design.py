"""The form of the Build page: one field for each choice of a design, all of them in the link."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial
from typing import Any

import streamlit as st

from pages._layout import verbatim
from pages._links import asked_in_vain, say_in_vain, standing, written
from pages.network.sizes import SIZES
from resnet_core.models.repair import COUNTS, MOST_BLOCKS, WIDEST
from resnet_core.notation import sides, times

BLOCKS = ("basic", "bottleneck", "preact_basic", "preact_bottleneck", "sk_bottleneck", "split_bottleneck")
SHORTCUTS = (
    "projection",
    "projection_all",
    "pooled_projection",
    "bare_projection",
    "zero_pad",
    "zero_pad_both",
    "none",
)
STEMS = ("imagenet", "half", "cifar", "deep", "deep_wide")
STRIDES = {times(place): place for place in ("3x3", "1x1")}
CHOICES: dict[str, Collection[Any]] = {
    "block": BLOCKS, "shortcut": SHORTCUTS, "stem": STEMS, "stride_on": tuple(STRIDES), "norm": ("batch", "none"),
    "size": SIZES, "squeeze_excite": (True, False), **{name: range(1, most + 1) for name, most in COUNTS.items()},
}  # fmt: skip
LABELS = {
    "depths": "Blocks in each stage", "widths": "Channels in each stage", "block": "Block", "shortcut": "Shortcut",
    "stem": "Stem", "groups": "Groups", "width_per_group": "Width per group", "radix": "Splits",
    "stride_on": "Stride on", "norm": "Norm", "squeeze_excite": "Squeeze and excite", "size": "Input, pixels a side",
    "in_channels": "Input channels", "num_classes": "Classes",
}  # fmt: skip
LISTS = {"depths": (3, 4, 6, 3), "widths": (64, 128, 256, 512)}
FOLDED: dict[str, Any] = {  # what is in the second row of choices, and how it begins
    "groups": 1, "width_per_group": 64, "stride_on": times("3x3"), "norm": "batch", "squeeze_excite": False,
    "in_channels": 3, "size": 224, "num_classes": 1000,
}  # fmt: skip
LARGEST = {"depths": MOST_BLOCKS, "widths": WIDEST}


def design_form() -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of ModelSpec that the form says, and those that had to be replaced by the default, with it.

    What a link asks for in vain is said in place.
    """
    if "stride_on" in st.query_params:  # a link may have it with a plain x, as ModelSpec does
        st.query_params["stride_on"] = times(st.query_params["stride_on"])
    asked = asked_in_vain(**CHOICES)
    unknown = sorted(set(st.query_params) - set(LABELS))
    row = partial(st.container, horizontal=True, gap="small", vertical_alignment="bottom")
    with row():
        texts = {name: _text(name, width) for name, width in (("depths", 130), ("widths", 165))}
        block = _select("block", BLOCKS, 1, 150)
        shortcut = _select("shortcut", SHORTCUTS, 0, 150)
        stem = _select("stem", STEMS, 0, 130)
    with st.expander(_rest_in_words(), icon=":material/tune:", key="folded_design"):
        with row():
            groups = _count("groups", 1, 140)
            per_group = _count("width_per_group", 64, 150, "Channels of each group in a bottleneck of base width 64.")
            many = "Between how many splits the attention chooses."
            radix = _count("radix", 2, 140, many) if "split" in block else 1
            stride_on = STRIDES[_segments("stride_on", *STRIDES)]
            norm = _segments("norm", "batch", "none")
        with row():
            size = st.select_slider(LABELS["size"], SIZES, 224, key="size", bind="query-params", width=230)
            channels = _count("in_channels", 3, 150)
            classes = _count("num_classes", 1000, 150)
            squeeze = st.toggle(LABELS["squeeze_excite"], key="squeeze_excite", bind="query-params")
    read = {name: numbers(text) for name, text in texts.items()}
    replaced: dict[str, Any] = {name: LISTS[name] for name, found in read.items() if found is None}
    choices = {
        "name": "yours", "family": "own", "block": block, "stem": stem, "shortcut": shortcut, "stride_on": stride_on,
        "groups": groups, "width_per_group": per_group, "radix": radix, "squeeze_excite": squeeze, "norm": norm,
        "in_channels": channels, "num_classes": classes, "input_size": (size, size), **read, **replaced,
    }  # fmt: skip
    say_in_vain(asked)
    if unknown:
        st.warning(
            f"The link names {', '.join(map(verbatim, unknown))}, which no field here is called. "
            f"The fields are {', '.join(LABELS)}.",
            icon=":material/link_off:",
        )
    return choices, replaced


def _rest_in_words() -> str:
    """The choices that are folded away, as they stand now."""
    now = standing(FOLDED, CHOICES)
    side, groups, norm = now["size"], now["groups"], "batch norm" if now["norm"] == "batch" else "no norm"
    squeeze = ", squeeze and excite" if now["squeeze_excite"] else ""
    return (
        f"{groups} group{'s' if groups != 1 else ''}, width per group {now['width_per_group']}, stride on the "
        f"{now['stride_on']}, {norm}{squeeze}, input {sides(now['in_channels'], side, side)}, "
        f"{now['num_classes']:,} classes"
    )


def numbers(text: str) -> tuple[int, ...] | None:
    """Whole numbers in a text field, "3, 4, 6, 3"; None where there is something else."""
    if not re.fullmatch(r"\s*\d{1,9}(?:[\s,;]+\d{1,9})*[\s,;]*", text):
        return None
    return tuple(int(n) for n in re.findall(r"\d+", text))


def why_unread(field: str, example: tuple[int, ...]) -> str:
    """The rest of a sentence about a text of whole numbers that `numbers` gave None for."""
    if re.fullmatch(r"[\d\s,;]*\d[\d\s,;]*", str(st.session_state[field])):
        return f"is too large. Allowed are numbers of at most {LARGEST[field]:,}."
    return f"is no list of whole numbers, for example {written(example)}."


def in_words(error: Exception) -> str:
    """A refusal in the words of the form: "Blocks in each stage = (0, 1)" and not "depths=(0, 1)"."""
    return re.sub(rf"\b({'|'.join(LABELS)})=", lambda found: f"{LABELS[found[1]]} = ", str(error))


def take(changes: dict[str, object]) -> None:
    """Put other choices into the form; to be called in a widget's callback."""
    for name, value in changes.items():
        st.session_state[name] = times(written(value)) if isinstance(value, (tuple, str)) else value


def _text(name: str, width: int) -> str:
    return st.text_input(LABELS[name], written(LISTS[name]), key=name, bind="query-params", width=width)


def _select(name: str, options: tuple[str, ...], start: int, width: int) -> str:
    return st.selectbox(LABELS[name], options, start, key=name, bind="query-params", width=width)


def _count(name: str, start: int, width: int, help: str | None = None) -> int:
    most = COUNTS[name]
    return st.number_input(LABELS[name], 1, most, start, key=name, bind="query-params", width=width, help=help)


def _segments(name: str, *options: str) -> str:
    return st.segmented_control(LABELS[name], options, default=options[0], key=name, bind="query-params", required=True)
