"""One answer in full, many answers as a table, and one picture through many networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import all_weights
from pages._layout import drawing, literal, theme_name, unbroken
from pages._server import may_download
from pages.frame.whole import whole_table
from pages.network.columns import Columns, in_percent
from pages.photo.own import network_of
from pages.photo.pictures import Answer, Picture, opinion, ten_crops_of, thumbnail
from resnet_core.notation import megabytes, milliseconds, percent, sides

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.inference.classifier import ScoredClass
    from resnet_core.weights.record import Weights

CROP_NAMES = ("top left", "top right", "bottom left", "bottom right", "middle")
SEEN_WIDTH, CROP_WIDTH = 112, 96  # pixels
# The file's name comes last: on a phone the answer must be seen without scrolling.
PHOTO_COLUMNS = (
    "picture", "photo", "says", "answer", "probability", "second", "second_probability", "duration_ms", "name",
)  # fmt: skip
PROBABILITIES = ("probability", "second_probability")
Answered = Sequence[tuple[Picture, Answer]]


def show_answer(picture: Picture, answer: Answer, network: rc.Classifier, top_k: int, temperature: float) -> None:
    """The way of one picture into the network on the left, what comes out on the right."""
    top = answer.prediction.ranked(top_k, temperature)
    seen, said = st.columns((2, 1), gap="medium")
    with seen:
        _show_steps(picture, answer, network)
    with said:
        _show_classes(answer.prediction, top, network, temperature)


def _show_steps(picture: Picture, answer: Answer, network: rc.Classifier) -> None:
    from resnet_core.inference.preprocessing import crop_frames
    from resnet_core.inference.steps import channel_ranges, compare_versions, describe_crop

    weights, crops, theme = network.weights, answer.prediction.crops, theme_name()
    recipe = weights.preprocessing
    photo, rest = st.columns((5, 8), gap="medium")
    with rest.container(horizontal=True, gap="small"):  # side by side on a phone as well
        crop, values = st.container(width=SEEN_WIDTH), st.container(width="stretch")
    frames = crop_frames(answer.prediction.image_size, recipe, crops)
    width, height = answer.prediction.image_size
    photo.markdown("**1.** Resize and crop")
    photo.image(
        rc.figures.framed_picture(answer.shown, frames, theme), caption=f"{width:,}×{height:,} pixels",
        alt=f"{picture.title.split('.')[0]}, with what the network sees of it framed",
    )  # fmt: skip
    ten = ten_crops_of(picture, network) if crops > 1 else ()
    seen = ten[CROP_NAMES.index("middle")] if ten else answer.seen
    size = f"{recipe.crop_size}×{recipe.crop_size} pixels" + (", one of ten" if ten else "")
    crop.markdown("**2.** What it sees")
    crop.image(seen, caption=size, width=SEEN_WIDTH, alt="The picture after resize and crop")
    with values:
        st.markdown("**3.** Normalise")
        ranges = channel_ranges(seen, recipe)
        drawing(rc.figures.ranges_drawing(ranges, theme), key="ranges")
        st.caption("Distance from the training set's mean, in its standard deviations.")
    if ten:
        _show_crops(ten)
    st.caption(" ".join(filter(None, (describe_crop(recipe, crops), compare_versions(weights, all_weights())))))
    st.markdown(f":small[{'. '.join(filter(None, (picture.title, answer.note)))}]")


def _show_crops(ten: Sequence[Image]) -> None:
    for row, also in ((ten[:5], ""), (ten[5:], ", mirrored")):
        tiles = [(image, f"{name}{also}") for image, name in zip(row, CROP_NAMES, strict=True)]
        drawing(
            rc.figures.tiles_html(tiles, theme_name(), smallest=56, largest=CROP_WIDTH), key=f"shown_crops{also[2:]}"
        )


def _show_classes(
    prediction: rc.Prediction, top: Sequence[ScoredClass], network: rc.Classifier, temperature: float
) -> None:
    from resnet_core.inference.temperature import temperature_sentence

    weights, of_crops = network.weights, ", the mean of ten crops" if prediction.crops > 1 else ""
    st.markdown("**4.** What it says")
    show_likeliest(top, "bars")
    st.caption(unbroken(temperature_sentence(prediction, temperature)))
    timed = (
        f"{milliseconds(prediction.duration_ms)} on {prediction.device} in {prediction.precision}{of_crops}, "
        f"after {milliseconds(prediction.view_ms)} to resize and crop the picture."
    )
    st.caption(f"{timed} {network.engine.note}".strip())
    named = f": {literal(', '.join(weights.classes))}" if len(weights.classes) <= 10 else ""
    learnt = f" Trained on {literal(weights.data)}." if weights.data else ""
    st.caption(f"{weights.spec.name} knows {len(weights.classes):,} classes{named}.{learnt} {_costs(weights)}")


def show_likeliest(top: Sequence[ScoredClass], key: str) -> None:
    """A bar for each class, likeliest first."""
    bars = rc.figures.predictions_html([one.label for one in top], [one.probability for one in top], theme_name())
    drawing(bars, key)


def _costs(weights: Weights) -> str:
    """What a set of weights takes in, how often it is right and how large it is."""
    side = weights.preprocessing.crop_size
    right = f" It is right on {percent(weights.top1 / 100)} of its test pictures." if weights.top1 else ""
    return f"It reads {sides(side, side)} pixels.{right} Its file has {megabytes(weights.size_bytes)}."


def pick_photo(titles: Sequence[str]) -> int:
    """Which of several photos is shown in full: chosen here or by its row in the table."""
    if st.session_state.get("photo") not in titles:  # it was removed
        st.session_state.pop("photo", None)
    return titles.index(st.selectbox("Shown in full", titles, key="photo", width=200))


def show_table(answers: Answered, temperature: float) -> None:
    """All photos, one to a row; choosing a row shows that one in full."""
    from resnet_core.anatomy.tables.as_text import export_table
    from resnet_core.inference.answers import answers_table

    def choose() -> None:
        rows = st.session_state.photos_table.selection.rows
        if rows:
            st.session_state.photo = answers[rows[0]][0].title

    table = answers_table([(picture.file, answer.prediction) for picture, answer in answers], temperature)
    shown = table.drop(columns="weights")
    shown["says"] = [said_above(answer.prediction, temperature) for _, answer in answers]
    shown.insert(0, "photo", [picture.title for picture, _ in answers])
    shown.insert(0, "picture", [thumbnail(answer.shown) for _, answer in answers])
    st.dataframe(
        in_percent(shown, *PROBABILITIES), hide_index=True, row_height=56, column_order=PHOTO_COLUMNS,
        key="photos_table", on_select=choose, selection_mode="single-row", alt=f"The answers for {len(answers)} photos",
        column_config=_columns("File"),
    )  # fmt: skip
    st.download_button(
        "Answers as CSV", export_table(table, "csv"), "answers.csv", "text/csv",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def said_above(prediction: rc.Prediction, temperature: float) -> str:
    """What stands large above one photo: the finest level that is sure, or the likeliest class without a rule."""
    if prediction.headline is None:
        return prediction.ranked(1, temperature)[0].label
    return prediction.headline.text.partition(" (nearest")[0].partition(" (most")[0]


def show_networks(picture: Picture, offered: Sequence[Weights], crops: int, temperature: float) -> None:
    """One picture through every network whose weights are on this machine; nothing is fetched."""
    from resnet_core.inference.answers import answers_table

    here = [weights for weights in offered if weights.availability in ("bundled", "on disk", "in memory")]
    said, trouble = [], []
    waiting = st.progress(0.0, "Asking the networks")
    for number, weights in enumerate(here):
        waiting.progress(number / len(here), f"Asking {weights.name}")
        try:
            said.append((weights.name, opinion(picture, network_of(weights), crops > 1)))
        except rc.ResNetCoreError as error:
            trouble.append(f"- {weights.name}: {literal(error)}")
    waiting.empty()
    table = answers_table(said, temperature)
    table["weights"] = [f"{len(prediction.classes):,}" for _, prediction in said]
    whole_table(
        in_percent(table, *PROBABILITIES), hide_index=True, key="networks_table",
        alt=f"The answers of {len(said)} networks", column_config=_columns("Network"),
        on_phone=("name", "answer", "probability"),
    )  # fmt: skip
    if missing := len(offered) - len(here):
        fetch = "choose one above to fetch it" if may_download() else "they are not on this server"
        st.caption(
            f"Each network gets the picture through its own resize and crop. {missing} more are published; {fetch}."
        )
    if trouble:
        st.warning("\n".join(["Not asked:", "", *trouble]), icon=":material/error:")


def two_versions(offered: dict[str, Weights]) -> str:
    """How the two recipes of torchvision cut a picture, in a sentence."""
    from resnet_core.inference.steps import compare_versions

    return compare_versions(offered["resnet50.IMAGENET1K_V2"], offered.values())


def _columns(name: str) -> Columns:
    columns = st.column_config
    return {
        "picture": columns.ImageColumn("", width=64),
        "photo": columns.TextColumn("Photo", width=70),
        "name": columns.TextColumn(name, width=130),
        "says": columns.TextColumn("Says", width=150),
        "answer": columns.TextColumn("Likeliest class", width=120),
        "probability": columns.NumberColumn("Probability", format="%.1f %%", width=85),
        "second": columns.TextColumn("Second class", width=110),
        "second_probability": columns.NumberColumn("Probability", format="%.1f %%", width=85),
        "duration_ms": columns.NumberColumn("Time", format="%.1f ms", width=90),
        "weights": columns.TextColumn("Classes", alignment="right", width=70),
    }
