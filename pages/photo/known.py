"""The answer in a line, and what the network knows: its classes by group, when it is sure, and its model card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import samples
from pages._layout import PROSE_WIDTH, drawing, literal, percent, theme_name, unbroken

if TYPE_CHECKING:
    from resnet_core.inference.classifier import ScoredClass
    from resnet_core.inference.headline import Headline
    from resnet_core.weights.card import Card
    from resnet_core.weights.grouping import Grouping

MOST_LISTED = 300  # classes without groups, beyond which a list says nothing


def show_headline(said: Headline | None, best: ScoredClass, network: rc.Classifier) -> None:
    """What the network says, large: at the finest level that is sure, or the likeliest class where it has no rule."""
    if said is None:
        st.markdown(f"## {literal(best.label)}, {percent(best.probability)}")
        return
    if said.level != "unsure":
        st.markdown(f"## {unbroken(literal(_sentence(said.text)))}")
        return
    st.markdown("## Unsure")
    nearest = said.text.partition("(")[2].rstrip(")")
    grouping = network.weights.grouping
    rule = _rule(grouping) if grouping else ""
    with st.container(width=PROSE_WIDTH):
        st.markdown(f"{unbroken(literal(_sentence(nearest)))}. {rule} Perhaps it is of none that it knows.")


def say_unknown(picture: str, network: rc.Classifier) -> None:
    """Of a sample whose thing no class names: that no answer can be right. Of other pictures nobody knows it."""
    sample = samples().get(picture)
    if sample and not sample.is_among(network.weights.classes):
        st.markdown(
            f"No class of this network is called *{sample.noun}*: whatever it says is wrong, however sure it sounds.",
            width=PROSE_WIDTH,
        )


def show_known(network: rc.Classifier, said: Headline | None) -> None:
    """Folded: all classes by group, what of them is likely to lie about, and the model card."""
    from resnet_core.weights.card import read_card

    weights = network.weights
    grouping, card = weights.grouping, read_card(weights)
    if grouping and card:
        _propose(grouping, card, weights.classes)
    groups = f" in {len(grouping.groups)} groups" if grouping else ""
    known = st.expander(
        f"What it knows: {len(weights.classes):,} classes{groups}", icon=":material/category:", key="known",
        on_change="rerun",
    )  # fmt: skip
    if known.open:
        with known:
            if grouping:
                by_group = [(one.name, [weights.classes[i] for i in one.members]) for one in grouping.groups]
                drawing(rc.figures.known_html(by_group, said.label if said else "", theme_name()), key="known_groups")
            else:
                st.markdown(f":small[{literal(', '.join(weights.classes[:MOST_LISTED]))}]")
                if len(weights.classes) > MOST_LISTED:
                    st.caption(f"The first {MOST_LISTED} of {len(weights.classes):,}.")
    if card and grouping:
        fold = st.expander(
            "When it is sure, and its model card", icon=":material/description:", key="card", on_change="rerun"
        )
        if fold.open:
            with fold, st.container(width=PROSE_WIDTH):
                st.markdown(unbroken(alarms_sentence(card, grouping)))
                st.markdown(_below_headings(card.text))


def alarms_sentence(card: Card, grouping: Grouping) -> str:
    """When an answer is sure, and how often it is so in vain."""
    called_class, called_group = card.mean_alarms
    pictures = sum(row.pictures for row in card.outside.values())
    return (
        f"{_rule(grouping)} On {pictures:,} pictures of {len(card.outside)} kinds that it does not know, "
        f"{called_class:.1f} % are called a class all the same and {called_group:.1f} % a wrong group, the mean over "
        f"the kinds ({', '.join(card.outside)}). The price: of pictures that it does know, {card.unsure:.0f} % are "
        "called unsure."
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rule(grouping: Grouping) -> str:
    return unbroken(
        f"A class is said from {grouping.sure_class * 100:.0f} % on, a group of classes from "
        f"{grouping.sure_group * 100:.0f} %."
    )


def _propose(grouping: Grouping, card: Card, classes: tuple[str, ...]) -> None:
    from resnet_core.inference.proposals import proposals

    found = proposals(grouping, classes, card.class_top1)
    places = [f"{place} {_listed(things)}" for place, things in found.items()]
    if places:
        with st.container(width=PROSE_WIDTH):
            st.markdown(f"Show it something that it knows well: {', or '.join(places)}.")


def _listed(things: tuple[str, ...]) -> str:
    return literal(f"{', '.join(things[:-1])} or {things[-1]}" if len(things) > 1 else things[0])


def _below_headings(card: str) -> str:
    """A card's Markdown with headings that stand below the page's own."""
    lines = card.splitlines()
    return "\n".join(f"####{line[1:].lstrip('#')}" if line.startswith("#") else line for line in lines)
