import json

import pytest

SMALL = ("--config", "race", "--depth", 8, "--width", 4, "--epochs", 1, "--batch-size", 500, "--device", "cpu")


def test_a_sweep_sets_its_runs_side_by_side_and_leaves_a_folder_for_each(run, tmp_path):
    result = run("sweep", *SMALL, "--compare", "plain,residual", "--seed", "2,0", "--out", tmp_path)
    assert result.exit_code == 0
    names = ["plain-seed-2", "plain-seed-0", "residual-seed-2", "residual-seed-0"]
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [row[0] for row in rows[1:]] == names
    assert all(0 < float(row[1]) < 5 for row in rows[1:])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_sweep_takes_what_train_takes(run, tmp_path):
    options = ("--momentum", 0.5, "--schedule", "steps", "--precision", "fp32", "--no-augment")
    assert run("sweep", *SMALL, *options, "--seed", "0", "--out", tmp_path).exit_code == 0
    recipe = json.loads((tmp_path / "seed-0" / "cifar_resnet8.json").read_text("utf-8"))["recipe"]
    assert (recipe["momentum"], recipe["schedule"], recipe["precision"]) == (0.5, "steps", "fp32")


def test_a_run_that_fails_says_why_and_so_does_the_exit_status(run, tmp_path):
    result = run("sweep", *SMALL, "--seed", "0", "--data", "folder", "--out", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("seed-0: No folder was given")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--seed", "one"), "seed='one' does not work: write whole numbers with commas between."),
        (("--seed", "1,1"), "each once"),
        (("--compare", "plain,deep"), "arms=('plain', 'deep') does not work"),
        (("--depth", 9), "depth=9 does not work"),
    ],
)
def test_what_can_not_be_swept_is_refused_with_a_sentence(options, sentence, refuse):
    assert sentence in refuse("sweep", *options)
