"""The written code is executed: same modules, same keys, same calls, same numbers as the network it was written for."""

import dataclasses
import subprocess
import sys
from typing import get_args, get_type_hints

import pytest
import torch

import resnet_core as rc
from resnet_core.models.codegen import model as codegen
from resnet_core.models.codegen.model import model_code

TINY = rc.ModelSpec(
    name="tiny", family="own", block="bottleneck", depths=(1, 2), widths=(16, 32), num_classes=7, input_size=(32, 48)
)
# Every choice of a spec at least once, and pairs that meet in the text.
CHOICES = {
    "basic": {"block": "basic"},
    "five stages": {"block": "basic", "depths": (1, 1, 1, 1, 1), "widths": (8, 8, 16, 16, 32), "in_channels": 1},
    "bottleneck": {},
    "half stem": {"block": "basic", "stem": "half"},
    "preact half": {"block": "preact_basic", "stem": "half"},
    "flat": {"block": "flat_bottleneck", "group_width": 8, "conv_bias": True},
    "preact basic": {"block": "preact_basic", "shortcut": "zero_pad", "stem": "cifar"},
    "padded on both sides": {"block": "basic", "shortcut": "zero_pad_both"},
    "padded unevenly": {"block": "basic", "shortcut": "zero_pad_both", "widths": (16, 35)},
    "preact": {"block": "preact_bottleneck", "shortcut": "bare_projection"},
    "preact detached": {"block": "preact_bottleneck", "shortcut": "detached"},
    "preact plain": {"block": "preact_bottleneck", "shortcut": "none", "norm": "none"},
    "selective": {"block": "sk_bottleneck"},
    "selective groups": {"block": "sk_bottleneck", "groups": 4, "norm": "none"},
    "split": {"block": "split_bottleneck", "radix": 2, "shortcut": "pooled_projection", "stem": "deep"},
    "split groups": {"block": "split_bottleneck", "radix": 2, "groups": 2, "norm": "none"},
    "one split": {"block": "split_bottleneck"},
    "wide stem": {"stem": "deep_wide", "shortcut": "projection_all"},
    "groups": {"groups": 4, "width_per_group": 16, "stride_on": "1x1"},
    "squeeze": {"squeeze_excite": True},
    "squeeze detached": {"block": "basic", "squeeze_excite": True, "shortcut": "detached", "norm": "none"},
    "plain": {"shortcut": "none", "norm": "none"},
}  # fmt: skip
KEPT = [
    field.name for field in dataclasses.fields(rc.LayerCall) if field.name not in ("stage", "block")
]  # the written network has no stages of ours


def run(code):
    names = {"__name__": "generated"}
    exec(compile(code, "generated.py", "exec"), names)
    return names["build"]().eval()


def calls(trace):
    return [tuple(getattr(call, name) for name in KEPT) for call in trace.calls]


def shapes(model):
    return {key: tuple(value.shape) for key, value in model.state_dict().items()}


@pytest.mark.parametrize("name", CHOICES)
def test_with_the_same_weights_the_written_network_gives_the_same_numbers(name):
    spec = TINY.override(**CHOICES[name])
    ours, written = rc.build_model(spec, seed=0).eval(), run(model_code(spec))
    written.load_state_dict(ours.state_dict(), strict=True)
    picture = torch.randn(2, spec.in_channels, 32, 48, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(written(picture), ours(picture))
    size = tuple(picture.shape)
    assert calls(rc.trace_model(written, size)) == calls(rc.trace_model(ours, size))


def test_a_detached_shortcut_lets_no_gradient_back():
    written = run(model_code(TINY.override(shortcut="detached", depths=(2,), widths=(16,))))
    written.layer1[1].bn3.weight.data.zero_()  # the branch of the second block gives nothing: only x is left
    written(torch.randn(1, 3, 32, 32)).sum().backward()
    assert written.conv1.weight.grad is None or written.conv1.weight.grad.abs().sum() == 0
    assert written.fc.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("name", rc.list_models())
def test_every_variant_is_written_as_it_is(name):
    with torch.device("meta"):
        written = run(model_code(name))
    assert shapes(written) == shapes(rc.build_model(name, device="meta"))
    if name != "cifar_resnet1202":  # nothing in it that cifar_resnet110 has not, but ten times the calls
        assert calls(rc.trace_model(written, rc.walk_spec(name).input_shape)) == calls(rc.walk_spec(name))


def test_every_choice_of_a_spec_is_among_those_compared():
    hints, specs = get_type_hints(rc.ModelSpec), [TINY.override(**changes) for changes in CHOICES.values()]
    for field in dataclasses.fields(rc.ModelSpec):
        if options := [option for option in get_args(hints[field.name]) if isinstance(option, str)]:
            assert {getattr(spec, field.name) for spec in specs} == set(options), field.name
        elif field.name not in ("name", "family", "source"):
            assert any(getattr(spec, field.name) != field.default for spec in specs), field.name


def test_a_choice_that_is_newer_than_the_writer_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(codegen.WRITTEN, "stem", {"imagenet"})
    with pytest.raises(rc.InvalidSpecError, match=r"stem='cifar' can't be written.*would need one of imagenet.*build"):
        model_code("cifar_resnet20")
    monkeypatch.setattr(codegen, "FREE", codegen.FREE - {"groups"})
    with pytest.raises(rc.InvalidSpecError, match=r"groups=32 can't be written.*would need 1\."):
        model_code("resnext50_32x4d")


def test_the_code_runs_alone_and_prints_its_count(tmp_path):
    code = model_code("cifar_resnet20")
    assert "resnet_core" not in code
    (tmp_path / "net.py").write_text(code)
    printed = subprocess.run([sys.executable, "-I", "net.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == ["269,722 parameters", "(1, 10)"]


@pytest.mark.parametrize("name", rc.list_models())
def test_the_code_is_laid_out_to_be_read(name):
    code = model_code(name)
    assert max(map(len, code.splitlines())) <= 120
    assert "$" not in code
    assert "\n\n\n\n" not in code
