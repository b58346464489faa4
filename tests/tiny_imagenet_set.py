"""A small Tiny ImageNet in the official layout, made up: as files in a dictionary, in a folder, or in an archive."""

import io
import zipfile

import numpy as np
from PIL import Image

GOLDFISH, BABOON, CUP, LADLE = IDS = ("n01443537", "n02486410", "n07930864", "n03633091")
WORDS = {
    GOLDFISH: "goldfish, Carassius auratus", BABOON: "baboon", CUP: "cup", LADLE: "cup, ladle",
    "n00000001": "none of the set",
}  # fmt: skip
SIDE = 16


def jpeg(shade, mode="RGB", side=SIDE):
    """A picture of one shade, which a JPEG keeps."""
    buffer = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), shade, np.uint8)).convert(mode).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def official_files(pictures=3):
    """Names below the set's folder, and bytes. Pictures have the shades 10, 11, ... in the order of their labels."""
    files = {
        "wnids.txt": "\n".join(IDS).encode(),
        "words.txt": "".join(f"{one}\t{text}\n" for one, text in WORDS.items()).encode(),
        "test/images/test_0.JPEG": jpeg(1),
    }
    lines = []
    for label, one in enumerate(sorted(IDS)):
        for i in range(pictures):
            files[f"train/{one}/images/{one}_{i}.JPEG"] = jpeg(10 + 10 * label + i)
        files[f"train/{one}/{one}_boxes.txt"] = b"where the thing is"
        files[f"val/images/val_{label}.JPEG"] = jpeg(100 + label)
        lines.append(f"val_{label}.JPEG\t{one}\t0\t0\t5\t5\n")
    files["val/val_annotations.txt"] = "".join(lines).encode()
    return files


def write_folder(root, files):
    """The unpacked set; gives back its folder."""
    folder = root / "tiny-imagenet-200"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def as_archive(files, top="tiny-imagenet-200/"):
    """The bytes of a zip archive, with what a Mac adds."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{top}{name}", content)
        archive.writestr(f"__MACOSX/{top}._wnids.txt", b"a fork")
    return buffer.getvalue()
