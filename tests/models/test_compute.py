import pytest
import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.models import compute
from resnet_core.models.compute import autocast, pick_device, resolve_precision, training_precision


def test_auto_takes_the_fastest_device_there_is(monkeypatch):
    for cuda, mps, expected in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda cuda=cuda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda mps=mps: mps)
        assert pick_device().type == expected


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "cpu:cpu", "", "meta"])
def test_an_unknown_device_is_a_sentence(device):
    with pytest.raises(InvalidSpecError, match="auto, cpu, cuda, mps"):
        pick_device(device)


def test_an_absent_device_is_a_sentence(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for device in ("cuda", "cuda:3", "mps"):
        with pytest.raises(InvalidSpecError, match="not on this machine"):
            pick_device(device)


@pytest.mark.parametrize(("fast", "chosen"), [(True, "bf16"), (False, "fp32")])
def test_auto_precision_is_the_faster_one(monkeypatch, fast, chosen):
    monkeypatch.setattr(compute, "has_fast_bf16", lambda device_type: fast)
    assert resolve_precision("auto", torch.device("cpu")) == chosen
    assert resolve_precision("fp32", torch.device("cpu")) == "fp32"


@pytest.mark.parametrize(("times", "fast"), [((1.0, 2.0), True), ((2.0, 1.0), False), ((1.0, 1.0), False)])
def test_bf16_counts_as_fast_only_where_it_was_measured_faster(monkeypatch, times, fast):
    measured = dict(zip((torch.bfloat16, torch.float32), times, strict=True))
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    monkeypatch.setattr(compute, "_convolution_s", lambda dtype: measured[dtype])
    assert compute.has_fast_bf16.__wrapped__("cpu") is fast


@pytest.mark.parametrize("fast", [True, False])
def test_what_auto_means_in_training_no_clock_decides(monkeypatch, fast):
    monkeypatch.setattr(compute, "has_fast_bf16", lambda device_type: fast)
    assert training_precision("auto", torch.device("cpu")) == "fp32"
    assert training_precision("bf16", torch.device("cpu")) == "bf16"
    assert training_precision("auto", torch.device("cuda")) == ("bf16" if fast else "fp32")  # by the kind of the GPU
    with pytest.raises(InvalidSpecError, match="auto, fp32, bf16, fp16"):
        training_precision("int4", torch.device("cpu"))


def test_an_unknown_precision_is_a_sentence():
    with pytest.raises(InvalidSpecError, match="auto, fp32, bf16, fp16"):
        resolve_precision("int4", torch.device("cpu"))


def test_autocast_changes_the_format_and_fp32_does_not():
    square = torch.ones(4, 4)
    for precision, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        with autocast(precision, torch.device("cpu")):
            assert (square @ square).dtype == dtype
