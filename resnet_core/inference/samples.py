"""Sample pictures that may be shipped: two photographs inside scikit-learn, and drawings of this project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PIL import Image

from resnet_core.data import data_folder
from resnet_core.errors import ImageError
from resnet_core.inference.images import open_image

SAMPLES_FOLDER = data_folder("samples")


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample picture.

    Attributes:
        name: what `load_sample` takes.
        title: what is to be seen, in words.
        credit: who made it, with a link where there is one.
        licence: under which it may be shown and passed on.
        kind: "photograph" or "drawing"; a net that saw only photographs may well be wrong about a drawing.
    """

    name: str
    title: str
    credit: str
    licence: str
    kind: str


# scikit-learn's images/README.txt gives both links and the licence; of the flower it repeats the first name,
# while its link leads to another photographer, who is named here.
_FLICKR = "https://www.flickr.com/photos"
SAMPLES = (
    Sample("flower", "A dahlia in a garden", f"vultilion, {_FLICKR}/vultilion/6056698931", "CC BY 2.0", "photograph"),
    Sample(
        "china", "A pavilion of the Summer Palace, Beijing", f"danielbuechele, {_FLICKR}/danielbuechele/6061409035",
        "CC BY 2.0", "photograph",
    ),
    Sample("airplane", "An airplane in flat shapes", "this project", "MIT", "drawing"),
    Sample("car", "A red car in flat shapes", "this project", "MIT", "drawing"),
    Sample("ship", "A ship in flat shapes", "this project", "MIT", "drawing"),
)  # fmt: skip


def list_samples() -> list[Sample]:
    """The sample pictures, each with its source and licence."""
    return list(SAMPLES)


def load_sample(name: str) -> Image.Image:
    """A sample picture, RGB.

    Raises:
        ImageError: if no sample has that name, or it is a photograph and scikit-learn is not installed.
    """
    loaders: dict[str, Callable[[], Image.Image]] = {
        sample.name: partial(_photograph if sample.kind == "photograph" else _drawing, sample.name)
        for sample in SAMPLES
    }
    if name not in loaders:
        raise ImageError(f"No sample is named {name!r}. The samples are: {', '.join(loaders)}.")
    return loaders[name]()


def _photograph(name: str) -> Image.Image:
    try:
        from sklearn.datasets import load_sample_image
    except ModuleNotFoundError as error:
        raise ImageError(
            f"The photograph {name!r} comes with scikit-learn, which is not installed. Install it "
            "(pip install scikit-learn), or take one of the drawings."
        ) from error

    return Image.fromarray(load_sample_image(f"{name}.jpg"))


def _drawing(name: str) -> Image.Image:
    return open_image(SAMPLES_FOLDER / f"{name}.png")
