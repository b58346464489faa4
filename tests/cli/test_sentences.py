"""What the command line says where something is wrong: one sentence on stderr, exit status 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

import resnet_core as rc
from resnet_core.cli import app
from resnet_core.cli.sentences import likeness
from resnet_core.inference.explain.timing import layer_times


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("layers resnet50 --input 0", "'0' is no size. Give pixels from 1 to 4096"),
        ("layers resnet50 --format xml", "--format='xml' does not work: it must be one of 'table', 'csv'"),
        ("bottleneck --channels abc", "--channels='abc' does not work: it must be a whole number."),
        ("bottleneck --channels 0", "channels=0 does not work"),
        ("classify a.png --top-k 0", "--top-k='0' does not work: it must be at least 1."),
        ("train --lr much", "--lr='much' does not work: it must be a number."),
        ("nosuch", "No such command 'nosuch'."),
        ("bench nosuch", "No such command 'nosuch'."),
        ("layers", "Missing argument 'MODEL'."),
        ("bottleneck --nope", "No such option: --nope."),
        ("runs record a", "Missing option '--output' / '--out'."),
    ],
)
def test_what_can_not_be_understood_is_one_line_on_stderr(command, sentence, run):
    result = run(*command.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
    assert "--help` shows what can be given.\n" in result.stderr or "channels=0" in sentence


@pytest.mark.parametrize("nothing", [(), ("weights",), ("runs",)])
def test_no_command_prints_all_of_them(nothing, run):
    result = run(*nothing)
    assert (result.exit_code, result.stderr) == (2, "")
    assert "Usage:" in result.stdout


def test_help_has_a_short_name_everywhere(run):
    for command in ((), ("layers",), ("runs", "list")):
        result = run(*command, "-h")
        assert result.exit_code == 0
        assert "Usage:" in result.stdout


@pytest.mark.parametrize("charset", ["ascii", "cp437", "latin-1"])
def test_a_terminal_without_unicode_is_given_the_nearest_letters(charset):
    result = CliRunner(charset=charset).invoke(app, ["bottleneck"], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout_bytes.decode(charset).replace("×", "x").startswith("1x1, 3x3, 1x1          1x1x256x64")


def test_letters_are_written_as_the_nearest_in_ascii():
    assert [likeness(letter) for letter in "×–ëe…\udcff猫"] == ["x", "-", "e", "e", "...", "\\xff", "?"]


def program(*args, **options):
    command = [sys.executable, "-m", "resnet_core", *args]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=60, check=False, **options)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_is_a_sentence(root):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = program("bottleneck", cwd=root, stdout=full)
    assert (done.returncode, done.stderr) == (2, "The output can't be written: No space left on device.\n")


def test_a_reader_that_has_seen_enough_is_no_error(root):
    reading, writing = os.pipe()
    os.close(reading)
    done = program("bottleneck", cwd=root, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_closed_output_is_a_sentence(root):
    done = program("bottleneck", cwd=root, preexec_fn=lambda: os.close(1))
    assert done.returncode == 2
    assert done.stderr.startswith("Standard output is closed")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: rc.layer_table("resnet50"), "'resnet50' is no trace. Trace it first"),
        (lambda: rc.stage_table("resnet50"), "'resnet50' is no trace. Trace it first"),
        (lambda: layer_times(torch.nn.Linear(2, 2)), "A Linear can't be looked into"),
        (
            lambda: rc.figures.diagram_svg("resnet18", theme="nope"),
            "theme='nope' does not work: it must be one",
        ),
    ],
)
def test_a_wrong_argument_of_the_python_functions_is_a_sentence_too(call, sentence):
    with pytest.raises(rc.ResNetCoreError) as caught:
        call()
    assert str(caught.value).startswith(sentence)
