"""Sample pictures that may be shipped: photographs and drawings in data/samples, and two inside scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
        file: in the folder of samples; empty where scikit-learn brings the picture.
        noun: of what a photograph shows; a network of whose classes none has it can't be right.
    """

    name: str
    title: str
    credit: str
    licence: str
    kind: str
    file: str = ""
    noun: str = ""

    def is_among(self, classes: Sequence[str]) -> bool:
        """Whether a class is called so, or may be: of a drawing nothing is said."""
        return any(self.noun in label for label in classes)


# scikit-learn's images/README.txt gives both links and the licence; of the flower it repeats the first name,
# while its link leads to another photographer, who is named here.
_FLICKR = "https://www.flickr.com/photos"
SAMPLES = (
    Sample("cat", "Chelsea, a tabby cat", "Stéfan van der Walt (scikit-image)", "CC0", "photograph", "cat.jpg", "cat"),
    Sample("coffee", "A cup of coffee", "Rachel Michetti (scikit-image)", "CC0", "photograph", "coffee.jpg", "coffee"),
    Sample(
        "raccoon", "A raccoon", "public-domain-image.com (SciPy)", "public domain", "photograph", "raccoon.jpg",
        "raccoon",
    ),
    Sample("flower", "A dahlia in a garden", f"vultilion, {_FLICKR}/vultilion/6056698931", "CC BY 2.0", "photograph"),
    Sample(
        "china", "A pavilion of the Summer Palace, Beijing", f"danielbuechele, {_FLICKR}/danielbuechele/6061409035",
        "CC BY 2.0", "photograph",
    ),
    Sample("airplane", "An airplane in flat shapes", "this project", "MIT", "drawing", "airplane.png"),
    Sample("car", "A red car in flat shapes", "this project", "MIT", "drawing", "car.png"),
    Sample("ship", "A ship in flat shapes", "this project", "MIT", "drawing", "ship.png"),
)  # fmt: skip


def list_samples() -> list[Sample]:
    """The sample pictures, each with its source and licence."""
    return list(SAMPLES)


def load_sample(name: str) -> Image.Image:
    """A sample picture, RGB.

    Raises:
        ImageError: if no sample has that name, or it comes with scikit-learn, which is not installed.
    """
    files = {sample.name: sample.file for sample in SAMPLES}
    if name not in files:
        raise ImageError(f"No sample is named {name!r}. The samples are: {', '.join(files)}.")
    return open_image(SAMPLES_FOLDER / files[name]) if files[name] else _of_scikit_learn(name)


def _of_scikit_learn(name: str) -> Image.Image:
    try:
        from sklearn.datasets import load_sample_image
    except ModuleNotFoundError as error:
        raise ImageError(
            f"The photograph {name!r} comes with scikit-learn, which is not installed. Install it "
            "(pip install scikit-learn), or take another sample."
        ) from error

    return Image.fromarray(load_sample_image(f"{name}.jpg"))
