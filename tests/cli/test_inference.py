import csv
import json
import shutil
from io import StringIO

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from resnet_core.inference.classifier import Classifier
from resnet_core.inference.samples import SAMPLES_FOLDER
from resnet_core.models.network import build_model
from resnet_core.weights.record import DEFAULT_WEIGHTS

LABELS = ["cat", "dog", "frog"]


@pytest.fixture(autouse=True)
def weights(tmp_path, monkeypatch):
    """A network of three classes under the name `small`; `dog` always wins."""
    folder = tmp_path / "weights"
    folder.mkdir()
    model = build_model("cifar_resnet20", seed=0, num_classes=3, widths=(4, 4, 4))
    model.fc.bias.data = torch.tensor([0.0, 50.0, 1.0])
    save_file(model.state_dict(), folder / "small.safetensors")
    note = {
        "model": "cifar_resnet20", "recipe": {"overrides": [["widths", [4, 4, 4]]]}, "classes": LABELS,
        "image_size": [32, 32], "mean": [0.5] * 3, "std": [0.25] * 3,
    }  # fmt: skip
    (folder / "small.json").write_text(json.dumps(note))
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(folder))


@pytest.fixture
def photos(tmp_path):
    """A folder with two pictures and a note, and a file that is no picture beside it."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, colour in (("a.png", "red"), ("b.JPG", "green")):
        Image.new("RGB", (40, 30), colour).save(folder / name)
    (folder / "notes.txt").write_text("not a picture")
    (tmp_path / "fake.png").write_bytes(b"")
    return folder


def test_each_photo_has_a_table_with_its_probabilities(photos, run):
    result = run("classify", photos / "a.png", photos / "b.JPG", "--weights", "small", "--top-k", 2)
    assert result.exit_code == 0
    assert result.stdout.count("dog") == 3  # once for each picture, once among the classes it knows
    assert "knows 3 classes: cat, dog, frog" in result.stdout


def test_the_bundled_network_says_first_what_it_is_sure_of(run):
    coffee = SAMPLES_FOLDER / "coffee.jpg"
    table = run("classify", coffee, "--top-k", 2).stdout.splitlines()
    assert table[0].startswith(f"{coffee}  ({DEFAULT_WEIGHTS}, ")
    assert table[1].startswith("  a cup of coffee, ")
    assert len(table[2:]) >= 3
    (answer,) = json.loads(run("classify", coffee, "--output", "json").stdout)
    assert answer["headline"]["level"] == "class"
    assert f"  {answer['headline']['text']}" == table[1]
    assert answer["groups"][0]["name"] == "food or drink"


def test_of_a_network_without_groups_no_headline_is_printed(photos, run):
    assert "headline" not in run("classify", photos, "--weights", "small", "--output", "json").stdout
    assert run("classify", photos / "a.png", "--weights", "small").stdout.splitlines()[1].startswith("  dog ")


def test_a_file_of_answers_about_all_classes_has_as_many_for_each_photo_whatever_is_withheld(photos, run, tmp_path):
    for _ in range(2):
        result = run("classify", photos, SAMPLES_FOLDER, "--top-k", 197, "--output", tmp_path / "a.csv")
        assert result.exit_code == 0
    assert "8 were in it already" in result.stdout
    assert {row["photo"] for row in saved(tmp_path / "a.csv")} >= {str(SAMPLES_FOLDER / "cat.jpg")}
    assert not {"pig", "bikini"} & {row["label"] for row in saved(tmp_path / "a.csv")}


def test_a_folder_stands_for_its_pictures_and_those_in_its_folders(photos, run):
    (photos / "day2").mkdir()
    shutil.copy(photos / "b.JPG", photos / "day2" / "c.jpg")
    answers = json.loads(run("classify", photos, "--weights", "small", "--format", "json").stdout)
    assert [answer["photo"] for answer in answers] == [str(photos / name) for name in ("a.png", "b.JPG", "day2/c.jpg")]
    assert answers[0]["top"][0]["label"] == "dog"
    assert sum(scored["probability"] for scored in answers[0]["top"]) == pytest.approx(1)


def test_csv_has_one_row_for_each_class_asked_for(photos, run):
    rows = list(
        csv.DictReader(StringIO(run("classify", photos, "--weights", "small", "--top-k", 2, "--format", "csv").stdout))
    )
    assert [(row["rank"], row["label"]) for row in rows] == [("1", "dog"), ("2", rows[1]["label"])] * 2


def test_a_photos_name_is_no_formula_and_a_continued_file_knows_it(photos, run, tmp_path, monkeypatch):
    monkeypatch.chdir(photos)
    (photos / "a.png").rename(photos / "=1+1.png")
    for _ in range(2):
        assert run("classify", "=1+1.png", "--weights", "small", "--output", tmp_path / "a.csv").exit_code == 0
    assert {row["photo"] for row in saved(tmp_path / "a.csv")} == {"'=1+1.png"}
    assert len(saved(tmp_path / "a.csv")) == 3


def test_a_bad_file_is_named_and_the_others_go_on(photos, run):
    bad = photos.parent / "fake.png"
    result = run("classify", bad, photos / "a.png", photos / "gone.png", "--weights", "small", "--output", "csv")
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{photos / 'gone.png'} can't be read")
    assert second.startswith(f"{bad}: The file is empty")
    assert len(result.stdout.splitlines()) == 1 + 3


def test_a_folder_without_pictures_is_said_to_be_none(tmp_path, run):
    (tmp_path / "empty").mkdir()
    result = run("classify", tmp_path / "empty", "--weights", "small")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{tmp_path / 'empty'} is a folder without pictures.")


def test_weights_that_do_not_exist_are_refused_before_any_photo_is_read(photos, refuse):
    assert refuse("classify", photos.parent / "fake.png", "--weights", "nothing").startswith(
        "No weights are named 'nothing'."
    )


def test_fewer_than_one_class_is_refused(photos, refuse):
    assert "top-k" in refuse("classify", photos, "--top-k", 0)


def saved(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_format_after_output_is_understood(photos, run):
    assert run("classify", photos, "--weights", "small", "--output", "csv").stdout.startswith("photo,rank,label")


@pytest.mark.parametrize(("ending", "begins"), [("json", "[\n {"), ("md", "| photo"), ("tex", "\\begin{tabular}")])
def test_answers_as_a_whole_go_into_a_file_too(ending, begins, photos, run, tmp_path):
    path = tmp_path / f"answers.{ending}"
    result = run("classify", photos, "--weights", "small", "--output", path)
    assert (result.exit_code, result.stdout) == (0, f"Written: {path}\n")
    text = path.read_text("utf-8")
    assert text.startswith(begins)
    assert text.count("dog") == 2


def test_an_answer_says_which_engine_computed_it(photos, run):
    (answer, _) = json.loads(run("classify", photos, "--weights", "small", "--format", "json").stdout)
    assert answer["engine"] in ("openvino", "eager")
    assert (
        f"{answer['engine']} in fp32 on cpu"
        in run("classify", photos, "--weights", "small", "--precision", "fp32").stdout
    )


def test_answers_are_saved_in_a_file(photos, run, tmp_path):
    result = run("classify", photos, "--weights", "small", "--top-k", 2, "--output", tmp_path / "a.csv")
    assert result.exit_code == 0
    assert "2 photos answered" in result.stdout
    rows = saved(tmp_path / "a.csv")
    assert [row["photo"] for row in rows] == [str(photos / name) for name in ("a.png", "a.png", "b.JPG", "b.JPG")]
    assert {row["weights"] for row in rows} == {"small"}
    assert (rows[0]["rank"], rows[0]["label"]) == ("1", "dog")


@pytest.mark.parametrize(
    "torn",
    [
        "",
        "\n{photo},1,dog,0.9,small,fp32,eager\n",
        "\n{photo},1,do",
        "\n{photo},1,dog,0.9,small,fp32,eager\n{photo},2,fr",
        "\n{photo},1,dog,0.9,small,fp32,eager\n{photo},2,frog,0.05,sma",
    ],
)
def test_a_killed_run_is_continued_and_asks_no_photo_twice(photos, run, tmp_path, torn, monkeypatch):
    whole, path = tmp_path / "whole.csv", tmp_path / "a.csv"
    run("classify", photos, "--weights", "small", "--top-k", 2, "--output", whole)
    lines = whole.read_text().splitlines()
    path.write_text("\n".join(lines[:3]) + torn.format(photo=photos / "b.JPG"))
    asked = []
    original = Classifier.predict_each
    monkeypatch.setattr(
        Classifier, "predict_each", lambda self, files, *args: asked.extend(files) or original(self, files, *args)
    )
    result = run("classify", photos, "--weights", "small", "--top-k", 2, "--output", path)
    if torn:
        assert "1 photo answered, 1 was in it already" in result.stdout
        assert asked == [photos / "b.JPG"]
    assert path.read_text() == whole.read_text()


def test_answers_are_in_the_file_before_the_next_batch_is_read(photos, run, tmp_path, monkeypatch):
    path, seen, original = tmp_path / "a.csv", [], Classifier._answer_batch

    def answer_batch(self, *args):
        seen.append(len(saved(path)))
        return original(self, *args)

    monkeypatch.setattr(Classifier, "_answer_batch", answer_batch)
    for number in range(18):
        Image.new("RGB", (8, 8)).save(photos / f"{number:02}.png")
    run("classify", photos, "--weights", "small", "--top-k", 1, "--output", path)
    assert seen == [0, 16]


def test_a_bad_file_is_not_in_the_saved_answers_and_is_tried_again(photos, run, tmp_path):
    (photos / "bad.png").write_bytes(b"")
    for answered in ("2 photos answered, 1 can't be read", "0 photos answered, 2 were in it already, 1 can't be read"):
        result = run("classify", photos, "--weights", "small", "--output", tmp_path / "a.csv")
        assert result.exit_code == 2
        assert answered in result.stdout
        assert result.stderr.startswith(f"{photos / 'bad.png'}: The file is empty")
    assert {row["photo"] for row in saved(tmp_path / "a.csv")} == {str(photos / "a.png"), str(photos / "b.JPG")}


def test_a_file_of_something_else_is_not_overwritten(photos, refuse, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("my,notes\n")
    assert "is not a file of answers" in refuse("classify", photos, "--weights", "small", "--output", path)
    assert path.read_text() == "my,notes\n"


def test_answers_of_other_weights_or_another_number_are_not_mixed(photos, run, refuse, tmp_path):
    path = tmp_path / "a.csv"
    run("classify", photos, "--weights", "small", "--top-k", 2, "--output", path)
    assert "2 classes for a photo, and 1" in refuse(
        "classify", photos, "--weights", "small", "--top-k", 1, "--output", path
    )
    path.write_text(path.read_text().replace(",small,", ",large,"))
    assert "other weights than small" in refuse(
        "classify", photos, "--weights", "small", "--top-k", 2, "--output", path
    )


def test_a_file_that_can_not_be_written_is_a_sentence(photos, refuse, tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "a.csv", "/proc/nothing/a.csv"):
        assert "can't be written" in refuse("classify", photos, "--weights", "nothing", "--output", path)


def test_another_kind_of_file_is_refused(photos, refuse):
    assert "ends in .csv, .json, .md, .tex" in refuse("classify", photos, "--output", "answers.xlsx")


def test_a_terminal_sees_a_bar_on_stderr_and_a_file_does_not(photos, run, monkeypatch, tmp_path):
    assert run("classify", photos, "--weights", "small", "--output", tmp_path / "a.csv").stderr == ""
    monkeypatch.setenv("FORCE_COLOR", "1")  # what rich takes for a terminal
    assert "Classifying" in run("classify", photos, "--weights", "small", "--output", tmp_path / "b.csv").stderr
