"""The script is run as a reader would run it, and says what rc.teach says."""

import re
import subprocess
import sys

import pytest

import resnet_core as rc
from resnet_core.lab.teach.code import teach_code


@pytest.mark.slow
def test_the_script_answers_as_the_package_does(digits, tmp_path):
    network = rc.Classifier.load("cifar_resnet20", backend="eager", precision="fp32")
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
