"""classify: it computes as asked, one file holds one number format, and what can't be read stops nothing else."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from resnet_core.inference.engine.engine import Engine
from tests.cli.test_inference import photos, saved, weights  # noqa: F401  its fixtures


@pytest.fixture
def slow(monkeypatch):
    """An engine that takes longer to prepare than a visitor would wait for it."""
    prepare = Engine._prepare
    monkeypatch.setattr(Engine.__init__, "__defaults__", (*Engine.__init__.__defaults__[:-1], 0.0))
    monkeypatch.setattr(Engine, "_prepare", lambda self, choices: time.sleep(0.3) or prepare(self, choices))


@pytest.mark.parametrize("precision", ["fp16", "bf16", "fp32"])
def test_all_photos_are_answered_in_the_precision_asked_for(precision, photos, run, slow, tmp_path):  # noqa: F811
    path = tmp_path / "a.csv"
    assert run("classify", photos, "--weights", "small", "--precision", precision, "--output", path).exit_code == 0
    assert {row["precision"] for row in saved(path)} == {precision}
    assert "being prepared" not in run("classify", photos, "--weights", "small", "--precision", precision).stdout


def test_a_precision_that_fails_here_is_refused(photos, refuse, monkeypatch):  # noqa: F811
    from resnet_core.inference.engine import engine

    def broken(*_):
        raise RuntimeError("no such kernel")

    monkeypatch.setattr(engine, "RUNNERS", dict.fromkeys(engine.RUNNERS, broken))
    said = refuse("classify", photos, "--weights", "small", "--precision", "fp16")
    assert said.startswith("precision='fp16' does not work on this cpu:")
    assert "no such kernel" in said


def test_a_run_that_continues_a_file_computes_as_the_file_does(photos, run, refuse, tmp_path):  # noqa: F811
    path, options = tmp_path / "a.csv", ("--weights", "small", "--output", tmp_path / "a.csv")
    run("classify", photos / "a.png", *options, "--precision", "fp16")
    said = run("classify", photos, *options).stdout
    assert f"{path} has answers in fp16, so this run computes in fp16 too." in said
    assert [row["precision"] for row in saved(path)] == ["fp16"] * 6
    assert "has answers in fp16, and fp32 is asked for" in refuse("classify", photos, *options, "--precision", "fp32")


def test_a_folder_that_can_not_be_read_is_named_and_the_others_go_on(photos, run, monkeypatch):  # noqa: F811
    (photos / "locked").mkdir()
    scan = os.scandir

    def scandir(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    result = run("classify", photos, "--weights", "small", "--output", "csv")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{photos / 'locked'} can't be read (Permission denied).")
    assert len(result.stdout.splitlines()) == 1 + 2 * 3


def test_a_file_that_can_not_be_read_is_named_and_the_others_go_on(photos, run, monkeypatch):  # noqa: F811
    locked, opened, access = photos / "b.JPG", Path.open, os.access

    def refuse_one(self, *args, **options):
        if self == locked:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *args, **options)

    monkeypatch.setattr(Path, "open", refuse_one)
    monkeypatch.setattr(
        os, "access", lambda path, *args, **how: str(path) != str(locked) and access(path, *args, **how)
    )
    result = run("classify", photos / "a.png", locked, "--weights", "small", "--output", "csv")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{locked} can't be read (Permission denied).")
    assert len(result.stdout.splitlines()) == 1 + 3


def test_a_pipe_is_not_waited_for(photos, refuse, tmp_path):  # noqa: F811
    os.mkfifo(tmp_path / "pipe.png")
    assert "is a pipe, which may never end" in refuse("classify", tmp_path / "pipe.png", "--weights", "small")


@pytest.mark.slow
def test_a_picture_comes_in_on_standard_input(photos, root):  # noqa: F811
    command = [sys.executable, "-m", "resnet_core", "classify", "-", "--weights", "small", "--output", "csv"]
    for data, status, word in (((photos / "a.png").read_bytes(), 0, "dog"), (b"", 2, "-: The file is empty")):
        done = subprocess.run(command, cwd=root, input=data, capture_output=True, timeout=120, check=False)
        assert done.returncode == status
        assert word in (done.stderr if status else done.stdout).decode()
        rows = list(csv.DictReader(done.stdout.decode().splitlines()))
        assert [row["photo"] for row in rows] == ([] if status else ["-"] * 3)


def test_a_name_that_is_no_text_is_printed_with_its_bytes(photos, run):  # noqa: F811
    Image.new("RGB", (8, 8)).save(os.fsdecode(os.fsencode(photos) + b"/\xff.png"))
    Path(os.fsdecode(os.fsencode(photos) + b"/\xfe.png")).write_bytes(b"")
    result = run("classify", photos, "--weights", "small", "--output", "csv")
    assert f"{photos}/\\xff.png,1,dog" in result.stdout
    assert result.stderr.startswith(f"{photos}/\\xfe.png: The file is empty")


def test_names_are_checked_before_torch_is_loaded(root):
    code = (
        "import sys; from resnet_core.cli import app; sys.argv = ['x', *{!r}]\n"
        "try: app()\nfinally: print('torch' in sys.modules)"
    )
    for command in (["classify", "nosuch.jpg"], ["layers", "resnet5"], ["layers", "resnet50", "--input", "0"]):
        done = subprocess.run(
            [sys.executable, "-c", code.format(command)],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "False\n")
        assert done.stderr.count("\n") == 1
