"""Names of tensors in files from elsewhere, brought to ours: containers, prefixes, heads. Pure: no file is touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from resnet_core.errors import WeightsError

# Where training scripts put the weights beside optimizer and epoch; the first that is there is taken.
WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "state_dict_ema", "params", "weights")
# What wrappers and larger networks put in front of names: DataParallel, torch.compile, Lightning, backbones.
PREFIXES = ("module.", "_orig_mod.", "model.", "backbone.", "encoder.", "net.", "network.", "resnet.")
DEEPEST = 5  # containers within containers
TRUNK = re.compile(r"(conv1|bn1|layer\d+)\.")
RENAMED = (
    (re.compile(r"\.shortcut\."), ".downsample."),  # Idelbayev's and Liu's CIFAR networks
    # timm's pre-activated networks (resnetv2_50)
    (re.compile(r"^stem\.conv\."), "conv1."),
    (re.compile(r"^stages\.(\d+)\.blocks\."), lambda found: f"layer{int(found[1]) + 1}."),
    (re.compile(r"(^layer\d+\.\d+)\.norm(\d)\."), r"\1.bn\2."),
    (re.compile(r"\.downsample\.conv\."), ".downsample.0."),
    (re.compile(r"^norm\."), "layer4.bn."),
)


@dataclass(frozen=True, slots=True)
class Named:
    """Tensors under our names.

    Attributes:
        tensors: ours, name by name.
        head: what the file itself calls the classifier, e.g. "linear"; "" where it has none.
        remarks: sentences on what was chosen or left out.
    """

    tensors: dict[str, Tensor]
    head: str
    remarks: tuple[str, ...] = ()


def our_names(loaded: Any) -> Named:
    """The tensors of a checkpoint as it was loaded, under our names.

    Raises:
        WeightsError: if it holds none, or two for one place.
    """
    state, remarks = _unwrap(loaded)
    tensors = {name: value for name, value in state.items() if isinstance(name, str) and isinstance(value, Tensor)}
    if not tensors:
        held = ", ".join(str(key) for key in list(state)[:6]) if isinstance(state, Mapping) else type(state).__name__
        raise WeightsError(
            f"it holds no state dict, which is names with tensors, but {held or 'nothing'}. "
            "Save `model.state_dict()` and use that."
        )
    left_out = [str(name) for name in state if name not in tensors]
    if left_out:
        remarks.append(f"{', '.join(left_out[:5])} beside the tensors is no tensor and was left out.")
    named = _bare(tensors)
    named, head = _with_our_head(named)
    return Named(named, head, tuple(remarks))


def _unwrap(loaded: Any) -> tuple[Mapping[Any, Any], list[str]]:
    """Out of its containers, with a remark where one held more than one set of weights."""
    remarks: list[str] = []
    for _ in range(DEEPEST):
        held = [key for key in WRAPPERS if isinstance(loaded, Mapping) and isinstance(loaded.get(key), Mapping)]
        if not held:
            break
        if len(held) > 1:
            remarks.append(f"It holds weights under {' and '.join(held)}; those under {held[0]} are taken.")
        loaded = loaded[held[0]]
    return (loaded if isinstance(loaded, Mapping) else {}), remarks


def _bare(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without what stands in front of the names, and with our words in them."""
    root = next((found[1] for name in tensors if (found := re.match(r"((?:\w+\.)+)layer1\.\d", name))), "")
    named: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        ours = name.removeprefix(root)
        while prefix := next((p for p in PREFIXES if ours.startswith(p)), ""):
            ours = ours.removeprefix(prefix)
        for pattern, replacement in RENAMED:
            ours = pattern.sub(replacement, ours)
        if ours in named:
            raise WeightsError(
                f"two of its tensors are {ours} once prefixes are left out, one of them {name}. Keep one."
            )
        named[ours] = tensor
    return named


def _with_our_head(named: dict[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """The one linear layer outside the stages is `fc`, whatever its name is; two of them stay as they are."""
    linear = [
        name.removesuffix(".weight")
        for name, tensor in named.items()
        if name.endswith(".weight") and not TRUNK.match(name) and _is_linear(tensor)
    ]
    if len(linear) != 1:
        return named, ""
    head = linear[0]
    weight = named[f"{head}.weight"]
    flat = named | {f"{head}.weight": weight.flatten(1)}  # timm's may be a 1x1 convolution
    ours = {(f"fc{name.removeprefix(head)}" if name.startswith(f"{head}.") else name): flat[name] for name in flat}
    return ours, head


def _is_linear(tensor: Tensor) -> bool:
    return tensor.ndim == 2 or (tensor.ndim == 4 and tensor.shape[2:] == (1, 1))
