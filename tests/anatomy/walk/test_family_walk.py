"""The closed-form walk against the hooks, for the whole family."""

import pytest

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.models.catalogue import get_spec, list_models

DEEPEST = "cifar_resnet1202"


def assert_same(spec, size=None):
    walked, traced = walk_spec(spec, size), trace_model(spec, size)
    differing = [(w, t) for w, t in zip(walked.calls, traced.calls, strict=True) if w != t]
    assert differing == []
    assert walked.total_params == traced.total_params


@pytest.mark.parametrize("name", list_models())
def test_walk_equals_hooks_at_the_usual_size(name):
    assert_same(get_spec(name))


@pytest.mark.parametrize("name", [name for name in list_models() if name != DEEPEST])
def test_walk_equals_hooks_at_an_odd_oblong_size(name):
    spec = get_spec(name)
    assert_same(spec, (2, spec.in_channels, 61, 97))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("resnet50", {"norm": "none"}),
        ("skresnet50", {"norm": "none"}),
        ("resnest14d", {"norm": "none"}),
        ("resnest14d", {"radix": 1}),
        ("resnest14d", {"radix": 4, "groups": 2, "width_per_group": 40}),
        ("resnet50", {"groups": 16, "width_per_group": 8, "conv_bias": True}),
        ("resnet50_v2", {"stride_on": "1x1", "stem": "deep_wide", "shortcut": "pooled_projection"}),
        ("resnet18", {"squeeze_excite": True, "shortcut": "none"}),
        ("cifar_preact_resnet110", {"shortcut": "none", "depths": (2, 2, 2)}),
        ("cifar_resnet20", {"shortcut": "detached"}),
        ("cifar_resnet20", {"block": "preact_basic", "norm": "none"}),
    ],
)
def test_walk_equals_hooks_for_mixtures(name, changes):
    assert_same(get_spec(name).override(**changes), (1, 3, 64, 49))
