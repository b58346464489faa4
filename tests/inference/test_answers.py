import csv
from io import StringIO

import pytest
from PIL import Image

from resnet_core.anatomy.tables.as_text import export_table
from resnet_core.inference.answers import answers_table


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
    text = export_table(answers_table([(name, predictions[0]) for name in names]), "csv")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["name"] for row in rows] == [names[0], *(f"'{name}" for name in names[1:])]
    assert float(rows[0]["probability"]) == pytest.approx(predictions[0].top[0].probability)
