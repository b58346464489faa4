"""A reader's own hook on document 000's listing: the right transcript, and what goes wrong on the way to it."""

from pathlib import Path

import pytest
import torch
from torch import nn

import resnet_core as rc
from resnet_core.models.listings.build import build_listing

KINDS = (nn.Conv2d, nn.MaxPool2d, nn.AdaptiveAvgPool2d, nn.Linear)
GOLDEN = Path(__file__).parents[2] / "golden" / "hook_blog_transcript.txt"


def line(module, inputs, output):
    return f"{module} [input] {inputs[0].shape} [ouput] {output.shape}"


def hooked(write=line, kinds=KINDS, hooks=1, runs=1, batch=1, fix=()):
    """What a reader's cell collects in `lines`."""
    model, lines = build_listing("listing_hook_blog", device="meta", fix=fix).eval(), []
    for module in model.modules():
        if isinstance(module, kinds):
            for _ in range(hooks):
                module.register_forward_hook(lambda *seen: lines.append(write(*seen)))
    for _ in range(runs):
        model(torch.zeros(batch, 3, 224, 224, device="meta"))
    return lines


def test_the_documents_own_hook_is_right():
    lines = hooked()
    assert len(lines) == len(GOLDEN.read_text("utf-8").splitlines()) == 56
    assert rc.check("hook-transcript", lines).state == "right"
    assert rc.check("hook-transcript", "\n".join(lines).replace("ouput", "output")).state == "right"


def test_over_several_lines_as_the_document_prints_it():
    def write(module, inputs, output):
        return "\n".join(("-" * 80, str(module), f"[input] {inputs[0].shape}", f"[ouput] {output.shape}"))

    assert rc.check("hook-transcript", hooked(write)).state == "right"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"kinds": (*KINDS, nn.BatchNorm2d)}, "tells of BatchNorm2d too"),
        ({"kinds": nn.Module}, "and Sequential too"),
        ({"kinds": (nn.Conv2d, nn.Linear)}, "tells of no AdaptiveAvgPool2d and MaxPool2d"),
        ({"hooks": 2}, "two hooks hang on each layer"),
        ({"runs": 2}, "ran more than once"),
        ({"batch": 2}, "one picture at a time"),
        ({"write": lambda module, inputs, output: line(module, [output], inputs[0])}, "have changed places"),
        ({"write": lambda module, inputs, output: line(module, inputs, inputs[0])}, "the same size twice"),
        ({"write": lambda module, inputs, output: str(output.shape)}, "No line reads as"),
        ({"fix": ("max_pool_padding",)}, "Line 2, of a MaxPool2d, is the first"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-",
)
def test_a_usual_mistake_is_recognised(made, said):
    verdict = rc.check("hook-transcript", hooked(**made))
    assert verdict.state == "not yet"
    assert said in verdict.text


def test_nothing_written_and_too_little():
    lines = hooked()
    assert "the hook has not run" in rc.check("hook-transcript", []).text
    assert "has 56 lines and you have 57" in rc.check("hook-transcript", [*lines, lines[-1]]).text
    assert "It tells of no AdaptiveAvgPool2d and Linear." in rc.check("hook-transcript", lines[:40]).text
    assert "Line 3, of a Conv2d, is the first" in rc.check("hook-transcript", lines[:2] + lines[3:]).text
