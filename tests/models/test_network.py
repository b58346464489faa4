"""torchvision is the oracle for its own ten; closed forms and invariants are for the rest."""

import math

import pytest
import torch
import torchvision
from torch import nn

from resnet_core.errors import InvalidSpecError, UnknownModelError
from resnet_core.models.blocks import ShortcutAdd
from resnet_core.models.network import ResNet, build_model

TEN = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
    "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
]  # fmt: skip


def randomise(model: nn.Module) -> None:
    """Weights of a sane scale everywhere, and batch norm that does something in each of its four tensors."""
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            fan_in = module.weight[0].numel()
            module.weight.data.normal_(0, math.sqrt(2 / fan_in), generator=generator)
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.4, 0.9, generator=generator)
            module.running_mean.uniform_(-0.5, 0.5, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            module.num_batches_tracked.fill_(5)
        if isinstance(module, nn.BatchNorm2d | nn.Linear):
            module.bias.data.uniform_(-0.2, 0.2, generator=generator)


def torchvision_twin(name: str) -> tuple[nn.Module, ResNet]:
    """torchvision's net with random weights and ours with the same; the large tensors are shared to save time."""
    with torch.device("meta"):
        theirs = torchvision.models.get_model(name)
    theirs.to_empty(device="cpu")
    randomise(theirs)
    ours = build_model(name, device="meta")
    buffers = {key: buffer.clone() for key, buffer in theirs.named_buffers()}  # train mode writes to them
    ours.load_state_dict(theirs.state_dict() | buffers, strict=True, assign=True)
    return theirs, ours


def relative_difference(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return float((ours - theirs).abs().max() / theirs.abs().max())


LARGE = {"resnet152", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet101_2", "wide_resnet50_2", "resnet101"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LARGE else []) for name in TEN]
)
def test_ours_equals_torchvisions_in_logits_and_gradients(name):
    theirs, ours = torchvision_twin(name)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = theirs.eval()(images)
        assert relative_difference(ours.eval()(images), expected) < 1e-5
    assert expected.std() > 0.1  # the weights let the picture through

    for model in (theirs, ours):
        nn.functional.cross_entropy(model.train()(images), torch.tensor([3, 700])).backward()
    gradients = {key: parameter.grad for key, parameter in ours.named_parameters()}
    for key, parameter in theirs.named_parameters():
        assert parameter.grad.abs().max() > 0, key
        assert relative_difference(gradients[key], parameter.grad) < 1e-5, key
    for key, buffer in theirs.named_buffers():
        torch.testing.assert_close(ours.get_buffer(key), buffer)


def test_the_stride_on_the_first_1x1_changes_the_answer_but_not_the_weights():
    theirs, ours = torchvision_twin("resnet50")
    paper = build_model("resnet50_v1", device="meta")
    paper.load_state_dict(ours.state_dict(), strict=True, assign=True)
    images = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert relative_difference(paper.eval()(images), theirs.eval()(images)) > 0.01
    strides = {m.conv1.stride + m.conv2.stride for _, m in paper.residual_blocks()}
    assert strides == {(1, 1, 1, 1), (2, 2, 1, 1)}


def test_plain_and_residual_nets_of_one_seed_have_the_same_weights():
    plain, residual = (build_model(f"cifar_{kind}20", seed=4).state_dict() for kind in ("plain", "resnet"))
    assert plain.keys() == residual.keys()
    assert all(torch.equal(plain[key], residual[key]) for key in plain)


def test_the_seed_alone_decides_the_weights():
    first = build_model("cifar_resnet20", seed=4)
    torch.rand(3)
    for seed, same in ((4, True), (5, False)):
        assert torch.equal(first.fc.weight, build_model("cifar_resnet20", seed=seed).fc.weight) is same


def test_without_a_seed_the_global_generator_decides_as_usual_in_pytorch():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        first = build_model("cifar_resnet20").conv1.weight
        torch.manual_seed(3)
        assert torch.equal(first, build_model("cifar_resnet20").conv1.weight)


def test_fresh_weights_have_the_deviation_of_he_et_al():
    model = build_model("resnet18", seed=0)
    conv = model.layer3[1].conv2
    assert conv.weight.std().item() == pytest.approx(math.sqrt(2 / (256 * 9)), rel=0.01)
    assert conv.weight.mean().item() == pytest.approx(0, abs=1e-3)
    assert model.fc.weight.abs().max().item() == pytest.approx(1 / math.sqrt(512), rel=0.01)
    assert torch.equal(model.bn1.weight, torch.ones(64))
    assert torch.equal(model.bn1.running_var, torch.ones(64))
    assert not model.bn1.running_mean.any()


def test_building_on_meta_allocates_nothing_and_draws_nothing():
    before = torch.get_rng_state()
    model = build_model("resnet152", device="meta")
    assert torch.equal(before, torch.get_rng_state())
    assert {t.device.type for t in [*model.parameters(), *model.buffers()]} == {"meta"}


def test_building_with_a_seed_draws_nothing_from_the_global_generator():
    before = torch.get_rng_state()
    build_model("cifar_resnet20", seed=1)
    assert torch.equal(before, torch.get_rng_state())


def test_the_default_device_is_respected():
    with torch.device("meta"):
        assert build_model("resnet18").conv1.weight.device.type == "meta"


def test_a_plain_net_has_no_addition_and_a_residual_one_an_addition_per_block():
    additions = {
        name: sum(isinstance(m, ShortcutAdd) for m in build_model(name, device="meta").modules())
        for name in ("plain34", "resnet34", "resnet152", "cifar_resnet56")
    }
    assert additions == {"plain34": 0, "resnet34": 16, "resnet152": 50, "cifar_resnet56": 27}


def test_option_a_passes_every_second_pixel_and_adds_channels_of_zeros():
    shortcut = build_model("cifar_resnet20", seed=0).layer2[0].shortcut
    x = torch.arange(2 * 16 * 5 * 6, dtype=torch.float32).reshape(2, 16, 5, 6)
    y = shortcut(x)
    assert y.shape == (2, 32, 3, 3)
    assert torch.equal(y[:, :16], x[:, :, ::2, ::2])
    assert not y[:, 16:].any()


def test_nothing_is_overwritten_after_a_hook_has_seen_it():
    model = build_model("cifar_resnet20", seed=0).eval()
    seen = []
    for module in model.modules():
        if not any(module.children()):
            module.register_forward_hook(lambda _module, _inputs, output: seen.append((output, output.clone())))
    with torch.inference_mode():
        model(torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert len(seen) == 19 + 19 + 19 + 9 + 2 + 3  # convolutions, norms, ReLUs, additions, paddings, head
    assert all(torch.equal(output, kept) for output, kept in seen)


def test_residual_blocks_come_in_order_with_their_paths():
    paths = [path for path, _ in build_model("resnet18", device="meta").residual_blocks()]
    assert paths == [f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1)]


def test_channels_classes_and_fields_can_be_replaced():
    model = build_model("resnet18", num_classes=7, in_channels=1, seed=0, shortcut="none")
    assert model(torch.zeros(2, 1, 64, 64)).shape == (2, 7)
    assert model.spec.shortcut == "none"
    assert build_model(model.spec, device="meta").spec == model.spec


def test_any_cardinality_and_width_can_be_asked_for():
    conv2 = build_model("resnet50", device="meta", groups=16, width_per_group=8).layer1[0].conv2
    assert (conv2.in_channels, conv2.out_channels, conv2.groups) == (128, 128, 16)
    assert conv2.weight.shape == (128, 8, 3, 3)


def test_what_can_not_be_built_is_refused():
    with pytest.raises(UnknownModelError, match="resnet50"):
        build_model("resnet51")
    with pytest.raises(InvalidSpecError, match="'colour' is no field of a model"):
        build_model("resnet50", colour="red")
    with pytest.raises(InvalidSpecError, match="num_classes=0"):
        build_model("resnet50", num_classes=0)


def test_he_et_als_deviation_counts_the_outputs_of_a_convolution():
    model = build_model("resnet18", seed=0)
    for conv, outputs in ((model.layer2[0].conv1, 128), (model.layer3[0].conv1, 256)):
        assert conv.in_channels == outputs // 2
        assert conv.weight.std().item() == pytest.approx(math.sqrt(2 / (outputs * 9)), rel=0.01)
