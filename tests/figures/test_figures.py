"""Plotly figures: the data of their tables, axes that begin at zero, and looks that do not rest on colour alone."""

import numpy as np
import pandas as pd
import pytest

import resnet_core as rc
from resnet_core.figures.theme import THEMES
from resnet_core.lab.runs.curves import epoch_curves, gradient_norms, step_curves
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

THEME_NAMES = ["light", "dark"]


@pytest.fixture(params=THEME_NAMES)
def theme(request):
    return request.param


def metrics_of(arm, losses):
    speed = {"images_per_s": 1.0, "learning_rate": 0.1, "elapsed_s": 1.0}
    for step, loss in enumerate(losses, start=1):
        yield StepMetrics(arm=arm, step=step, loss=loss, error=0.5, **speed)
        if step % 2 == 0:
            yield EpochMetrics(
                arm=arm, epoch=step // 2, step=step, train_loss=loss, train_error=loss / 10, validation_loss=loss,
                validation_error=loss / 5, gradient_norms=(loss, loss / 100), activation_scales=(1.0, 1.0), **speed,
            )  # fmt: skip


@pytest.fixture
def run():
    arms = {"plain": [2.3, 2.2, 2.1, 2.0], "residual": [2.3, 1.2, 0.6, 0.3]}
    return [metric for arm, losses in arms.items() for metric in metrics_of(arm, losses)]


def assert_common_look(figure, theme):
    layout, t = figure.layout, THEMES[theme]
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.font.color == t.ink
    assert layout.xaxis.gridcolor == layout.yaxis.gridcolor == t.hairline
    assert layout.height > 0
    assert layout.showlegend is False


def test_race_losses_are_those_of_the_run_on_a_log_scale(run, theme):
    steps = step_curves(run)
    figure = rc.figures.race_loss_figure(steps, 4, theme)
    raw, smooth = figure.data[0::2], figure.data[1::2]
    for trace, smoothed, (_, rows) in zip(raw, smooth, steps.groupby("arm", sort=False), strict=True):
        assert list(trace.x) == list(smoothed.x) == [1, 2, 3, 4]
        assert list(trace.y) == rows["loss"].tolist()
        assert list(smoothed.y) == rows["smoothed_loss"].tolist()
    assert figure.layout.yaxis.type == "log"
    assert "log scale" in figure.layout.yaxis.title.text
    assert figure.layout.xaxis.range[0] == 0 < 4 < figure.layout.xaxis.range[1]
    low, high = (10**end for end in figure.layout.yaxis.range)
    assert low < steps["smoothed_loss"].min() < steps["smoothed_loss"].max() < high
    assert [note.text.split("</b>")[0] for note in figure.layout.annotations] == ["<b>plain", "<b>residual"]
    assert_common_look(figure, theme)


def test_arms_differ_by_dash_and_marker_and_not_by_colour_alone(run):
    losses = rc.figures.race_loss_figure(step_curves(run), 4).data[1::2]
    assert [(line.line.dash, line.line.color) for line in losses] == [
        ("dash", THEMES["light"].plain), ("solid", THEMES["light"].residual),
    ]  # fmt: skip
    errors = rc.figures.race_error_figure(epoch_curves(run), 4).data
    assert [line.marker.symbol for line in errors] == ["square", "square-open", "circle", "circle-open"]


@pytest.mark.parametrize("loss", [1e-9, 1e6])
def test_a_loss_out_of_all_bounds_still_has_an_axis(loss):
    figure = rc.figures.race_loss_figure(step_curves(metrics_of("plain", [loss] * 3)), 3)
    low, high = figure.layout.yaxis.range
    assert np.isfinite([low, high]).all()
    assert low < high


def test_race_errors_are_percentages_from_zero(run, theme):
    epochs = epoch_curves(run)
    figure = rc.figures.race_error_figure(epochs, 4, theme)
    plain = epochs[epochs["arm"] == "plain"]
    assert list(figure.data[0].y) == pytest.approx((plain["train_error"] * 100).tolist())
    assert list(figure.data[1].y) == pytest.approx((plain["validation_error"] * 100).tolist())
    assert list(figure.layout.yaxis.range) == [0, 100]
    assert figure.layout.yaxis.ticksuffix == " %"
    assert_common_look(figure, theme)


def test_gradients_are_a_map_of_blocks_and_steps_on_one_scale(run, theme):
    norms = gradient_norms(run, "residual")
    figure = rc.figures.gradient_figure(norms, 0.001, 10.0, theme)
    (heat,) = figure.data
    assert (np.shape(heat.z), list(heat.x), list(heat.y)) == ((2, 2), ["2", "4"], [1, 2])
    assert (10 ** np.array(heat.z)).ravel().tolist() == pytest.approx([1.2, 0.3, 0.012, 0.003])
    assert (heat.zmin, heat.zmax) == pytest.approx((-3, 1))
    assert np.array(heat.customdata).tolist() == norms.to_numpy().tolist()
    assert figure.layout.yaxis.autorange == "reversed"
    assert_common_look(figure, theme)


def test_accuracies_stand_above_their_multiply_adds_and_only_the_chosen_are_named(theme):
    table = pd.DataFrame(
        {
            "variant": ["resnet18", "resnet50"], "weights": ["resnet18.a", "resnet50.a"], "image_size": [224, 224],
            "top1": [69.758, 76.13], "params": [11_689_512, 25_557_032], "macs": [1_814_073_344, 4_089_184_256],
            "source": ["x", "y"],
        }
    )  # fmt: skip
    figure = rc.figures.accuracy_figure(table, ["resnet50"], theme)
    faint, chosen = figure.data
    assert (list(faint.x), list(faint.y)) == ([1.814073344], [69.758])
    assert (list(chosen.x), list(chosen.y)) == ([4.089184256], [76.13])
    words = [*(faint.text or ()), *(chosen.text or ()), *(note.text for note in figure.layout.annotations)]
    assert ["resnet50" in word for word in words if word] == [True]
    assert chosen.marker.size > faint.marker.size
    assert figure.layout.xaxis.range[0] == 0
    assert_common_look(figure, theme)
