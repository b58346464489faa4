"""Build: change the design of a residual network and see at once what it becomes, or why it can't work."""

from dataclasses import asdict
from functools import partial

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._layout import aside, header, how, literal, next_pages, prose, theme_name, verbatim
from pages._links import written
from pages.frame.as_notebook import offer_notebook
from pages.lesson.check import check_yourself
from pages.network.design import LABELS, design_form, in_words, take, why_unread
from pages.network.diagram import network_drawing, offer_exports
from pages.network.exports import offer_tables
from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.anatomy.exercises.networks import design_exercises
from resnet_core.anatomy.tables.as_text import export_table
from resnet_core.anatomy.tables.remarks import input_remark, weight_remark
from resnet_core.models.repair import (
    MOST_BLOCKS,
    MOST_STAGES,
    WIDEST,
    check_design,
    nearest_spec,
)

header(
    "What if you change the design?",
    "A residual network is a handful of choices. Change one; the drawing, the counts and the code follow.",
)
choices, changes = design_form()
for field, value in changes.items():
    said = verbatim(st.session_state[field])
    st.error(f"{LABELS[field]}: {said} {why_unread(field, value)}", icon=":material/error:")
try:
    spec = check_design(choices)
except rc.InvalidSpecError as error:
    if not changes:  # else it may be the default put in their place that does not fit
        st.error(literal(in_words(error)), icon=":material/error:")
    try:
        spec, repaired = nearest_spec(choices)
    except rc.InvalidSpecError as last:
        st.info(f"Change {LABELS.get(last.field, last.field).lower()} to go on.", icon=":material/edit:")
        st.stop()
    changes |= repaired
if changes:
    words = ", ".join(f"{LABELS[field].lower()} {written(value)}" for field, value in changes.items())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"The nearest design that works, drawn below: **{words}**.", width="content")
        st.button("Take it", on_click=take, args=(changes,), key="take_nearest", icon=":material/check:")

size = spec.input_size[0]
trace = walked(spec, size)
for remark in filter(None, (input_remark(spec, trace), weight_remark(trace))):
    st.warning(remark, icon=":material/warning:")
network_drawing(spec, size, "built")
start = walked(rc.get_spec("resnet50"), 224)
facts = st.columns(3)
for place, label, now, then in (
    (facts[0], "Parameters", trace.total_params, start.total_params),
    (facts[1], "MACs", trace.total_macs, start.total_macs),
):
    changed = f"{with_minus(f'{now - then:+,}')} to ResNet-50" if now != then else None
    place.metric(label, f"{now:,}", changed, delta_color="off")
facts[2].metric(
    "Layers with weights", f"{sum(call.kind in ('Conv2d', 'Linear') for call in trace.calls):,}",
    help="Convolutions and linear layers. The number in a network's name leaves those on its shortcuts out.",
)  # fmt: skip

main, beside = aside()
with beside:
    prose("build_try")
with main:
    st.subheader("Take it with you", anchor=False)
    usual = rc.get_spec("resnet50")
    own = {name: value for name, value in asdict(spec).items() if value != getattr(usual, name)}
    offer_exports(trace, spec, "", theme_name(), "MACs", partial(offer_notebook, "build", choices=own))
    offer_tables(trace.name, lambda form: export_table(rc.layer_table(trace), form))
    with st.expander("The code", icon=":material/code:"):
        st.code(rc.model_code(spec), language="python")

how("build_how", check_design, nearest_spec, stages=MOST_STAGES, blocks=MOST_BLOCKS, channels=f"{WIDEST:,}")
check_yourself("Build", lambda: design_exercises(spec))
next_pages(
    ("pages/architecture.py", "Two named variants side by side", {"view": "Compare"}),
    ("pages/bottleneck.py", "Why blocks squeeze"),
)  # fmt: skip
