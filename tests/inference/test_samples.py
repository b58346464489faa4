import importlib.util

import numpy as np
import pytest

from resnet_core.errors import ImageError
from resnet_core.inference.samples import SAMPLES_FOLDER, list_samples, load_sample


@pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)
def test_every_sample_loads_with_its_credit_and_licence(sample):
    image = load_sample(sample.name)
    assert image.mode == "RGB"
    assert min(image.size) >= 200
    assert sample.title
    assert sample.credit
    assert sample.licence in ("MIT", "CC BY 2.0", "CC0", "public domain")


def test_the_drawings_are_what_their_script_draws(root):
    spec = importlib.util.spec_from_file_location("draw", root / "tools" / "draw_samples.py")
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    assert set(draw.DRAWINGS) == {s.name for s in list_samples() if s.kind == "drawing"}
    for name, picture in draw.DRAWINGS.items():
        drawn, shipped = (np.asarray(image).astype(int) for image in (picture(), load_sample(name)))
        assert np.abs(drawn - shipped).mean() < 1, name  # another Pillow may round an edge differently


def test_every_file_in_the_folder_is_listed():
    files = {path.name: path.stat().st_size for path in SAMPLES_FOLDER.iterdir() if path.suffix in (".png", ".jpg")}
    assert set(files) == {sample.file for sample in list_samples() if sample.file}
    assert max(files.values()) <= 60_000
    credits = (SAMPLES_FOLDER / "CREDITS.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in credits for name in files)


def test_an_unknown_sample_offers_the_known():
    with pytest.raises(ImageError, match=r"'tiger'.*cat, coffee, raccoon, flower, china, airplane, car, ship"):
        load_sample("tiger")
