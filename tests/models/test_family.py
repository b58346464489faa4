"""Every variant against its oracle: timm's implementation, or a closed form where timm has none."""

import pytest
import timm
import torch
import torchvision
from torch import nn

from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec, list_models
from resnet_core.models.network import build_model

# Whatever torchvision has is held against torchvision elsewhere.
TIMM_VARIANTS = [name for name in list_models() if timm.is_model(name) and not hasattr(torchvision.models, name)]
PREACT_VARIANTS = ("resnet50_v2", "resnet101_v2", "resnet152_v2")


def lively(name):
    """timm's network with random weights and batch-norm statistics, so that a forgotten one of them shows."""
    with torch.device("meta"):
        model = timm.create_model(name)
    return enlivened(model)


def enlivened(model):
    model.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_uniform_(module.weight, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                module.bias.data.uniform_(-0.2, 0.2, generator=generator)
        elif isinstance(module, nn.BatchNorm2d):
            for tensor, low, high in (
                (module.weight, 0.5, 1.0), (module.bias, -0.2, 0.2),
                (module.running_mean, -0.2, 0.2), (module.running_var, 0.8, 1.5),
            ):  # fmt: skip
                tensor.data.uniform_(low, high, generator=generator)
            module.num_batches_tracked.zero_()
    return model.eval()


def picture(channels=3):
    """Its side of 80 leaves 5 pixels before the last stage: pooling must treat the odd edge as timm does."""
    return torch.randn(1, channels, 80, 96, generator=torch.Generator().manual_seed(1))


def assert_equal_logits(ours, theirs):
    with torch.inference_mode():
        expected, actual = theirs(picture()), ours(picture())
    assert expected.std() > 0
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-5 * expected.abs().max().item())


def count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def test_the_oracle_covers_what_timm_has():
    assert {"resnet50c", "resnet50d", "resnet18d", "seresnet50", "skresnet50", "resnest101e"} <= set(TIMM_VARIANTS)


def test_the_stem_that_halves_once_is_torchvisions_resnet18_with_another_conv1_and_no_pool():
    with torch.device("meta"):
        theirs = torchvision.models.resnet18(num_classes=200)
        theirs.conv1, theirs.maxpool = nn.Conv2d(3, 64, 3, 2, 1, bias=False), nn.Identity()
    ours = build_model("tiny_imagenet_resnet18", device="meta")
    ours.load_state_dict(enlivened(theirs).state_dict(), strict=True, assign=True)
    assert_equal_logits(ours.eval(), theirs)


@pytest.mark.parametrize("name", TIMM_VARIANTS)
def test_timm_state_loads_strictly_and_gives_timms_logits(name):
    theirs = lively(name)
    ours = build_model(name, device="meta")
    ours.load_state_dict(theirs.state_dict(), strict=True, assign=True)
    assert count(ours) == count(theirs)
    assert_equal_logits(ours.eval(), theirs)


def v2_key(key):
    """timm's name of a pre-activation parameter -> ours."""
    parts = key.split(".")
    if parts[0] == "stem":
        return key.replace("stem.conv", "conv1")
    if parts[0] == "stages":
        _, stage, _, block, *rest = parts
        inner = ".".join(rest).replace("norm", "bn").replace("downsample.conv", "downsample.0")
        return f"layer{int(stage) + 1}.{block}.{inner}"
    return key.replace("head.fc", "fc").replace("norm.", "layer4.bn.", 1)


@pytest.mark.parametrize("name", PREACT_VARIANTS)
def test_preactivation_gives_the_logits_of_timms_resnetv2(name):
    theirs = lively(f"resnetv2_{name[6:-3]}")
    state = {v2_key(key): value for key, value in theirs.state_dict().items()}
    state["fc.weight"] = state["fc.weight"].flatten(1)  # timm's classifier is a 1x1 convolution
    ours = build_model(name, device="meta")
    ours.load_state_dict(state, strict=True, assign=True)
    assert count(ours) == count(theirs)
    assert_equal_logits(ours.eval(), theirs)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("resnet18_a", 11_515_688),  # the plain net's: zero padding has none
        ("resnet34_a", 21_623_848),
        ("resnet18_b", 11_689_512),
        ("resnet34_b", 21_797_672),
        ("cifar_preact_resnet110", 1_727_962),  # blocks begin with the batch norm that ours end with
        ("cifar_preact_resnet164", 1_703_258),  # "1.7M", He et al. 2016b, Table 4
    ],
)
def test_variants_without_a_peer_have_the_expected_count(name, params):
    assert count(build_model(name, device="meta")) == params


@pytest.mark.parametrize(("depth", "identities"), [(18, (1, 1, 1, 1)), (34, (2, 3, 5, 2))])
def test_option_c_adds_a_projection_to_every_identity_block(depth, identities):
    widths = (64, 128, 256, 512)
    extra = sum(n * (w * w + 2 * w) for n, w in zip(identities, widths, strict=True)) + 64 * 64 + 2 * 64
    b, c = (count(build_model(f"resnet{depth}_{option}", device="meta")) for option in "bc")
    assert c - b == extra


