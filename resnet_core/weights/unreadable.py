"""What a file is that holds no weights, or holds them in a form that is not opened: told from its first bytes."""

from __future__ import annotations

import pickle
import re
import zipfile
from pathlib import Path

from resnet_core.weights.upload import Upload

SAVE = "save `model.state_dict()` with torch.save, or as .safetensors, and use that"
LONGEST_HEADER = 100_000_000  # bytes, by safetensors' own limit
FIRST_BYTES = (
    (b"version https://git-lfs", "is a Git LFS pointer, which stands for the weights. Run `git lfs pull`"),
    (b"\x89HDF\r\n", f"is an HDF5 file, as Keras writes it, not PyTorch's. In PyTorch, {SAVE}"),
    (b"GGUF", f"is a GGUF file, not PyTorch's. In PyTorch, {SAVE}"),
    (b"\x1f\x8b", "is compressed with gzip. Unpack it first"),
)


def what_else(path: Path | Upload) -> str:
    """A sentence on a file that is something else than weights, beginning with its name; "" if nothing shows that."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        return f"{path.name} is damaged or no weights file: it is empty. Fetch it again."
    if is_safetensors(start):
        return ""
    for first, words in FIRST_BYTES:
        if start.startswith(first):
            return f"{path.name} {words}."
    if start.lstrip()[:1] == b"<":
        return f"{path.name} is a web page, not weights: the address leads to a page. Fetch the file itself."
    if start[:1] == b"\x80" and start[1:2] > b"\x02":
        return (
            f"{path.name} is a Python pickle, and those could run code: they are not opened. Where it was made, {SAVE}."
        )
    if start.startswith(b"PK") and _is_torchscript(path):
        return (
            f"{path.name} is a TorchScript program, not a state dict, and its code is not run. "
            f"Where it was made, {SAVE}."
        )
    return ""


def is_safetensors(start: bytes) -> bool:
    """Whether a file's first bytes are the length of a header, which may look like anything, and its JSON."""
    return start[8:9] == b"{" and int.from_bytes(start[:8], "little") < LONGEST_HEADER


def refusal(path: Path | Upload, error: pickle.UnpicklingError) -> str:
    """Why a pickle was not opened. PyTorch's own text, which advises to open it unsafely, is not repeated."""
    text = str(error)
    if "global" not in text.lower():
        return f"{path.name} is damaged or no weights file. Fetch it again."
    found = re.search(r"GLOBAL ([\w.]+)", text)
    held = f"a Python object, {found[1]}" if found else "Python objects"
    return f"{path.name} was refused: it holds {held}, whose code would have to run. Where it was made, {SAVE}."


def _is_torchscript(path: Path | Upload) -> bool:
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
