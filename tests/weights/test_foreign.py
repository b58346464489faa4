"""Checkpoints in the forms that other people's scripts leave."""

import argparse
import json
import re
import warnings

import numpy as np
import pytest
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from resnet_core.errors import WeightsError
from resnet_core.models.network import build_model
from resnet_core.weights.library import FOLDER_VARIABLE, find_weights, list_weights, load_weights
from resnet_core.weights.state_dicts import read_state_dict
from resnet_core.weights.unreadable import is_safetensors


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)


@pytest.fixture(scope="module")
def small():
    """A residual network of three classes, small enough to be saved often, and its tensors."""
    torch.manual_seed(0)
    return build_model("resnet18", num_classes=3, widths=(4, 8, 8, 8), depths=(1, 1, 1, 1)).eval()


def loads_as(path, model, side=64):
    ours, weights = load_weights(path)
    picture = torch.randn(2, ours.spec.in_channels, side, side, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(ours(picture), model.eval()(picture), rtol=1e-4, atol=1e-5)
    return weights


@pytest.mark.parametrize(
    "wrapper", ["state_dict", "model", "model_state_dict", "net", "state_dict_ema", "params", "weights"]
)
def test_weights_are_found_beside_the_optimiser_under_any_usual_name(small, tmp_path, wrapper):
    torch.save({"epoch": 3, "arch": "resnet18", wrapper: small.state_dict(), "optimizer": {}}, tmp_path / "best.pt")
    assert loads_as(tmp_path / "best.pt", small).classes == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize(
    "prefix", ["module.", "_orig_mod.", "model.", "backbone.", "encoder.", "module._orig_mod.", "model.backbone.net."]
)
def test_what_stands_in_front_of_the_names_is_left_out(small, tmp_path, prefix):
    torch.save({prefix + name: tensor for name, tensor in small.state_dict().items()}, tmp_path / "a.pth")
    loads_as(tmp_path / "a.pth", small)


def test_a_backbone_and_a_head_beside_it_are_one_network(small, tmp_path):
    names = {
        name: f"model.{name}" if name.startswith("fc") else f"model.backbone.{name}" for name in small.state_dict()
    }
    torch.save({names[name]: tensor for name, tensor in small.state_dict().items()}, tmp_path / "a.pth")
    loads_as(tmp_path / "a.pth", small)


@pytest.mark.parametrize(
    "ending", [".pth", ".pt", ".pth.tar", ".th", ".ckpt", ".bin", ".pkl", ".PTH", ".Pth.Tar", ".safetensors"]
)
def test_a_file_may_have_any_usual_ending_and_is_listed(small, tmp_path, monkeypatch, ending):
    path = tmp_path / f"run7{ending}"
    save = save_file if ending == ".safetensors" else torch.save
    save({name: tensor.contiguous() for name, tensor in small.state_dict().items()}, path)
    loads_as(path, small)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert [w.name for w in list_weights() if w.source == "local"] == ["run7"]
    assert find_weights("run7").path == find_weights(str(path)).path == path


@pytest.mark.parametrize("head", ["fc", "linear", "classifier", "head.fc", "fc.1", "last_linear"])
def test_the_classifier_may_have_any_name(small, tmp_path, head):
    state = {re.sub(r"^fc\.", f"{head}.", name): tensor for name, tensor in small.state_dict().items()}
    torch.save(state, tmp_path / "a.pth")
    loads_as(tmp_path / "a.pth", small)


def test_dropout_before_the_classifier_is_torchvisions_usual_replacement(tmp_path):
    model = models.resnet18()
    model.fc = nn.Sequential(nn.Dropout(0.5), nn.Linear(512, 5))
    torch.save(model.state_dict(), tmp_path / "best_model.pth")
    weights = loads_as(tmp_path / "best_model.pth", model)
    assert (weights.spec.name, len(weights.classes)) == ("resnet18", 5)


@pytest.mark.parametrize("name", ["resnet18d", "resnet26d", "resnetv2_50"])
def test_timms_networks_are_known_by_their_shapes(tmp_path, name):
    model = timm.create_model(name, num_classes=4)
    torch.save({"state_dict": model.state_dict()}, tmp_path / "model_best.pth.tar")
    expected = "resnet50_v2" if name == "resnetv2_50" else name
    assert loads_as(tmp_path / "model_best.pth.tar", model).spec.name == expected


class LiuBlock(nn.Module):
    """A block as kuangliu/pytorch-cifar names it: `shortcut` where torchvision says `downsample`."""

    def __init__(self, ins, outs, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(ins, outs, 3, stride, 1, bias=False), nn.BatchNorm2d(outs)
        self.conv2, self.bn2 = nn.Conv2d(outs, outs, 3, 1, 1, bias=False), nn.BatchNorm2d(outs)
        self.shortcut = nn.Sequential()
        if stride != 1 or ins != outs:
            self.shortcut = nn.Sequential(nn.Conv2d(ins, outs, 1, stride, bias=False), nn.BatchNorm2d(outs))

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.shortcut(x))


class Padded(nn.Module):
    """Option A as in the CIFAR implementation with the most used checkpoints: planes // 4 on either side."""

    def __init__(self, planes):
        super().__init__()
        self.planes = planes

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.planes // 4, self.planes // 4))


class CifarNet(nn.Module):
    def __init__(self, depth=20, option="A"):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        ins = 16
        for stage, planes in enumerate((16, 32, 64), start=1):
            blocks = []
            for index in range((depth - 2) // 6):
                stride = 2 if stage > 1 and index == 0 else 1
                blocks.append(LiuBlock(ins, planes, stride))
                if option == "A" and stride == 2:
                    blocks[-1].shortcut = Padded(planes)
                ins = planes
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


@pytest.mark.parametrize(("option", "name"), [("A", "cifar_resnet20_pad_both"), ("B", "cifar_resnet20")])
def test_cifar_checkpoints_answer_as_the_network_that_they_were_trained_in(tmp_path, option, name):
    torch.manual_seed(0)
    model = CifarNet(20, option)
    state = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    path = tmp_path / "resnet20-12fca82f.th"
    torch.save({"state_dict": state, "best_prec1": 91.7}, path)
    weights = loads_as(path, model, side=32)
    assert weights.spec.name == name
    assert (weights.preprocessing.crop_size, weights.preprocessing.mean[0]) == (32, 0.485)
    padding = [remark for remark in weights.remarks if "zeros on both sides" in remark]
    assert len(padding) == (option == "A")
    if option == "B":
        return
    assert "cifar_resnet20 and cifar_plain20" in padding[0]
    path.with_suffix(".json").write_text('{"model": "cifar_resnet20"}')  # the note decides
    ours, weights = load_weights(path)
    assert (weights.spec.name, any("fit" in remark for remark in weights.remarks)) == ("cifar_resnet20", False)
    picture = torch.randn(8, 3, 32, 32)
    with torch.inference_mode():
        assert not torch.allclose(ours(picture), model(picture), atol=1e-3)


def test_a_stride_that_the_shapes_leave_open_is_assumed_and_said_and_a_note_decides(tmp_path):
    path = tmp_path / "mine.pth"
    torch.save(build_model("resnet50_v1", num_classes=2).state_dict(), path)
    weights = find_weights(path)
    assert weights.spec.name == "resnet50"
    assert "Its shapes fit resnet50, which is assumed, and resnet50_v1." in weights.remarks[0]
    named = path.rename(tmp_path / "resnet50_v1-mine.pth")
    assert find_weights(named).spec.name == "resnet50_v1"
    named.with_suffix(".json").write_text('{"model": "resnet50"}')
    assert find_weights(named).spec.stride_on == "3x3"
    named.with_suffix(".json").write_text('{"model": "resnet18"}')
    with pytest.raises(
        WeightsError, match="does not fit resnet18, which its note names: its shapes are those of resnet50"
    ):
        find_weights(named)


# Notes


@pytest.mark.parametrize(
    ("file", "note"), [("run7.pth.tar", "run7.pth.json"), ("run7.pth.tar", "run7.json"), ("a.th", "a.json")]
)
def test_a_note_is_found_beside_the_file(small, tmp_path, file, note):
    torch.save(small.state_dict(), tmp_path / file)
    (tmp_path / note).write_bytes(b"\xef\xbb\xbf" + json.dumps({"classes": {"x": 1, "y": 2, "z": 0}, "lr": 1}).encode())
    weights = loads_as(tmp_path / file, small)
    assert weights.classes == ("z", "x", "y")
    assert weights.remarks[0].startswith(f"{note}: lr is ignored")
    assert (weights.preprocessing.resize_size, weights.preprocessing.crop_size) == (256, 224)


def test_a_note_within_safetensors_is_read_and_the_file_beside_it_wins(small, tmp_path):
    path = tmp_path / "a.safetensors"
    save_file(small.state_dict(), path, metadata={"note": json.dumps({"classes": ["a", "b", "c"], "source": "inside"})})
    assert (find_weights(path).classes, find_weights(path).origin) == (("a", "b", "c"), "inside")
    path.with_suffix(".json").write_text('{"source": "beside"}')
    assert (find_weights(path).classes[0], find_weights(path).origin) == ("class 0", "beside")
    save_file(small.state_dict(), path, metadata={"note": '{"std": 0}'})
    path.with_suffix(".json").unlink()
    with pytest.raises(WeightsError, match=r"The note in a\.safetensors can't be used: std=0 must be"):
        find_weights(path)


def test_a_note_with_other_names_than_outputs_is_refused(small, tmp_path):
    torch.save(small.state_dict(), tmp_path / "a.pth")
    (tmp_path / "a.json").write_text('{"classes": ["a", "b"]}')
    with pytest.raises(WeightsError, match=r"note of a\.pth has 2 classes, the network 3 outputs"):
        find_weights(tmp_path / "a.pth")


# Broken numbers


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("layer3.0.conv1.weight", float("nan"), r"12 values of layer3\.0\.conv1\.weight are not numbers"),
        ("conv1.weight", float("inf"), r"12 values of conv1\.weight are infinite"),
        ("layer4.0.bn1.running_var", -1.0, r"8 values of layer4\.0\.bn1\.running_var are negative"),
        ("fc.bias", float("nan"), r"3 values of fc\.bias are not numbers"),
    ],
)
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_broken_numbers_are_refused_by_the_name_of_their_tensor(small, tmp_path, name, value, words, ending):
    state = {key: tensor.clone() for key, tensor in small.state_dict().items()}
    state[name].view(-1)[:12] = value
    path = tmp_path / f"a{ending}"
    (save_file if ending == ".safetensors" else torch.save)(state, path)
    with pytest.raises(WeightsError, match=rf"^a{ending} was refused: {words}"):
        load_weights(path)


