"""Our types where they end a cell: HTML that is escaped, a line of text, and nothing that loads before."""

import pytest
from IPython.core.formatters import DisplayFormatter
from torch import nn

import resnet_core as rc
from resnet_core.inference.prediction import Prediction, ScoredClass
from resnet_core.inference.samples import load_sample
from resnet_core.lab.runs.recorded import recorded_runs
from resnet_core.notebook.display import SHOWN, register

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def shown():
    """What a cell that ends in an object shows: shown(trace) -> its forms."""
    formatter = DisplayFormatter()
    register(formatter.formatters)
    return lambda thing: formatter.format(thing)[0]


def prediction(label="cat"):
    return Prediction(
        top=(ScoredClass(0, label, 0.8), ScoredClass(1, "dog", 0.2)), logits=(1.4, 0.0), classes=(label, "dog"),
        weights="ours", model="cifar_resnet20", device="cpu", precision="fp32", engine="eager", duration_ms=3.2,
        image_size=(8, 8), seen_size=(32, 32),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("thing", "line", "within"),
    [
        (
            lambda: rc.walk_spec("resnet50"),
            "resnet50, 3×224×224: 25,557,032 parameters, 4,089,184,256 MACs in 175 layer calls",
            ["<svg", "conv4_x", "7,098,368", "25,557,032"],
        ),
        (
            lambda: rc.get_spec("resnet50"),
            "resnet50: bottleneck blocks (3, 4, 6, 3), 50 layers, 25.6\u00a0M parameters, 4.09\u00a0G MACs at "
            "3×224×224",
            ["64, 128, 256, 512", "projection", "arXiv:1512.03385"],
        ),
        (prediction, "cat 80.0\u00a0%, dog 20.0\u00a0%", ["width:80.0%", "ours on cpu, fp32"]),
        (
            rc.compare_bottleneck,
            "69,632 weights in the bottleneck, 1,179,648 in two 3×3 convolutions: 16.9 times as many",
            ["3×3×64×64", "36,864", "together"],
        ),
        (
            lambda: recorded_runs()["cifar_resnet56"],
            "residual, 56 layers: 30 epochs, 4.4\u00a0% wrong in training, 11.5\u00a0% in test",
            ["<svg", "train --model cifar_resnet56"],
        ),
    ],
    ids=["trace", "spec", "prediction", "comparison", "run"],
)
def test_each_type_is_shown_as_what_it_is(shown, thing, line, within):
    forms = shown(thing())
    assert forms["text/plain"] == line
    assert all(words in forms["text/html"] for words in within)
    assert "<script" not in forms["text/html"]


@pytest.fixture(scope="module")
def car():
    return "cifar_resnet20", load_sample("car")


@pytest.mark.parametrize(
    ("ask", "line", "within"),
    [
        (
            lambda *_: rc.compare("resnet18", "resnet34"),
            "resnet34 beside resnet18: +10,108,160 parameters and +1,849,688,064 multiply-adds. 56 of 125 calls",
            ["11,689,512", "21,797,672", "layer1.2.conv1", "64×56×56", "And 44 more"],
        ),
        (lambda *car: rc.addition(*car, "layer2.0"), "layer2.0: x + F(x) of 32×16×16 numbers, then a ReLU", ["<svg"]),
        (lambda *car: rc.gradient_split(*car, "layer2.0"), "of the gradient came through the shortcut", ["<svg"]),
        (
            lambda *car: rc.branch_sweep(*car, alphas=(-0.5, 1)),
            "x + alpha F(x) of every block, 2 alphas from −0.5 to 1", ["likeliest class", "−0.5"],
        ),
        (
            lambda *car: rc.convolution_value(*car, "layer2.0.conv1", 0, 1, 2),
            "layer2.0.conv1 at channel 0, row 1, column 2: 144 products add up to ",
            ["8 other channels", "together", "after the batch norm"],
        ),
        (
            lambda *car: rc.shortcut_options(*car, "layer2.0")[2],
            "B, a projection where shapes change: 32×16×16 arrive, 2,752 parameters more; with fresh weights", ["MACs"],
        ),
    ],
    ids=["networks", "addition", "split", "sweep", "value", "option"],
)  # fmt: skip
def test_what_holds_arrays_is_a_line_and_a_table_and_no_wall_of_numbers(shown, car, ask, line, within):
    result = ask(*car)
    assert len(repr(result)) < 400
    forms = shown(result)
    assert line in forms["text/plain"]
    assert all(words in forms["text/html"] for words in within)


def test_options_in_a_list_are_lines_too(shown, car):
    said = shown(rc.shortcut_options(*car, "layer2.0"))["text/plain"].splitlines()
    assert [line.strip("[ ")[0] for line in said] == ["A", "A", "B", "C"]


def test_the_channels_of_a_value_add_up_to_it(car):
    value = rc.convolution_value(*car, "layer2.0.conv1", 0, 1, 2)
    assert float(value.channel_sums.sum()) + value.bias == pytest.approx(value.value, abs=1e-5)


def test_names_from_elsewhere_are_text(shown):
    html = shown(prediction(EVIL))["text/html"]
    assert "<img" not in html
    assert "&lt;img src=x" in html
    spec = rc.get_spec("resnet18").override(name=EVIL, source=EVIL)
    assert "<img" not in shown(spec)["text/html"]
    evil = type(EVIL, (nn.Sequential,), {})(nn.Conv2d(3, 4, 3))
    html = shown(rc.trace_model(evil, (1, 3, 8, 8)))["text/html"]
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_every_type_that_is_told_to_ipython_is_where_it_says():
    from importlib import import_module

    for module, name in SHOWN:
        assert getattr(import_module(module), name).__module__ == module


def test_a_type_by_itself_keeps_its_plain_repr():
    assert repr(rc.get_spec("resnet50")).startswith("ModelSpec(name='resnet50'")
    assert not hasattr(rc.ModelSpec, "_repr_html_")


def test_a_notebook_shows_them_without_being_asked_and_loads_nothing_for_it(fresh_python):
    said = fresh_python("""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import sys
import resnet_core as rc
print("resnet_core.notebook.cards" in sys.modules, "torch" in sys.modules, "anywidget" in sys.modules)
print(shell.display_formatter.format(rc.get_spec("resnet18"))[0]["text/plain"])
""")
    assert said.splitlines()[0] == "False False False"
    assert said.splitlines()[1].startswith("resnet18: basic blocks (2, 2, 2, 2), 18 layers")