def test_preactivated_blocks_end_in_a_clean_addition():
    *_, (path, block) = build_model("cifar_preact_resnet110", depths=(2, 2, 2), seed=0).residual_blocks()
    assert path == "layer3.1"
    nn.init.zeros_(block.conv2.weight)
    x = torch.randn(2, 64, 8, 8)
    assert torch.equal(block(x), x)  # with F at zero the block is the identity: negative values pass


def test_a_detached_shortcut_adds_the_same_values_and_passes_no_gradient():
    detached, whole = (build_model("cifar_resnet20", shortcut=kind, seed=0) for kind in ("detached", "projection"))
    assert list(detached.state_dict()) == list(whole.state_dict())
    x = torch.rand(2, 16, 8, 8).requires_grad_()
    silenced = [model.layer1[1] for model in (detached, whole)]
    for block in silenced:
        nn.init.zeros_(block.bn2.weight)
    gradients = [torch.autograd.grad(block(x).sum(), x)[0] for block in silenced]
    assert torch.equal(*(block(x) for block in silenced))
    assert not gradients[0].any()
    assert gradients[1].eq(1).all()


def test_without_batch_norm_convolutions_have_biases_and_start_at_zero():
    model = build_model("cifar_resnet20", norm="none", seed=0)
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    assert not any(isinstance(m, nn.BatchNorm2d) for m in model.modules())
    assert all(conv.bias is not None and not conv.bias.any() for conv in convolutions)


@pytest.mark.parametrize(
    "changes",
    [
        {"shortcut": "none"},
        {"shortcut": "zero_pad"},
        {"shortcut": "zero_pad_both"},
        {"shortcut": "projection"},
        {"shortcut": "projection_all"},
        {"shortcut": "detached"},
        {"block": "preact_basic"},
        {"block": "preact_basic", "shortcut": "bare_projection", "norm": "none"},
    ],
)
def test_every_arm_of_a_race_learns(changes):
    model = build_model("cifar_resnet20", seed=0, widths=(4, 8, 16), **changes)
    loss = model(torch.randn(4, 3, 16, 16)).logsumexp(1).sum()
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("name", list_models())
def test_every_variant_draws_its_weights_from_the_seed_and_gives_finite_logits(name):
    spec = get_spec(name)
    small = spec.override(depths=(1,) * len(spec.depths), widths=(16, 32, 64, 128)[: len(spec.depths)], num_classes=7)
    ours, again = (build_model(small, seed=3) for _ in range(2))
    with torch.inference_mode():
        logits = ours.eval()(picture(spec.in_channels))
    assert logits.shape == (1, 7)
    assert logits.isfinite().all()
    assert all(torch.equal(a, b) for a, b in zip(ours.state_dict().values(), again.state_dict().values(), strict=True))


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("resnet18", {"groups": 32}, "groups"),
        ("resnet18", {"width_per_group": 4}, "width_per_group"),
        ("cifar_preact_resnet110", {"groups": 2}, "groups"),
        ("resnet18", {"stride_on": "1x1"}, "stride_on"),
        ("resnet50", {"groups": 0}, "groups"),
        ("resnet50", {"width_per_group": 0}, "width_per_group"),
        ("resnet50", {"widths": (8, 16, 32, 64), "width_per_group": 4}, "width_per_group"),
        ("resnet50", {"radix": 2}, "radix"),
        ("resnest50d", {"radix": 0}, "radix"),
        ("resnest50d", {"radix": 3}, "radix"),
        ("resnest50d", {"groups": 3, "radix": 1, "width_per_group": 5}, "groups"),
        ("resnest50d", {"stride_on": "1x1"}, "stride_on"),
        ("skresnet50", {"groups": 3, "width_per_group": 5}, "groups"),
        ("d2l_resnext", {"group_width": 24}, "group_width"),
        ("d2l_resnext", {"group_width": 0}, "group_width"),
        ("d2l_resnext", {"groups": 2}, "groups"),
        ("resnet18", {"group_width": 16}, "group_width"),
        ("resnet18_a", {"widths": (64, 128, 64, 128)}, "shortcut"),
        ("resnet50c", {"widths": (63, 128, 256, 512)}, "widths"),
        ("resnet50_v2", {"squeeze_excite": True}, "squeeze_excite"),
        ("resnet50", {"squeeze_excite": "yes"}, "squeeze_excite"),
        ("resnet50", {"norm": "layer"}, "norm"),
        ("resnet50", {"stem": "patchify"}, "stem"),
        ("resnet50", {"block": "inception"}, "block"),
        ("resnet50", {"shortcut": "dense"}, "shortcut"),
    ],
)
def test_impossible_combinations_are_refused_by_the_name_of_the_field(name, changes, field):
    with pytest.raises(InvalidSpecError, match=rf"^{field}=.* does not work: it must be "):
        build_model(name, device="meta", **changes)
