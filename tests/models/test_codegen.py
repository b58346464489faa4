import dataclasses
import subprocess
import sys

import pytest
import torch

import resnet_core as rc
from resnet_core.models.codegen import FREE, WRITTEN, model_code

TINY = {"depths": (1, 2), "widths": (16, 32), "num_classes": 7}
VARIANTS = {
    "resnet18": {}, "resnet50": {}, "resnet50_v1": {}, "plain34": {}, "resnet34_a": {}, "resnet34_c": {},
    "resnext50_32x4d": {}, "wide_resnet50_2": {}, "resnet50d": {}, "resnet50_v2": {}, "seresnet50": {},
    "cifar_resnet20": {}, "cifar_plain20": {}, "cifar_preact_resnet110": {}, "d2l_resnet18": {}, "d2l_resnext": {},
    "tiny": {"base": "resnet50", **TINY, "in_channels": 1, "groups": 4},
    "no_norm": {"base": "resnet18", **TINY, "norm": "none"},
    "wide_stem": {"base": "resnet50", **TINY, "stem": "deep_wide"},
    "five_stages": {"base": "resnet18", "depths": (1, 1, 1, 1, 1), "widths": (8, 8, 16, 16, 32)},
}  # fmt: skip


def spec_of(name):
    changes = dict(VARIANTS[name])
    return rc.get_spec(changes.pop("base", name)).override(**changes)


def run(code):
    names = {"__name__": "generated"}
    exec(compile(code, "generated.py", "exec"), names)
    return names["build"]().eval()


def calls(module, size):
    kept = (
        "path",
        "kind",
        "input_shape",
        "output_shape",
        "kernel_size",
        "stride",
        "padding",
        "groups",
        "params",
        "macs",
    )
    trace = rc.trace_model(module, size)
    return [tuple(getattr(call, field) for field in kept) for call in trace.calls]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_written_network_is_the_network(name):
    spec = spec_of(name)
    ours, written = rc.build_model(spec, seed=0).eval(), run(model_code(spec))
    assert {k: v.shape for k, v in written.state_dict().items()} == {k: v.shape for k, v in ours.state_dict().items()}
    written.load_state_dict(ours.state_dict(), strict=True)
    picture = torch.randn(1, spec.in_channels, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(written(picture), ours(picture))
    size = (1, spec.in_channels, 64, 64)
    assert calls(written, size) == calls(ours, size)


@pytest.mark.parametrize(("name", "field"), [("resnest50d", "block"), ("skresnet50", "block")])
def test_what_cannot_be_written_is_refused_by_name(name, field):
    with pytest.raises(rc.InvalidSpecError, match=f"{field}=.*build_model"):
        model_code(name)


def test_a_detached_shortcut_is_refused():
    with pytest.raises(rc.InvalidSpecError, match="shortcut='detached'"):
        model_code(rc.get_spec("resnet18").override(shortcut="detached"))


def test_every_field_of_a_spec_is_either_written_or_refused_when_it_is_used():
    fields = {field.name: field for field in dataclasses.fields(rc.ModelSpec)}
    for name in set(fields) - set(WRITTEN) - FREE:
        assert fields[name].default is not dataclasses.MISSING, name
    assert "radix" not in FREE


def test_the_code_runs_alone_and_prints_its_count(tmp_path):
    code = model_code("cifar_resnet20")
    assert "resnet_core" not in code
    (tmp_path / "net.py").write_text(code)
    printed = subprocess.run([sys.executable, "-I", "net.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == ["269,722 parameters", "(1, 10)"]


@pytest.mark.parametrize("name", ["resnet50", "cifar_resnet20", "resnet50d"])
def test_no_line_is_longer_than_120_letters(name):
    assert max(map(len, model_code(name).splitlines())) <= 120