def test_a_number_that_no_float32_holds_is_refused(small, tmp_path):
    state = {
        key: tensor.double() if tensor.is_floating_point() else tensor for key, tensor in small.state_dict().items()
    }
    state["fc.weight"][0, 0] = 1e200
    torch.save(state, tmp_path / "a.pth")
    with pytest.raises(WeightsError, match=r"1 value of fc\.weight is infinite"):
        load_weights(tmp_path / "a.pth")


# Refusals that name the cause


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: {"args": argparse.Namespace(lr=1)}, r"holds a Python object, argparse\.Namespace, whose code would"),
        (lambda: {"best": np.float64(3)}, r"holds a Python object, numpy\.\S+\.scalar, whose code would"),
        (lambda: models.resnet18(), r"a Python object, torchvision\.models\.resnet\.ResNet, whose"),
        (lambda: {"epoch": 3, "lr": 0.1}, r"holds no state dict, which is names with tensors, but epoch, lr"),
        (lambda: {"conv1.weight": torch.ones(8, 3, 7, 7)}, "is of no ResNet: it has no layer1"),
    ],
)
def test_a_refusal_names_what_is_there_and_never_advises_to_load_unsafely(tmp_path, made, words):
    torch.save(made(), tmp_path / "a.pth")
    with pytest.raises(WeightsError, match=words) as caught:
        load_weights(tmp_path / "a.pth")
    assert "weights_only" not in str(caught.value)
    assert "safe_globals" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "Git LFS pointer.*git lfs pull"),
        (b"\n<!DOCTYPE html><html></html>", "is a web page"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\x80\x05\x95", "is a Python pickle.*not opened"),
        (b"", "it is empty"),
    ],
)
def test_a_file_of_another_kind_is_named_as_what_it_is(tmp_path, content, words):
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(WeightsError, match=rf"^a\.bin .*{words}"):
        load_weights(tmp_path / "a.bin")


