"""Bottleneck: the two stacks side by side, each product a term, every number computed from the sliders."""

import streamlit as st

import resnet_core as rc
from pages._layout import aside, drawing, header, how, literal, next_pages, percent, prose, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.frame.as_notebook import offer_notebook
from pages.frame.whole import whole_table
from pages.lesson.check import check_yourself
from resnet_core.anatomy.exercises.blocks import bottleneck_exercises
from resnet_core.notation import short

OFFERED = {
    "channels": (64, 128, 256, 512, 1024, 2048), "width": (16, 32, 64, 128, 256, 512),
    "cardinality": (1, 2, 4, 8, 16, 32, 64), "map_size": (7, 14, 28, 56, 112),
}  # fmt: skip


@st.cache_data(max_entries=256, show_spinner=False)
def counted_modules(channels: int, width: int, groups: int) -> dict[str, int]:
    """PyTorch's own count of the three stacks of the Bottleneck page."""
    from resnet_core.anatomy.tables.bottleneck import build_stack

    comparison = rc.compare_bottleneck(channels, width, groups)
    stacks = {name: build_stack(comparison, name) for name in ("bottleneck", "basic", "equal_cost")}
    return {name: sum(p.numel() for p in stack.parameters()) for name, stack in stacks.items()}


def choose(name: str, label: str, start: int) -> int:
    return st.select_slider(label, OFFERED[name], start, key=name, bind="query-params", width=165)


default = rc.compare_bottleneck()
header(
    f"Why {default.bottleneck_params:,} and not {default.basic_params:,}?",
    f"From {default.channels} channels to {default.width} and back, input and output keep their shapes, with "
    f"**{percent(default.share)}** of the weights.",
)

asked = asked_in_vain(**OFFERED)
with st.container(horizontal=True, gap="small"):
    channels = choose("channels", "Channels in and out", 256)
    width = choose("width", "Width inside", 64)
    groups = choose("cardinality", "Groups of the 3×3", 1)
    size = choose("map_size", "Map, pixels a side", 56)
say_in_vain(asked)

try:
    comparison = rc.compare_bottleneck(channels, width, groups, size)
except rc.InvalidSpecError as error:
    st.warning(f"{literal(error)} Shown below: one group.", icon=":material/warning:")
    comparison = rc.compare_bottleneck(channels, width, 1, size)

for column, stack in zip(st.columns(3, gap="medium"), ("bottleneck", "basic", "equal_cost"), strict=True):
    with column:
        drawing(rc.figures.stack_drawing(comparison, stack, theme_name()), stack)
main, beside = aside()
with beside:
    prose("bottleneck_try")
with main:
    st.caption(
        f"With these settings {comparison.bottleneck_params:,} weights stand against {comparison.basic_params:,}: "
        f"{percent(comparison.share)}. The area of each square is its number of weights, on one scale. The green arc "
        "carries the input to the addition. "
        "The third is the paper's own pairing (Figure 5): two 3×3 convolutions that cost what the bottleneck costs."
    )

    st.subheader("The same stacks, counted four ways", anchor=False)
    stacks = {"bottleneck": "1×1, 3×3, 1×1", "basic": "Two 3×3, full width", "equal_cost": "Two 3×3, equal cost"}
    whole_table(
        {
            "stack": list(stacks.values()),
            "weights": [comparison.params(s) for s in stacks],
            "share": [comparison.params(s) / comparison.basic_params * 100 for s in stacks],
            "with batch norm": [comparison.params_with_batch_norm(s) for s in stacks],
            f"MACs at {size}×{size}": [comparison.macs(s) for s in stacks],
        },
        hide_index=True,
        column_config={
            "weights": st.column_config.NumberColumn(format="localized"),
            "share": st.column_config.NumberColumn(format="%.1f %%"),
            "with batch norm": st.column_config.NumberColumn(format="localized"),
            f"MACs at {size}×{size}": st.column_config.NumberColumn(format="localized"),
        },
        alt="Weights and multiply-adds of the three stacks",
        on_phone=("stack", "weights", "share", f"MACs at {size}×{size}"),
    )
    if st.toggle(
        "Check against a real `nn.Module`",
        key="check",
        bind="query-params",
        help="Builds each stack in PyTorch and asks it.",
    ):
        with st.spinner("Building the three stacks in PyTorch"):
            counts = counted_modules(channels, width, comparison.groups)
        agree = all(counts[s] == comparison.params(s) for s in stacks)
        words = ", ".join(f"{title.lower()} {counts[s]:,}" for s, title in stacks.items())
        (st.success if agree else st.error)(
            f"PyTorch counts {words}. " + ("The formula agrees to the digit." if agree else "The formula disagrees."),
            icon=":material/check:" if agree else ":material/error:",
        )
how(
    "bottleneck_how",
    rc.compare_bottleneck,
    share=percent(comparison.share),
    width=comparison.of("equal_cost")[0].out_channels,
    equal_cost=f"{comparison.params('equal_cost'):,}",
    bottleneck=f"{comparison.bottleneck_params:,}",
    macs=short(comparison.macs("bottleneck")),
    basic_macs=short(comparison.macs("basic")),
)
offer_notebook("bottleneck", channels=channels, width=width, groups=comparison.groups, size=size)
check_yourself("Bottleneck", lambda: bottleneck_exercises(comparison))
next_pages(
    ("pages/architecture.py", "Where the bottlenecks stand in ResNet-50"),
    ("pages/classify.py", "A network at work on your photo"),
)
