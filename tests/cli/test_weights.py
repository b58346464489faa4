import json

import pytest
import torch

from resnet_core.errors import WeightsError
from resnet_core.models.network import build_model
from resnet_core.weights import library as weights_module
from resnet_core.weights.library import find_weights


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("RESNET_WEIGHTS_DIR", raising=False)


def test_list_says_where_each_set_of_weights_is(run):
    rows = {row["weights"]: row for row in json.loads(run("weights", "list", "--format", "json").stdout)}
    assert rows["resnet50.IMAGENET1K_V2"]["where"] == "downloadable"
    assert (rows["resnet50.IMAGENET1K_V1"]["top1"], rows["resnet50.IMAGENET1K_V1"]["classes"]) == (76.13, 1000)


def test_fetch_puts_the_newest_of_a_network_where_torch_looks(run, monkeypatch):
    def download(url, target, *, progress, **_):
        target.parent.mkdir(parents=True)
        progress(3, 10)
        target.write_bytes(b"0123456789")

    monkeypatch.setattr(weights_module, "download", download)
    result = run("weights", "fetch", "resnet50")
    path = find_weights("resnet50").path
    assert result.exit_code == 0
    assert f"resnet50.IMAGENET1K_V2 is in {path}" in result.stdout
    assert path.read_bytes() == b"0123456789"


def test_without_a_network_fetch_says_what_to_do(refuse, monkeypatch):
    def download(*_, **__):
        raise WeightsError("There is no connection.")

    monkeypatch.setattr(weights_module, "download", download)
    assert "RESNET_WEIGHTS_DIR" in refuse("weights", "fetch", "resnet18")


def test_a_wrong_name_stops_before_anything_is_fetched(refuse, monkeypatch):
    monkeypatch.setattr(weights_module, "download", lambda *_, **__: pytest.fail("nothing was to be fetched"))
    assert refuse("weights", "fetch", "resnet18", "nothing").startswith("No weights are named 'nothing'.")


def test_a_file_of_yours_is_listed_with_its_classes_or_with_why_it_can_not_be_used(run, tmp_path, monkeypatch):
    torch.save(build_model("resnet18", num_classes=5, widths=(2, 2, 2, 2)).state_dict(), tmp_path / "flowers.PTH")
    (tmp_path / "page.bin").write_bytes(b"<html>404</html>")
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(tmp_path))
    result = run("weights", "list", "--format", "json")
    rows = {row["weights"]: row for row in json.loads(result.stdout)}
    assert (rows["flowers"]["model"], rows["flowers"]["classes"]) == ("resnet18", 5)
    assert rows["page.bin"]["where"] == "can't be used"
    assert "page.bin can't be used: page.bin is a web page, not weights" in result.stderr


def test_classify_says_what_it_had_to_assume(run, tmp_path, root):
    torch.save(build_model("resnet18", num_classes=2, widths=(2, 2, 2, 2)).state_dict(), tmp_path / "mine.pth")
    picture = root / "resnet_core" / "data" / "samples" / "ship.png"
    result = run("classify", str(picture), "--weights", str(tmp_path / "mine.pth"), "--precision", "fp32")
    assert result.exit_code == 0
    assert "No note gives mean and std: ImageNet's are assumed." in result.stderr
