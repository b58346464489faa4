"""Results that take minutes, recorded and bundled: `theory lesions --data-dir DIR --output FILE` writes them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from resnet_core.data import data_folder
from resnet_core.errors import require
from resnet_core.models.catalogue import get_spec

if TYPE_CHECKING:
    from resnet_core.lab.theory.lesions import Lesions

PREFIX = "lesions_"


def lesion_networks() -> tuple[str, ...]:
    """Names of the networks whose lesions are recorded: residual ones first, deeper ones before."""
    names = [file.stem.removeprefix(PREFIX) for file in data_folder("theory").glob(f"{PREFIX}*.json")]
    return tuple(sorted(names, key=lambda name: (get_spec(name).shortcut == "none", -get_spec(name).layers)))


def recorded_lesions(network: str = "cifar_resnet56") -> Lesions:
    """Lesions of a bundled network on 1,000 test pictures of CIFAR-10, which are not bundled themselves.

    Raises:
        InvalidSpecError: for a network of which none are recorded.
    """
    from resnet_core.lab.theory.lesions import Lesions

    known = lesion_networks()
    require(network in known, "network", network, " or ".join(known))
    text = (data_folder("theory") / f"{PREFIX}{network}.json").read_text("utf-8")
    return Lesions.from_record(json.loads(text))


def to_json(found: Any) -> str:
    """All that an experiment's result holds, as one object."""
    return json.dumps(asdict(found), indent=1) + "\n"
