import json
import os
import subprocess
import sys

import pytest
import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.data.sets import load_data
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.checkpoints import train_and_save
from resnet_core.lab.training.distributed import ALONE, Team, first_of_machine, join_team
from resnet_core.lab.training.learner import Learner

CONFIG = TrainConfig(
    data="digits",
    overrides=(("depths", (1, 1, 1)), ("name", "cifar_resnet8"), ("widths", (4, 8, 16)), ("norm", "none")),
    epochs=2, lr=0.02, batch_size=250, precision="fp32",
)  # fmt: skip
OPTIONS = "--data digits --depth 8 --width 4 --norm none --epochs 2 --lr 0.02 --batch-size 250 --precision fp32"


@pytest.mark.slow
def test_two_processes_make_the_run_of_one(root, tmp_path):
    """Without batch norm: with it, each process has the statistics of its own half batch, which is another network.

    The gradients differ in the order of a sum alone. Measured after 12 steps: 1e-7 in losses and gradient norms.
    """
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    train = ["-m", "resnet_core", "train", *OPTIONS.split(), "--device", "cpu", "--out", str(tmp_path / "two")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TORCH_CPP_LOG_LEVEL": "ERROR"}
    done = subprocess.run([*launch, *train], cwd=root, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("epoch 1:") == done.stdout.count("Trained:") == 1  # one of them prints, and writes
    for _ in train_and_save(CONFIG, load_data("digits"), tmp_path / "one", device="cpu"):
        pass
    two, one = (json.loads((tmp_path / name / "cifar_resnet8.json").read_text()) for name in ("two", "one"))
    assert (two["recipe_id"], two["processes"]) == (one["recipe_id"], 2)
    for shared, single in zip(two["history"], one["history"], strict=True):
        for key in single.keys() - {"arm", "images_per_s", "elapsed_s"}:
            assert shared[key] == pytest.approx(single[key], rel=1e-5, abs=1e-7), key
    assert one["history"][-1]["train_loss"] < one["history"][0]["train_loss"]
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [
        "cifar_resnet8.json", "cifar_resnet8.safetensors", "progress.pt",
    ]  # fmt: skip


def test_one_process_alone_is_a_team_that_asks_nobody():
    with join_team("cpu") as (team, device), first_of_machine():
        assert (team, device, team.writes) == (ALONE, "cpu", True)
        assert team.mean(torch.tensor([2.0])).item() == 2
        assert team.sums((3.0, 4.0), torch.device("cpu")) == (3.0, 4.0)
        assert team.share("own") == "own"
        model = torch.nn.BatchNorm2d(1)
        assert team.wrap(model) is model


@pytest.mark.parametrize(
    ("batch_size", "size", "sentence"),
    [(250, 4, "a multiple of the 4 processes"), (4, 4, "at least 2 for each of the 4")],
)
def test_a_batch_that_a_team_can_not_share_is_refused(batch_size, size, sentence):
    with pytest.raises(InvalidSpecError, match=f"batch_size={batch_size} does not work: it must be {sentence}"):
        Learner(CONFIG.override(batch_size=batch_size), load_data("digits"), torch.device("cpu"), team=Team(0, size))
