import numpy as np
import pandas as pd
import pytest

import resnet_core as rc
from resnet_core.figures.theme import THEMES
from resnet_core.figures.training.race import block_scale, gradient_figure


def curves(**arms):
    rows = [(arm, step, loss, 0.5, loss) for arm, losses in arms.items() for step, loss in enumerate(losses, 1)]
    return pd.DataFrame(rows, columns=["arm", "step", "loss", "error", "smoothed_loss"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_compared_races_have_one_scale_and_say_arm_and_run_twice(theme):
    runs = {"A": curves(plain=[2.0, 1.9], residual=[2.0, 0.1]), "B": curves(plain=[2.0, 1.9, 1.8])}
    figure = rc.figures.race_comparison_figure(runs, theme)
    t = THEMES[theme]
    assert [(line.line.color, line.line.dash) for line in figure.data] == [
        (t.plain, "dash"), (t.residual, "solid"), (t.plain, "dash"),
    ]  # fmt: skip
    assert figure.data[0].line.width > figure.data[2].line.width
    names = [note.text.split("</b>")[0] for note in figure.layout.annotations]
    assert names == ["<b>A plain", "<b>A residual", "<b>B plain"]
    assert figure.layout.xaxis.range[1] > 3
    low, high = (10**end for end in figure.layout.yaxis.range)
    assert low < 0.1 < 2.0 < high


def test_labels_of_lines_that_end_alike_do_not_cover_each_other():
    figure = rc.figures.race_loss_figure(curves(plain=[1.0], residual=[1.0], preact=[1.01]), 10)
    shifts = sorted(note.yshift for note in figure.layout.annotations)
    assert np.diff(shifts).min() > 15  # pixels


def test_the_colours_of_a_map_are_named_in_round_numbers():
    norms = pd.DataFrame({1: [0.02, 0.5], 2: [0.03, 4.0]})
    lowest, highest = block_scale([norms, norms * 2])
    assert (lowest, highest) == (0.02, 8.0)
    (heat,) = gradient_figure(norms, lowest, highest, quantity="norm", time="epoch").data
    assert list(heat.colorbar.ticktext) == ["0.1", "1"]
    assert list(heat.colorbar.tickvals) == pytest.approx([-1, 0])
