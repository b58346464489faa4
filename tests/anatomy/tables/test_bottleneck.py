"""69,632 against 1,179,648: closed forms, PyTorch's own modules, and a sentence for each wrong argument."""

import pytest

from resnet_core.anatomy.tables.bottleneck import build_stack, compare_bottleneck, equal_cost_width
from resnet_core.errors import InvalidSpecError

STACKS = ("bottleneck", "basic", "equal_cost")


def test_the_papers_bottleneck_product_by_product():
    terms = compare_bottleneck().of("bottleneck")
    assert [(term.product, term.params) for term in terms] == [
        ("1×1×256×64", 16_384), ("3×3×64×64", 36_864), ("1×1×64×256", 16_384),
    ]  # fmt: skip
    assert [(term.product, term.params) for term in compare_bottleneck().of("basic")] == [
        ("3×3×256×256", 589_824), ("3×3×256×256", 589_824),
    ]  # fmt: skip


def test_the_papers_comparison_to_the_digit():
    comparison = compare_bottleneck()
    assert comparison.bottleneck_params == 69_632
    assert comparison.basic_params == 1_179_648
    assert round(comparison.ratio, 2) == 16.94
    assert f"{comparison.share:.1%}" == "5.9%"
    assert comparison.params_with_batch_norm("bottleneck") == 70_400
    assert comparison.params_with_batch_norm("basic") == 1_180_672


def test_the_equal_cost_pair_is_that_of_figure_5():
    comparison = compare_bottleneck()
    assert {term.out_channels for term in comparison.of("equal_cost")} == {64}
    assert comparison.params("equal_cost") == 73_728


def test_the_equal_cost_width_is_the_nearest_of_all():
    for channels, width, groups in ((256, 64, 1), (1, 1, 1), (16, 1, 1), (300, 96, 3), (2048, 512, 32), (8, 64, 1)):
        target = 2 * channels * width + 9 * width * width // groups
        by_search = min(range(8, channels + width + 16, 8), key=lambda w: abs(18 * w * w - target))
        assert equal_cost_width(channels, width, groups) == by_search


def test_large_numbers_are_answered_at_once_or_refused():
    assert compare_bottleneck(1_000_000, 1_000_000).basic_params == 18 * 10**12
    with pytest.raises(InvalidSpecError, match=r"channels=999999999999 does not work: .* from 1 to 1,000,000"):
        compare_bottleneck(999_999_999_999)


def test_multiply_adds_at_56_by_56_to_the_digit():
    comparison = compare_bottleneck(size=56)
    assert [comparison.macs(stack) for stack in STACKS] == [218_365_952, 3_699_376_128, 231_211_008]


@pytest.mark.parametrize("channels", [16, 256, 300])
@pytest.mark.parametrize(("width", "groups"), [(8, 1), (64, 32), (96, 3), (7, 7)])
def test_counts_equal_those_of_real_modules(channels, width, groups):
    comparison = compare_bottleneck(channels, width, groups)
    for stack in STACKS:
        built = build_stack(comparison, stack)
        assert comparison.params(stack) == sum(parameter.numel() for parameter in built.parameters())
        assert {parameter.device.type for parameter in built.parameters()} == {"meta"}


@pytest.mark.parametrize("stack", STACKS)
def test_multiply_adds_equal_pytorchs_own_count(stack):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    comparison = compare_bottleneck(96, 32, 4, size=13)
    with FlopCounterMode(display=False) as counter:
        built = build_stack(comparison, stack)
        built(torch.empty(1, comparison.of(stack)[0].in_channels, 13, 13, device="meta"))
    assert comparison.macs(stack) * 2 == counter.get_total_flops()


@pytest.mark.parametrize(("channels", "width", "groups"), [(256, 64, 1), (512, 128, 32), (40, 8, 2), (1024, 256, 1)])
def test_no_neighbouring_width_comes_closer_to_equal_cost(channels, width, groups):
    target = compare_bottleneck(channels, width, groups).bottleneck_params
    nearest = equal_cost_width(channels, width, groups)
    for other in (nearest - 8, nearest + 8):
        assert other == 0 or abs(18 * nearest**2 - target) <= abs(18 * other**2 - target)


def test_a_grouped_product_shows_the_division():
    middle = compare_bottleneck(256, 128, 32).of("bottleneck")[1]
    assert (middle.product, middle.params) == ("3×3×(128/32)×128", 4_608)


@pytest.mark.parametrize("name", ["channels", "width", "groups", "size"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "64", None, True])
def test_each_error_names_its_argument(name, value):
    with pytest.raises(InvalidSpecError, match=f"^{name}={value!r} does not work: give a whole number from 1 to"):
        compare_bottleneck(**{name: value})


def test_groups_that_do_not_divide_the_width_are_answered_with_those_that_do():
    with pytest.raises(InvalidSpecError, match=r"groups=5 does not divide width=12\. Allowed: 1, 2, 3, 4, 6, 12\."):
        compare_bottleneck(width=12, groups=5)
