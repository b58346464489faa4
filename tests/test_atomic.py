from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from resnet_core.atomic import write_atomically
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
