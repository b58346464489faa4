"""teach_code(): what teach() does, as a script of plain PyTorch, Pillow and scikit-learn."""

from __future__ import annotations

from string import Template

from resnet_core.lab.teach.head import STRENGTH
from resnet_core.models.codegen.model import model_code
from resnet_core.weights.record import Weights

_MAIN = "\n\nif __name__ == "

_SCRIPT = Template('''

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression

SHORTER, CROP = $resize, $crop  # pixels: the shorter side, and the square that is cut out of the middle
MEAN, STD = np.array($mean, np.float32), np.array($std, np.float32)


def seen(file):
    """What the network sees of a photo: (3, $crop, $crop)."""
    image = ImageOps.exif_transpose(Image.open(file)).convert("RGBA")  # upright, as the camera was held
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("$mode")
    size = [SHORTER if side == min(image.size) else int(SHORTER * side / min(image.size)) for side in image.size]
    image = image.resize(size, Image.Resampling.$interpolation)
    left, top = round((image.width - CROP) / 2), round((image.height - CROP) / 2)
    pixels = np.asarray(image.crop((left, top, left + CROP, top + CROP)), np.float32).reshape(CROP, CROP, -1)
    return torch.from_numpy((pixels / 255 - MEAN) / STD).permute(2, 0, 1)


def features(network, files):
    """(N, features): all of the network but its last layer."""
    trunk = network[:-1].eval()
    with torch.inference_mode():
        return torch.cat([trunk(seen(file)[None]) for file in files]).numpy()


def teach(network, folder):
    """The classes of a folder, and its photos' features with a head that has learnt them."""
    classes = sorted(path.name for path in Path(folder).iterdir() if path.is_dir())
    files = [(file, label) for label, name in enumerate(classes) for file in sorted(Path(folder, name).iterdir())]
    x, y = features(network, [file for file, _ in files]), np.array([label for _, label in files])
    mean, scale = x.mean(0), x.std(0).mean()
    head = LogisticRegression(C=$strength, max_iter=2000).fit((x - mean) / scale, y)
    return classes, lambda new: head.predict_proba((features(network, new) - mean) / scale)


def load(file):
    """The trained network; its own last layer is not needed."""
    network = build()
    state = {name: value.float() for name, value in load_file(file).items() if not name.startswith("fc.")}
    network.load_state_dict(state, strict=False)
    return network


if __name__ == "__main__":
    weights, folder, *photos = sys.argv[1:]  # a file of weights, a folder with a folder for each class, new photos
    classes, answer = teach(load(weights), folder)
    for photo, shares in zip(photos, answer(photos)):
        print(f"{photo}: {classes[shares.argmax()]}, {shares.max():.1%}")
''')


def teach_code(weights: Weights) -> str:
    """A script that learns classes from a folder, with the features of these weights and no part of this package.

    `python script.py network.safetensors photos/ new.jpg` prints the class of each new photo.

    Raises:
        InvalidSpecError: for a network that can't be written as standalone code.
    """
    prepared = weights.preprocessing
    network = model_code(weights.spec).partition(_MAIN)[0]
    return network.rstrip() + _SCRIPT.substitute(
        resize=prepared.resize_size,
        crop=prepared.crop_size,
        mean=list(prepared.mean),
        std=list(prepared.std),
        mode="RGB" if len(prepared.mean) == 3 else "L",
        interpolation=prepared.interpolation.upper(),
        strength=STRENGTH,
    )
