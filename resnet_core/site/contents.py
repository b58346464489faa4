"""contents_topic(): the page that leads to the others, each with a drawing of what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from resnet_core.anatomy.tables.bottleneck import compare_bottleneck
from resnet_core.figures.diagram.scenes import diagram_svg
from resnet_core.figures.shortcut.drawings import addition_drawing
from resnet_core.figures.shortcut.payload import likest_channel
from resnet_core.figures.stacks import stack_drawing
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.shortcut.addition import addition
from resnet_core.inference.preprocessing import to_batch
from resnet_core.site.additions import grey_of, sample_pictures
from resnet_core.site.pieces import Topic, body, both_themes
from resnet_core.site.racing import digits_drawing
from resnet_core.site.trainings import race_drawing
from resnet_core.weights.record import Weights

SMALLEST = "resnet18"  # of which all blocks fit into a small drawing


def contents_topic(topics: Sequence[Topic], networks: Sequence[Weights]) -> Topic:
    """A card for each topic: its question, its answer and a drawing."""
    pictures = _pictures(networks[-1])
    cards = "".join(
        f'<li><a href="{topic.name}.html"><strong>{topic.question}</strong><p>{topic.answer}</p>'
        f'<div class="picture" aria-hidden="true">{both_themes(pictures[topic.name])}</div></a></li>'
        for topic in topics
    )
    return Topic(
        name="index", label="Contents", question="Why can a network of 152 layers learn at all?",
        answer="Because each block passes on what came in, and only adds a correction. See it on your own photo.",
        body=body("index", cards=cards), modules=("page",),
    )  # fmt: skip


def _pictures(weights: Weights) -> Mapping[str, Callable[[str], str]]:
    seen = sample_pictures(weights.preprocessing)[0][1]
    network = Classifier.load(weights, device="cpu", backend="eager", precision="fp32")
    terms = addition(network, to_batch([seen], weights.preprocessing), "layer1.0")
    channel = likest_channel(terms.sum, grey_of(seen, terms.sum.shape[1:]))
    compared = compare_bottleneck()
    return {
        "addition": partial(addition_drawing, terms, channel), "architecture": partial(diagram_svg, SMALLEST),
        "bottleneck": lambda theme: "".join(stack_drawing(compared, stack, theme) for stack in ("bottleneck", "basic")),
        "race": digits_drawing, "trainings": partial(race_drawing, "deep"),
    }  # fmt: skip
