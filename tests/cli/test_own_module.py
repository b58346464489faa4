"""`layers module:Net`: networks of the visitor's own on the command line."""

import json
import sys

import pytest

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 1)

    def forward(self, x):
        return self.left(x) + self.right(x)

class Needs(nn.Module):
    def __init__(self, width):
        super().__init__()

class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.head = nn.Linear(5, 2), nn.Linear(2, 2)

    def forward(self, picture, table):
        return self.head(self.words(table) + picture.mean((1, 2, 3))[:, None])

class group:
    ready = Net()

def boom():
    raise SystemExit(3)

def small():
    return Net()

number = 3
"""


@pytest.fixture(autouse=True)
def there(tmp_path, monkeypatch):
    """A folder with a module in it, in which the command is given."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mynets.py").write_text(NET, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mynets", raising=False)


@pytest.mark.parametrize("name", ["mynets:Net", "mynets:small", "mynets:group.ready", "mynets.py:Net"])
def test_a_class_a_function_or_a_module_is_traced_at_the_shape_that_is_given(name, run):
    rows = json.loads(run("layers", name, "--input", "3x64x64", "--format", "json").stdout)
    assert [(row["path"], row["kind"], row["macs"]) for row in rows] == [
        ("left", "Conv2d", 27 * 4 * 64 * 64), ("right", "Conv2d", 3 * 4 * 64 * 64), ("Net", "add", 0),
    ]  # fmt: skip
    assert "128 parameters, 491,520 MACs at 1x3x64x64" in run("layers", name, "--input", "3x64x64").stdout


def test_several_inputs_follow_after_commas(run):
    text = run("layers", "mynets:Two", "--input", "3x8x8,5").stdout
    assert "18 parameters, 14 MACs at 1x3x8x8, 1x5" in text


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("nowhere:Net", None, "No module named 'nowhere'"),
        ("mynets:Nothing", None, "mynets has no 'Nothing'. It has Needs, Net, Two."),
        ("mynets:Needs", None, "can't be made without arguments: TypeError"),
        ("mynets:boom", None, "mynets:boom can't be made without arguments: SystemExit: 3."),
        ("mynets:Net", "64x64", "Give --input 3x64x64."),
        ("mynets:Net", "5x64x64", "Give --input 3x64x64."),
        ("mynets:number", None, "can't be made without arguments: TypeError"),
        ("absent.py:Net", None, "FileNotFoundError"),
        ("mynets:Net", "3xbig", "is no size. Give the shape of one example: 3x64x64"),
        ("mynets:Net", "5x64x64", "left, a Conv2d that takes 3 channels, was given 5"),
    ],
)
def test_what_does_not_work_is_said_in_a_sentence(name, size, said, refuse):
    assert said in refuse("layers", name, *(("--input", size) if size else ()))
