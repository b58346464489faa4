import csv
from io import StringIO

import numpy as np
import pytest
from PIL import Image

from resnet_core.inference.answers import TEMPERATURES, answers_table, as_csv, temperature_sentence


@pytest.fixture(scope="module")
def predictions(classifier):
    return [classifier.predict(Image.new("RGB", (40, 30), colour)) for colour in ("red", "navy")]


def test_a_table_has_two_answers_for_each_picture_at_the_temperature(predictions):
    table = answers_table([("a.png", predictions[0]), ("b.png", predictions[1])], temperature=2.0)
    assert table.name.tolist() == ["a.png", "b.png"]
    for row, prediction in zip(table.itertuples(), predictions, strict=True):
        first, second = prediction.ranked(2, 2.0)
        assert (row.answer, row.probability) == (first.label, first.probability)
        assert (row.second, row.second_probability) == (second.label, second.probability)
        assert row.duration_ms == pytest.approx(prediction.duration_ms, abs=0.01)
    assert answers_table([]).columns.tolist() == table.columns.tolist()


def test_csv_holds_what_the_table_holds_and_no_formula(predictions):
    names = ["photo, of mine.png", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"]
    text = as_csv(answers_table([(name, predictions[0]) for name in names]))
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["name"] for row in rows] == [names[0], *(f"'{name}" for name in names[1:])]
    assert float(rows[0]["probability"]) == pytest.approx(predictions[0].top[0].probability)


def test_the_sentence_about_temperature_is_computed(predictions):
    prediction = predictions[0]
    logits = np.array(prediction.logits)

    def best_at(temperature):
        scaled = np.exp((logits - logits.max()) / temperature)
        return f"{scaled.max() / scaled.sum() * 100:.1f} %"

    label = prediction.top[0].label
    assert temperature_sentence(prediction, 4.0).startswith(
        f"At T = 4 the same logits say {best_at(4)} {label} instead of {best_at(1)}"
    )
    assert temperature_sentence(prediction, 1.0).startswith(
        f"At T = 2 the same logits would say {best_at(2)} {label} instead of {best_at(1)}"
    )


def test_temperatures_go_from_a_quarter_to_four_in_equal_ratios():
    assert (TEMPERATURES[0], TEMPERATURES[4], TEMPERATURES[-1]) == (0.25, 1.0, 4.0)
    ratios = np.array(TEMPERATURES[1:]) / TEMPERATURES[:-1]
    assert ratios == pytest.approx(np.full(8, 2**0.5), rel=0.05)
