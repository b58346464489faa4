"""Results that take minutes, recorded and bundled: `theory lesions --data-dir DIR --output FILE` writes them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from resnet_core.data import data_folder
from resnet_core.errors import require
from resnet_core.lab.theory.lesions import Lesions

LESIONS = ("cifar_resnet20", "cifar_resnet56")


def recorded_lesions(network: str = "cifar_resnet56") -> Lesions:
    """Lesions of a bundled network on 1,000 test pictures of CIFAR-10, which are not bundled themselves.

    Raises:
        InvalidSpecError: for a network of which none are recorded.
    """
    require(network in LESIONS, "network", network, " or ".join(LESIONS))
    text = (data_folder("theory") / f"lesions_{network}.json").read_text("utf-8")
    return Lesions.from_record(json.loads(text))


def to_json(found: Any) -> str:
    """All that an experiment's result holds, as one object."""
    return json.dumps(asdict(found), indent=1) + "\n"
