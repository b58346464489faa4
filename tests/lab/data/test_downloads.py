"""A small server of this test's own stands for the network: whole, cut, wrong or absent."""

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
from torchvision.datasets import CIFAR10, FashionMNIST

from resnet_core.errors import DataError
from resnet_core.lab.data.sets import load_data


class Server(BaseHTTPRequestHandler):
    """Serves `files`; with `cut_after` it breaks each answer off after so many bytes."""

    files: dict
    cut_after = None
    asked: list

    def do_GET(self):
        content = self.files[self.path]
        self.asked.append((self.path, self.headers.get("Range")))
        start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if "Range" in self.headers else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:][: self.cut_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    handler = type("Handler", (Server,), {"files": {}, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        handler.url = f"http://127.0.0.1:{running.server_port}"
        yield handler
        running.shutdown()
        thread.join()


def md5(content):
    return hashlib.md5(content).hexdigest()


@pytest.fixture
def cifar(server, monkeypatch):
    """CIFAR-10's archive on that server, with two pictures in each of its files."""
    files = {
        name: pickle.dumps({"data": np.full((2, 3072), shade, np.uint8), "labels": [0, 1]})
        for shade, (name, _) in enumerate([*CIFAR10.train_list, *CIFAR10.test_list])
    }
    files["batches.meta"] = pickle.dumps({"label_names": [f"kind{i}" for i in range(10)]})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{CIFAR10.base_folder}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    sums = [[name, md5(content)] for name, content in files.items()]
    server.files["/cifar.tgz"] = buffer.getvalue()
    monkeypatch.setattr(CIFAR10, "url", f"{server.url}/cifar.tgz")
    monkeypatch.setattr(CIFAR10, "tgz_md5", md5(buffer.getvalue()))
    monkeypatch.setattr(CIFAR10, "train_list", sums[:5])
    monkeypatch.setattr(CIFAR10, "test_list", sums[5:6])
    monkeypatch.setattr(CIFAR10, "meta", {"filename": "batches.meta", "key": "label_names", "md5": sums[6][1]})
    return server


def test_a_set_is_downloaded_once_with_its_progress(cifar, tmp_path):
    seen = []
    data = load_data("cifar10", tmp_path, progress=lambda done, total: seen.append((done, total)))
    size = len(cifar.files["/cifar.tgz"])
    assert (seen[0], seen[-1]) == ((0, size), (size, size))
    assert data.train_images[:, 0, 0, 0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    load_data("cifar10", tmp_path, progress=lambda *_: pytest.fail("downloaded again"))
    assert len(cifar.asked) == 1


def test_a_cut_download_is_a_sentence_and_goes_on_from_there(cifar, tmp_path):
    size = len(cifar.files["/cifar.tgz"])
    cifar.cut_after = 300
    with pytest.raises(DataError, match=r"cifar10 is not in .* could not be downloaded .* goes on from there"):
        load_data("cifar10", tmp_path, progress=_give_up_after(300))
    cifar.cut_after = None
    load_data("cifar10", tmp_path)
    starts = [asked for _, asked in cifar.asked]
    assert starts[0] is None
    assert starts[-1] == "bytes=300-"
    assert size > 300


def _give_up_after(done):
    """The network is gone after so many bytes."""

    def look(so_far, _total):
        if so_far >= done:
            raise URLError("unplugged")

    return look


def test_what_is_not_the_published_file_is_removed(cifar, tmp_path):
    cifar.files["/cifar.tgz"] = b"a page that asks you to log in"
    with pytest.raises(DataError, match=r"for cifar10 is not the published file\. It was removed"):
        load_data("cifar10", tmp_path)
    assert not (tmp_path / CIFAR10.filename).exists()


def test_a_full_disk_is_a_sentence(cifar, tmp_path, monkeypatch):
    opened = Path.open

    def full(path, mode="r", *rest, **options):
        if "w" in mode or "a" in mode:
            raise OSError(28, "No space left on device")
        return opened(path, mode, *rest, **options)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(DataError, match="The disk is full: free some space"):
        load_data("cifar10", tmp_path)


@pytest.mark.parametrize("name", ["cifar10", "fashion-mnist"])
def test_without_a_network_a_sentence_says_what_to_do(name, tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise URLError("no route to host")

    monkeypatch.setattr("urllib.request.OpenerDirector.open", refuse)
    with pytest.raises(DataError, match=rf"{name} is not in .* could not be downloaded .* copy the set there"):
        load_data(name, tmp_path)


@pytest.fixture
def fashion(server, monkeypatch):
    """Fashion-MNIST's four files on that server: two training pictures and one to test on."""
    resources = []
    for (name, _), count in zip(FashionMNIST.resources, (2, 2, 1, 1), strict=True):
        if "images" in name:
            content = struct.pack(">IIII", 0x803, count, 28, 28) + bytes(count * 784)
        else:
            content = struct.pack(">II", 0x801, count) + bytes(range(count))
        server.files[f"/{name}"] = gzip.compress(content, mtime=0)
        resources.append((name, md5(server.files[f"/{name}"])))
    monkeypatch.setattr(FashionMNIST, "mirrors", [f"{server.url}/"])
    monkeypatch.setattr(FashionMNIST, "resources", resources)
    return server


def test_of_a_set_of_several_files_those_that_are_there_stay(fashion, tmp_path):
    data = load_data("fashion-mnist", tmp_path)
    assert (data.train_labels.tolist(), data.validation_labels.tolist()) == ([0, 1], [0])
    assert len(fashion.asked) == 4
    raw = tmp_path / "FashionMNIST" / "raw"
    for name in ("train-labels-idx1-ubyte", "train-labels-idx1-ubyte.gz"):
        (raw / name).unlink()
    load_data("fashion-mnist", tmp_path)
    assert [path for path, _ in fashion.asked[4:]] == ["/train-labels-idx1-ubyte.gz"]


def test_damaged_files_on_disk_are_a_sentence(fashion, tmp_path):
    load_data("fashion-mnist", tmp_path)
    (tmp_path / "FashionMNIST" / "raw" / "train-images-idx3-ubyte").write_bytes(b"cut")
    with pytest.raises(DataError, match=r"fashion-mnist in .* can't be used .* Remove it"):
        load_data("fashion-mnist", tmp_path)
