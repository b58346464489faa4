"""timm's weights by name, from a hub that the test runs itself: fetched once, then answered without a network."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
from PIL import Image

import resnet_core as rc
from resnet_core.errors import WeightsError
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.weights.hub import fetch_from_hub, hub_weights
from resnet_core.weights.library import fetch_weights, load_weights

timm = pytest.importorskip("timm")
safetensors = pytest.importorskip("safetensors.torch")
pytest.importorskip("huggingface_hub")

NAME = "timm/resnet18d.ours_in7"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CONFIG = {
    "architecture": "resnet18d", "num_classes": 7, "label_names": list("abcdefg"),
    "pretrained_cfg": {
        "input_size": [3, 96, 96], "interpolation": "bicubic", "crop_pct": 0.95,
        "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "num_classes": 7,
    },
}  # fmt: skip


class Hub(BaseHTTPRequestHandler):
    """As much of huggingface.co as its client asks for; `status` of all answers, by its server."""

    def do_HEAD(self):
        self._answer(head=True)

    def do_GET(self):
        self._answer(head=False)

    def _answer(self, head):
        self.server.asked.append(self.path)
        body = self.server.files.get(self.path)
        status = self.server.status or (200 if body else 404)
        self.send_response(status)
        if status == 404:
            self.send_header("X-Error-Code", "EntryNotFound" if self.server.files else "RepoNotFound")
        if status == 401:
            self.send_header("X-Error-Code", "RepoNotFound")
        if status == 200:
            self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(body) if status == 200 else 0))
        self.end_headers()
        if status == 200 and not head:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return timm.create_model("resnet18d", num_classes=7).eval()


@pytest.fixture
def hub(network, tmp_path, monkeypatch):
    """A running hub with one network; its cache is empty."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    at = f"/{NAME}/resolve/main"
    server.files = {
        f"{at}/config.json": json.dumps(CONFIG).encode(),
        f"{at}/model.safetensors": safetensors.save({n: v.contiguous() for n, v in network.state_dict().items()}),
    }  # fmt: skip
    server.status, server.asked = None, []
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_name_is_fetched_once_and_answers_as_timm_does(hub, network):
    fetched = fetch_weights(NAME)
    assert (fetched.name, fetched.spec.name, fetched.classes) == (NAME, "resnet18d", tuple("abcdefg"))
    asked = len(hub.asked)
    assert fetch_from_hub(NAME) == hub_weights(NAME) == fetched
    assert len(hub.asked) == asked, "what is here is not asked for again"

    image = Image.effect_mandelbrot((140, 110), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    wanted = timm.data.create_transform(
        **timm.data.resolve_data_config(CONFIG["pretrained_cfg"] | {"crop_pct": 0.95}, model=network)
    )(image)[None]
    ours, _ = load_weights(NAME)
    seen = to_batch([seen_image(image, fetched.preprocessing)], fetched.preprocessing)
    assert seen.shape == wanted.shape
    assert (seen - wanted).abs().max() < 0.02  # a step of a pixel's 256 over the smallest deviation
    with torch.no_grad():
        assert torch.allclose(ours(wanted), network(wanted), atol=1e-5)
    answer = rc.Classifier.load(NAME, device="cpu").predict(image)
    assert {one.label for one in answer.top} <= set("abcdefg")


def test_without_a_network_the_sentence_says_how(hub):
    with pytest.raises(WeightsError, match=f"weights fetch {NAME}` puts it"):
        hub_weights(NAME)


@pytest.mark.parametrize(
    ("status", "files", "sentence"),
    [
        (401, True, "does not give it to everybody"),
        (None, False, "The hub has no timm/resnet18d.ours_in7"),
        pytest.param(500, True, "can't be fetched", marks=pytest.mark.slow),
    ],
)
def test_a_hub_that_fails_is_named_by_its_failure(hub, status, files, sentence):
    hub.status = status
    hub.files = hub.files if files else {}
    with pytest.raises(WeightsError, match=sentence):
        fetch_from_hub(NAME)


def test_a_repository_without_the_file(hub):
    hub.files.pop(f"/{NAME}/resolve/main/model.safetensors")
    with pytest.raises(WeightsError, match=r"has no config.json or model.safetensors"):
        fetch_from_hub(NAME)


@pytest.mark.slow  # the client tries again for a while
def test_nobody_answers(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsError, match=r"does not answer|can't be fetched"):
        fetch_from_hub(NAME)


def test_a_config_that_says_nothing_of_pictures(hub):
    hub.files[f"/{NAME}/resolve/main/config.json"] = b'{"pretrained_cfg": {}}'
    with pytest.raises(WeightsError, match="does not say how pictures are prepared"):
        fetch_from_hub(NAME)
