"""The script is run as a reader would run it, and says what rc.teach says."""

import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import resnet_core as rc
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.lab.teach.code import teach_code
from resnet_core.weights.library import find_weights
from resnet_core.weights.record import DEFAULT_WEIGHTS

NETWORKS = ("cifar_resnet20", DEFAULT_WEIGHTS)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_script_sees_what_the_package_sees_of_a_photo_on_its_side_and_of_a_transparent_one(name, tmp_path):
    weights, script = find_weights(name), {"__name__": "script"}
    exec(teach_code(weights), script)
    pixels = np.random.default_rng(0).integers(0, 255, (60, 90, 4), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    Image.fromarray(pixels[..., :3]).save(tmp_path / "turned.jpg", exif=exif)
    Image.fromarray(pixels).save(tmp_path / "transparent.png")
    for file in (tmp_path / "turned.jpg", tmp_path / "transparent.png"):
        (ours,) = to_batch(
            [seen_image(rc.decode_image(file.read_bytes()), weights.preprocessing)], weights.preprocessing
        )
        assert script["seen"](file).numpy() == pytest.approx(ours.numpy(), abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_the_script_answers_as_the_package_does(name, digits, tmp_path):
    network = rc.Classifier.load(name, backend="eager", precision="fp32")
    photos, new = digits(6), digits(3, start=40)
    for name, shots in photos.items():
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number, data in enumerate(shots):
            (tmp_path / "photos" / name / f"{number}.jpg").write_bytes(data)
    files = []
    for name, shots in new.items():
        for number, data in enumerate(shots):
            files.append(tmp_path / f"{name}{number}.jpg")
            files[-1].write_bytes(data)
    script = tmp_path / "mine.py"
    script.write_text(teach_code(network.weights), encoding="utf-8")
    assert "resnet_core" not in script.read_text(encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script, network.weights.path, tmp_path / "photos", *files],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = re.findall(r": (\w+), ([\d.]+)%", ran.stdout)
    taught = rc.teach({name: photos[name] for name in sorted(photos)}, network)
    answers = [
        rc.Classifier(taught.model, taught.weights, precision="fp32", backend="eager").predict(f).top[0] for f in files
    ]
    assert [name for name, _ in said] == [answer.label for answer in answers]
    assert [float(share) for _, share in said] == pytest.approx([100 * a.probability for a in answers], abs=0.5)
