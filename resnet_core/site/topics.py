"""all_topics(): what the pages show, with data that is computed here and now."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby, product

from resnet_core.anatomy.counting.cost import MAC_RULE
from resnet_core.anatomy.tables.bottleneck import compare_bottleneck
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.figures.browser.networks import about, network_file, networks_for_pages
from resnet_core.figures.diagram.journey import journey_payload
from resnet_core.figures.diagram.scenes import diagram_payload
from resnet_core.figures.shortcut.payload import SCALE
from resnet_core.figures.stacks import TITLES, stack_layout
from resnet_core.models.catalogue import get_spec, list_models
from resnet_core.notation import of_one, percent
from resnet_core.site.additions import picture_uri, recorded_addition, sample_pictures
from resnet_core.site.contents import contents_topic
from resnet_core.site.pieces import LIVE, Topic, as_json, body, frame
from resnet_core.site.racing import race_topic
from resnet_core.site.trainings import trainings_topic
from resnet_core.weights.record import Weights

FIRST_VARIANT = "resnet50"
CHOICES = {
    "channels": ("Channels in and out", (64, 128, 256, 512, 1024, 2048)),
    "width": ("Width inside", (16, 32, 64, 128, 256, 512)),
    "groups": ("Groups of the 3×3", (1, 2, 4, 8, 16, 32, 64)),
    "size": ("Map, pixels a side", (7, 14, 28, 56, 112)),
}  # fmt: skip
Files = dict[str, str | bytes]


def all_topics() -> Iterator[Topic]:
    """Every page, the contents last: it shows what the others have."""
    networks = networks_for_pages()
    topics = [
        addition_topic(networks),
        architecture_topic(networks),
        bottleneck_topic(),
        race_topic(),
        trainings_topic(),
    ]
    yield from (*topics, contents_topic(topics, networks))


def addition_topic(networks: list[Weights]) -> Topic:
    """One picture in one network, block by block: the sums, alpha, and what is cut."""
    pictures, files = sample_pictures(networks[0].preprocessing), network_files(networks)
    for weights in networks:
        for sample, seen in pictures:
            files[f"additions/{weights.name}.{sample.name}.json"] = as_json(recorded_addition(weights, seen))
    layers = {weights.name: weights.spec.layers for weights in networks}
    page = body(
        "addition", samples=sample_buttons(networks), shortcut=frame("shortcut"), cuts=frame("cuts"),
        networks="".join(f'<option value="{name}">{count} layers</option>' for name, count in layers.items()),
        models=" or ".join(one.spec.name for one in networks), side=str(networks[0].preprocessing.crop_size),
        weights=" and ".join(f"{walk_spec(one.spec).total_params:,}" for one in networks),
        classes=", ".join(networks[0].classes),
        accuracy=" and ".join(f"{one.top1:.1f} % ({layers[one.name]} layers)" for one in networks),
        credits=escape("; ".join(f"{one.title} ({one.credit}, {one.licence})" for one, _ in pictures)),
    )  # fmt: skip
    known = {
        "networks": [about(one) for one in networks], "scale": SCALE, "samples": [one.name for one, _ in pictures],
    }  # fmt: skip
    return Topic(
        name="addition", label="The addition", question="What does the addition do?",
        answer="A block passes on what came in, plus a correction. At α = 0 only what came in goes on.",
        body=page, modules=(*LIVE, "drawing/shortcut", "drawing/cuts"), styles=("shortcut", "cuts"),
        data={"addition.json": known}, files=files,
    )  # fmt: skip


def network_files(networks: list[Weights]) -> Files:
    """The networks' weights, by the name under which a page loads them."""
    return {f"networks/{one.name}.safetensors": network_file(one) for one in networks}


def sample_buttons(networks: list[Weights]) -> str:
    """The sample pictures to choose from, as the networks see them: a page reads the pixels out of them."""
    return "".join(
        f'<button type="button" data-sample="{one.name}" title="{escape(one.title)}" aria-pressed="false">'
        f'<img src="{picture_uri(seen)}" alt="{escape(one.title)}"></button>'
        for one, seen in sample_pictures(networks[0].preprocessing)
    )


def architecture_topic(networks: list[Weights]) -> Topic:
    """Every variant of the catalogue, with its levels and one picture's way through it."""
    files: Files = network_files(networks)
    for name in list_models():
        trace = walk_spec(get_spec(name))
        facts = {
            "input": of_one(trace.input_shape), "parameters": f"{trace.total_params:,}",
            "MACs": f"{trace.total_macs:,}", "layers with weights": str(get_spec(name).layers),
        }  # fmt: skip
        shown = {"diagram": diagram_payload(trace), "way": journey_payload(trace), "facts": list(facts.items())}
        files[f"variants/{name}.json"] = as_json(shown)
    families = groupby(list_models(), lambda name: get_spec(name).family)
    options = "".join(
        f'<optgroup label="{family}">{"".join(f"<option>{name}</option>" for name in names)}</optgroup>'
        for family, names in families
    )
    pictures = sample_pictures(networks[0].preprocessing)
    known = {
        "networks": [about(one) for one in networks], "variants": list_models(), "first": FIRST_VARIANT, "scale": SCALE,
        "samples": [one.name for one, _ in pictures], "picture": picture_uri(pictures[0][1]),
    }  # fmt: skip
    return Topic(
        name="architecture", label="Architecture", question="What happens between the picture and the answer?",
        answer=f"All {len(list_models())} variants, drawn to the last layer. Open a stage, then a block; every number "
        "stands beside its product.",
        body=body(
            "architecture", variants=options, samples=sample_buttons(networks), explorer=frame("explorer"),
            rule=MAC_RULE,
        ),
        modules=(*LIVE, "drawing/explorer"), styles=("explorer",), data={"architecture.json": known}, files=files,
    )  # fmt: skip


def bottleneck_topic() -> Topic:
    """The bottleneck's arithmetic, computed by the page itself."""
    comparison, fields = compare_bottleneck(), ""
    first = {name: getattr(comparison, name) for name in CHOICES}
    for name, (label, values) in CHOICES.items():
        start = first[name]
        options = "".join(f"<option{' selected' if one == start else ''}>{one}</option>" for one in values)
        fields += f'<label class="field">{label} <select name="{name}">{options}</select></label>'
    offered = {name: values for name, (_, values) in CHOICES.items()}
    tried = sum(not width % groups for _, width, groups, _ in product(*offered.values()))
    return Topic(
        name="bottleneck", label="Bottleneck",
        question=f"Why {comparison.bottleneck_params:,} and not {comparison.basic_params:,}?",
        answer=f"From {comparison.channels} channels to {comparison.width} and back, input and output keep their "
        f"shapes, with {percent(comparison.share)} of the weights.",
        body=body("bottleneck", fields=fields, tried=f"{tried:,}"), modules=("page", "stacks"),
        data={"bottleneck.json": {
            "offered": offered, "first": first, "titles": TITLES,
            "layout": stack_layout(),
        }},
    )  # fmt: skip
