"""The command site: what it writes and says, and what it refuses."""

import pytest

from resnet_core.site.topics import bottleneck_topic


@pytest.fixture
def one_topic(monkeypatch):
    monkeypatch.setattr("resnet_core.site.build.all_topics", lambda: [bottleneck_topic()])


def test_it_says_what_it_wrote_and_how_to_look_at_it(one_topic, run, tmp_path):
    done = run("site", str(tmp_path / "out"))
    assert done.exit_code == 0
    assert "5 files" in done.stdout
    assert "http.server --directory" in done.output
    assert (tmp_path / "out" / "bottleneck.html").is_file()


def test_a_folder_that_can_not_be_is_one_sentence(run, tmp_path):
    (tmp_path / "file").touch()
    done = run("site", str(tmp_path / "file"))
    assert done.exit_code == 2
    assert "can't be written" in done.stderr
