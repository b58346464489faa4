"""What the command line makes of hostile files: pictures and weights."""

import pickle
import re

import pytest
import torch
from torchvision import models

from tests.hostile_files import hostile_files, photo

# Pillow may warn about a damaged file before it gives up on it; what counts is what the user is told.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def corpus(tmp_path):
    """The corpus as files, which all claim to be PNG, and what is to be said of each."""
    said = {}
    for number, (data, words) in enumerate(hostile_files().values()):
        path = tmp_path / f"{number:03}.png"
        said[path] = words
        with path.open("wb") as file:
            if any(data[:1000]):
                file.write(data)
            else:
                file.truncate(len(data))  # zeros: no need to write a hundred megabytes
    return said


def test_every_picture_of_the_corpus_is_answered_and_every_other_file_named_with_its_sentence(corpus, run):
    folder = next(iter(corpus)).parent
    result = run("classify", folder, "--top-k", 1, "--format", "csv")
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    answered = [line.split(",")[0] for line in result.stdout.splitlines()[1:]]
    assert answered == [str(path) for path, words in corpus.items() if words is None]
    for path, words in corpus.items():
        lines = [line for line in result.stderr.splitlines() if line.startswith(str(path))]
        assert len(lines) == (words is not None), path
        assert all(re.search(words, line) for line in lines)


class Evil:
    def __reduce__(self):
        return print, ("it ran",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pickle.dumps({"conv1.weight": Evil()}, protocol=2), "refused: it holds a Python object"),
        (b"<html>404</html>", "is a web page, not weights"),
        (b"", "damaged or no weights file"),
    ],
    ids=["code", "a web page", "empty"],
)
def test_weights_that_are_no_state_dict_are_a_sentence(content, words, tmp_path, refuse):
    (tmp_path / "resnet18-mine.pth").write_bytes(content)
    (tmp_path / "photo.png").touch()
    assert words in refuse("classify", tmp_path / "photo.png", "--weights", tmp_path / "resnet18-mine.pth")


def test_a_note_that_names_another_architecture_is_contradicted_by_the_shapes(tmp_path, refuse):
    torch.save(models.resnet18(num_classes=3).state_dict(), tmp_path / "mine.pth")
    (tmp_path / "mine.json").write_text('{"model": "resnet34"}', encoding="utf-8")
    photo().save(tmp_path / "photo.png")
    said = refuse("classify", tmp_path / "photo.png", "--weights", tmp_path / "mine.pth")
    assert "does not fit resnet34, which its note names: its shapes are those of resnet18" in said
