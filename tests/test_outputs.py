import errno

import pytest

from resnet_core.errors import DataError
from resnet_core.outputs import check_file, check_folder, refusal


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
    with pytest.raises(DataError, match="can't be written.*Choose another name or folder"):
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
