import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from resnet_core.atomic import check_file, check_folder, refusal, write_atomically
from resnet_core.errors import DataError
from tests.interleaving import LIMIT_S, Gate

OLD, NEW = b"the old file", b"and the new one"


def write_in_halves(between):
    """A `Path.write_bytes` that does something once the first half is on the disk."""

    def write_bytes(self, content):
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            between()
            file.write(content[len(content) // 2 :])

    return write_bytes


def test_who_reads_meanwhile_sees_the_old_file_whole(tmp_path, monkeypatch):
    path, seen = tmp_path / "kept", []
    path.write_bytes(OLD)
    monkeypatch.setattr(Path, "write_bytes", write_in_halves(lambda: seen.append(path.read_bytes())))
    write_atomically(path, NEW)
    assert (seen, path.read_bytes()) == ([OLD], NEW)


def test_a_disk_that_fills_up_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "kept"
    path.write_bytes(OLD)

    def full():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_in_halves(full))
    with pytest.raises(DataError, match=r"No space left on device.*Free some space"):
        write_atomically(path, NEW)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_two_who_write_one_file_at_once_do_not_mix_their_halves(tmp_path, monkeypatch):
    path, gate = tmp_path / "kept", Gate()
    monkeypatch.setattr(Path, "write_bytes", write_in_halves(gate.pass_by))
    with ThreadPoolExecutor(1) as other:
        slow = other.submit(write_atomically, path, OLD)
        assert gate.reached.wait(LIMIT_S)
        write_atomically(path, NEW)
        assert path.read_bytes() == NEW
        gate.open()
        slow.result(LIMIT_S)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_folders_that_are_missing_are_made_and_no_file_is_left(tmp_path):
    check_file(tmp_path / "a" / "b" / "c.csv")
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "b"]


def test_what_is_in_a_file_stays(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    check_file(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "old"


@pytest.mark.parametrize("check", [check_file, check_folder])
def test_a_place_that_can_not_be_written_is_refused(check, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"can't be written.*Choose another name or folder"):
        check(tmp_path / "file" / "a.csv")
    if check is check_file:
        with pytest.raises(DataError, match="Is a directory"):
            check(tmp_path)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EDQUOT, "Free some space"),
        (errno.EACCES, "that you may write to"),
        (errno.EROFS, "that you may write to"),
        (errno.ENAMETOOLONG, "Choose another name"),
    ],
)
def test_the_remedy_is_that_of_the_reason(number, remedy, tmp_path):
    said = str(refusal(tmp_path, OSError(number, "why")))
    assert remedy in said
    assert sum(word in said for word in ("Free some", "may write", "another name")) == 1
