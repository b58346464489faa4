import pytest
import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.engine import autocast, pick_device, resolve_precision


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


def test_auto_precision_on_the_cpu_is_exact():
    assert resolve_precision("auto", torch.device("cpu")) == "fp32"
    assert resolve_precision("bf16", torch.device("cpu")) == "bf16"
    with pytest.raises(InvalidSpecError, match="auto, fp32, bf16, fp16"):
        resolve_precision("int4", torch.device("cpu"))


def test_autocast_changes_the_format_and_fp32_does_not():
    square = torch.ones(4, 4)
    for precision, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        with autocast(precision, torch.device("cpu")):
            assert (square @ square).dtype == dtype