@pytest.mark.parametrize("length", [0x80, 0x3C, 0x8B1F])
def test_the_length_of_a_safetensors_header_may_look_like_another_kind_of_file(tmp_path, length):
    header = json.dumps({"layer1.0.conv1.weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})
    path = tmp_path / "a.safetensors"
    if length >= len(header):
        path.write_bytes(length.to_bytes(8, "little") + header.ljust(length).encode() + bytes(4))
        assert list(read_state_dict(path)) == ["layer1.0.conv1.weight"]
    assert is_safetensors(length.to_bytes(8, "little") + b"{")
    assert not is_safetensors(b"\x80\x05\x95\x00\x00\x00\x00\x01{")


def test_a_torchscript_program_is_named_and_not_run(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch deprecates what others still save
        torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2)).save(tmp_path / "a.pt")
    with pytest.raises(
        WeightsError, match="is a TorchScript program, not a state dict, and its code is not run"
    ) as caught:
        load_weights(tmp_path / "a.pt")
    assert "weights_only" not in str(caught.value)


def test_a_backbone_and_a_head_of_two_layers_say_what_is_wrong(small, tmp_path):
    state = {name: tensor for name, tensor in small.state_dict().items() if not name.startswith("fc")}
    torch.save(state, tmp_path / "a.pth")
    with pytest.raises(WeightsError, match=r"has no classifier, only features.*--initial-weights"):
        load_weights(tmp_path / "a.pth")
    torch.save(state | {"fc.0.weight": torch.ones(2, 2), "fc.2.weight": torch.ones(2, 2)}, tmp_path / "b.pth")
    with pytest.raises(WeightsError, match=r"a head of 2 linear layers \(fc\.0\.weight, fc\.2\.weight\)"):
        load_weights(tmp_path / "b.pth")
    torch.save(small.state_dict() | {"queue": torch.ones(3)}, tmp_path / "c.pth")
    with pytest.raises(WeightsError, match="none of ours equals in names and shapes"):
        load_weights(tmp_path / "c.pth")


def test_two_tensors_for_one_place_are_refused(small, tmp_path):
    both = small.state_dict() | {f"module.{name}": tensor for name, tensor in small.state_dict().items()}
    torch.save(both, tmp_path / "a.pth")
    with pytest.raises(WeightsError, match=r"two of its tensors are conv1\.weight once prefixes are left out"):
        load_weights(tmp_path / "a.pth")


def test_which_of_two_sets_was_taken_is_said(small, tmp_path):
    torch.save({"state_dict": small.state_dict(), "state_dict_ema": {}}, tmp_path / "a.pth")
    assert "It holds weights under state_dict and state_dict_ema; those under state_dict are taken." in (
        find_weights(tmp_path / "a.pth").remarks
    )
