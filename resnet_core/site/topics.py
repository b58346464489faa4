"""all_topics(): what the pages show, with data that is computed here and now."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from string import Template

from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.data import data_folder
from resnet_core.figures.shortcut.payload import SCALE
from resnet_core.site.additions import picture_uri, recorded_addition, sample_pictures
from resnet_core.site.networks import about, network_file, networks_for_pages
from resnet_core.site.pieces import OWN_MODULES, Topic, as_json, frame


def all_topics() -> Iterator[Topic]:
    """Every page, the contents last: it shows what the others have."""
    yield addition_topic()


def body(name: str, **values: str) -> str:
    """The HTML of a topic with its computed parts."""
    return Template((data_folder("site") / f"{name}.html").read_text("utf-8")).substitute(values)


def addition_topic() -> Topic:
    """One picture in one network, block by block: the sums, alpha, and what is cut."""
    networks = networks_for_pages()
    pictures = sample_pictures(networks[0].preprocessing)
    files: dict[str, str | bytes] = {}
    for weights in networks:
        files[f"networks/{weights.name}.safetensors"] = network_file(weights)
        for sample, seen in pictures:
            files[f"additions/{weights.name}.{sample.name}.json"] = as_json(recorded_addition(weights, seen))
    buttons = "".join(
        f'<button type="button" data-sample="{one.name}" title="{escape(one.title)}" aria-pressed="false">'
        f'<img src="{picture_uri(seen)}" alt="{escape(one.title)}"></button>'
        for one, seen in pictures
    )
    layers = {weights.name: weights.spec.layers for weights in networks}
    options = "".join(f'<option value="{name}">{count} layers</option>' for name, count in layers.items())
    accuracy = " and ".join(f"{one.top1:.1f} % ({layers[one.name]} layers)" for one in networks)
    credits = "; ".join(f"{one.title} ({one.credit}, {one.licence})" for one, _ in pictures)
    weights_of = " and ".join(f"{walk_spec(one.spec).total_params:,}" for one in networks)
    page = body(
        "addition", samples=buttons, networks=options, shortcut=frame("shortcut"), cuts=frame("cuts"),
        models=" or ".join(one.spec.name for one in networks), weights=weights_of, credits=escape(credits),
        side=str(networks[0].preprocessing.crop_size), classes=", ".join(networks[0].classes), accuracy=accuracy,
    )  # fmt: skip
    known = {
        "networks": [about(one) for one in networks], "scale": SCALE,
        "samples": [sample.name for sample, _ in pictures],
    }  # fmt: skip
    return Topic(
        name="addition", label="The addition", question="What does the addition do?",
        answer="A block passes on what came in, plus a correction. At α = 0 only what came in goes on.",
        body=page, modules=(*OWN_MODULES, "network", "drawing/shortcut", "drawing/cuts"), styles=("shortcut", "cuts"),
        data={"addition.json": known}, files=files,
    )  # fmt: skip
