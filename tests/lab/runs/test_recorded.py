"""Recorded runs: from a training's folder to a small file and back, and what the files say about depth."""

import json
from dataclasses import replace

import pytest

from resnet_core.errors import DataError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import PAPER_CIFAR10
from resnet_core.lab.runs.degradation import beside_paper, depth_sentences, missing_commands, recipe_differences
from resnet_core.lab.runs.recorded import (
    RecordedRun,
    block_table,
    epoch_table,
    read_run,
    record_run,
    recorded_runs,
    save_run,
)  # fmt: skip
from resnet_core.lab.training.metrics import EpochMetrics


def epoch(number, train_error, test_error):
    return EpochMetrics(
        arm="net", epoch=number, step=number * 390, train_loss=1.0, train_error=train_error, validation_loss=1.0,
        validation_error=test_error, images_per_s=100.0, learning_rate=0.1, elapsed_s=1.0,
        gradient_norms=(0.123456789, 0.2), activation_scales=(1.0, number / 3),
    )  # fmt: skip


def run(model, train_error=0.1, **changes):
    first = RecordedRun(
        model=model, recipe=TrainConfig(model=model, epochs=2), command=f"python -m resnet_core train --model {model}",
        machine="x86_64, 2 cores", device="cpu", precision="fp32", seconds=60.5, validation_split="test", note="",
        epochs=(epoch(1, 0.8, 0.7), epoch(2, train_error, train_error + 0.05)),
    )  # fmt: skip
    return replace(first, **changes)


def test_a_finished_training_becomes_a_small_file_with_all_its_epochs(trained, tmp_path):
    recorded = record_run(trained, note="a copy")
    save_run(recorded, tmp_path / "mine.json")
    read = read_run(tmp_path / "mine.json")
    written = json.loads((trained / "cifar_plain20.json").read_text())
    assert (read.kind, read.layers, read.title) == ("plain", 8, "plain, 8 layers")
    assert (read.machine, read.command, read.note) == (written["machine"], "python -m resnet_core train ...", "a copy")
    assert read.recipe == recorded.recipe
    assert [e.epoch for e in read.epochs] == [1, 2]
    for kept, full in zip(read.epochs, written["history"], strict=True):
        assert kept.validation_error == pytest.approx(full["validation_error"], rel=1e-4)
        assert kept.gradient_norms == pytest.approx(full["gradient_norms"], rel=1e-4)
    assert (tmp_path / "mine.json").read_text().count("\n") < 60


@pytest.mark.parametrize(("model", "layers"), [("resnet50", 50), ("cifar_preact_resnet164", 164), ("resnet18", 18)])
def test_bottlenecks_count_three_layers_each(model, layers):
    assert run(model).layers == layers


def test_numbers_are_rounded_and_a_file_read_and_written_again_is_the_same(tmp_path):
    save_run(run("cifar_plain20"), tmp_path / "a.json")
    assert "0.12346" in (tmp_path / "a.json").read_text()
    save_run(read_run(tmp_path / "a.json"), tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_training_that_has_not_finished_is_a_sentence(tmp_path):
    with pytest.raises(DataError, match=r"holds 0 records of a finished run.*goes on where the run was saved"):
        record_run(tmp_path)
    (tmp_path / "x.json").write_text('{"model": "cifar_plain20"}')
    with pytest.raises(DataError, match="no record that `train` wrote"):
        record_run(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"epochs": []}', '{"recipe": {"model": "nothing"}, "epochs": []}'])
def test_a_damaged_file_is_a_sentence_that_names_it(tmp_path, text):
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(DataError, match=r"bad\.json is no recorded run"):
        recorded_runs(tmp_path)


def test_any_subset_of_runs_is_read_few_layers_first(tmp_path):
    assert recorded_runs(tmp_path / "nowhere") == {}
    for model in ("cifar_resnet56", "cifar_plain56", "cifar_resnet20"):
        save_run(run(model), tmp_path / f"{model}.json")
    assert list(recorded_runs(tmp_path)) == ["cifar_resnet20", "cifar_plain56", "cifar_resnet56"]


def test_what_is_missing_comes_with_the_command_that_the_others_had():
    assert list(missing_commands([])) == ["cifar_plain20", "cifar_resnet20", "cifar_plain56", "cifar_resnet56"]
    commands = missing_commands([run("cifar_plain56", command="train --model cifar_plain56 --epochs 7")])
    assert commands["cifar_plain20"] == "train --model cifar_plain20 --epochs 7"
    assert "cifar_plain56" not in commands


def test_the_degradation_is_said_only_where_it_shows():
    worse = depth_sentences([run("cifar_plain20", 0.05), run("cifar_plain56", 0.09)])
    assert worse == [
        "The plain network with 56 layers ends at a training error of 9.0 %, the one with 20 at 5.0 %: 4.0 points "
        "worse. The degradation shows in this recipe."
    ]
    better = depth_sentences([run("cifar_plain20", 0.09), run("cifar_plain56", 0.05)])
    assert "4.0 points better. The degradation does not show" in better[0]
    alike = depth_sentences([run("cifar_plain20", 0.05), run("cifar_plain56", 0.052)])
    assert "no difference here that one seed could show" in alike[0]


def test_the_cure_and_the_two_kinds_side_by_side_are_said_from_the_numbers():
    said = depth_sentences([run("cifar_resnet20", 0.05), run("cifar_resnet56", 0.02), run("cifar_plain56", 0.09)])
    assert said[0].startswith("Of the plain networks only the one with 56 layers is recorded")
    assert "3.0 points better. Depth helps it." in said[1]
    assert (
        "At 56 layers the plain network's training error ends at 9.0 %, the residual one's at 2.0 %: 7.0 points"
        in said[2]
    )
    assert said[2].endswith("lower with shortcuts.")


def test_runs_of_different_recipes_are_not_compared():
    other = run("cifar_plain56", recipe=TrainConfig(model="cifar_plain56", epochs=3))
    assert "had different recipes" in depth_sentences([run("cifar_plain20"), other])[0]


def test_differences_from_the_papers_recipe_are_those_of_the_fields():
    assert recipe_differences(run("cifar_plain20", recipe=PAPER_CIFAR10)) == []
    said = recipe_differences(run("cifar_plain20"))
    assert "2 epochs, not 164" in said
    assert "learning-rate schedule one-cycle, not steps" in said
    assert "weight decay 0.0005, not 0.0001" in said
    assert "Nesterov momentum on, not off" in said


def test_tables_have_a_row_per_run_and_epoch_and_per_block():
    runs = {"a": run("cifar_plain20"), "b": run("cifar_resnet20")}
    table = epoch_table(runs)
    assert table[["run", "epoch"]].to_numpy().tolist() == [["a", 1], ["a", 2], ["b", 1], ["b", 2]]
    blocks = block_table(runs["a"], "activation_scales")
    assert list(blocks.columns) == [1, 2]
    assert blocks[2].tolist() == pytest.approx([1, 2 / 3])
    beside = beside_paper(runs.values(), {"cifar_resnet20": 8.75})
    assert beside["training error"].tolist() == pytest.approx([10, 10])
    assert beside["paper's test error"].fillna(0).tolist() == [0, 8.75]
