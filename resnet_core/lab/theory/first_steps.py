"""first_steps(): GoogLeNet beside a residual network and its plain twin, in their first steps on digits of 32
pixels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_core.data import data_folder
from resnet_core.errors import require
from resnet_core.lab.data.batches import training_batch
from resnet_core.lab.theory.start import Progress, all_pictures, digits, nobody
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import build_model

if TYPE_CHECKING:
    import pandas as pd

STEPS, SEEDS, LAST = 40, (0, 1, 2), 10
BATCH, MOMENTUM, RATE, PIXELS = 32, 0.9, 0.01, 32
FILE = "first_steps.json"


def _googlenet(norm: bool) -> nn.Module:
    """torchvision's, without the two classifiers on the side, for pictures of one channel.

    With batch norm it begins with He's weights, as ours do. Without, as it was published in 2014 and as Dive into Deep
    Learning builds it, with Xavier's, as that does: He's would explode.
    """
    from torchvision.models import googlenet

    model: nn.Module = googlenet(num_classes=10, aux_logits=False, init_weights=False, transform_input=False)
    model.get_submodule("conv1").conv = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
    for module in [*model.modules()]:
        if isinstance(module, nn.Conv2d) and norm:
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.Conv2d):
            nn.init.xavier_uniform_(module.weight)
        if not norm and hasattr(module, "bn"):
            module.bn = nn.Identity()
    return model


NETWORKS: dict[str, Callable[[int], nn.Module]] = {
    "resnet18": lambda seed: build_model("resnet18", in_channels=1, num_classes=10, device="cpu", seed=seed),
    "plain18": lambda seed: build_model("plain18", in_channels=1, num_classes=10, device="cpu", seed=seed),
    "GoogLeNet, batch norm": lambda _: _googlenet(norm=True),
    "GoogLeNet": lambda _: _googlenet(norm=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """One network's beginning.

    Attributes:
        network: a name of NETWORKS.
        seed: of weights and order.
        loss: mean training loss of the last ten steps, in nats; a guess has 2.303.
        error: held-out digits that it then answers wrongly, in percent.
    """

    network: str
    seed: int
    loss: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """All networks' first steps.

    Attributes:
        steps: that each was trained.
        found: one for each network and seed.
    """

    steps: int
    found: tuple[FirstSteps, ...]

    def mean_loss(self, network: str) -> float:
        """That of a network over the seeds."""
        losses = [one.loss for one in self.found if one.network == network]
        return sum(losses) / len(losses)

    def to_frame(self) -> pd.DataFrame:
        """A row for each network and seed."""
        import pandas as pd

        return pd.DataFrame(
            {"network": one.network, "seed": one.seed, "loss": one.loss, "wrong %": one.error} for one in self.found
        )


def first_steps(
    networks: Sequence[str] = tuple(NETWORKS),
    seeds: Sequence[int] = SEEDS,
    steps: int = STEPS,
    progress: Progress = nobody,
) -> Beginnings:
    """Train each network a few steps on digits, scaled up to 32 pixels: same batches, rate and first weights' rule.

    Dive into Deep Learning, 8.6.4: "ResNet is significantly easier to train than GoogLeNet because of the skip
    connections". The plain twin, which lacks those alone, tells how much of it they are.

    Args:
        networks: names of NETWORKS.
        seeds: of weights and order.
        steps: of training.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        InvalidSpecError: for a network that there is not.
    """
    for name in networks:
        require(name in NETWORKS, "networks", name, f"of {', '.join(NETWORKS)}")
    wanted, found = [(name, seed) for name in networks for seed in seeds], []
    for number, (name, seed) in enumerate(wanted):
        torch.manual_seed(seed)
        model, losses = NETWORKS[name](seed).train(), []
        for loss in _train(model, seed, steps):
            losses.append(loss)
            progress((number + len(losses) / steps) / len(wanted))
        last = losses[-LAST:]
        found.append(FirstSteps(network=name, seed=seed, loss=sum(last) / len(last), error=100 * _error(model)))
    return Beginnings(steps=steps, found=tuple(found))


def _larger(images: Tensor) -> Tensor:
    return F.interpolate(images, size=(PIXELS, PIXELS), mode="bilinear")


def _train(model: nn.Module, seed: int, steps: int) -> Iterator[float]:
    optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM)
    for step in range(steps):
        images, labels = training_batch(digits(), step, batch_size=BATCH, seed=seed, augment=False)
        with one_thread():
            loss = F.cross_entropy(model(_larger(images)), labels)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimizer.step()
        yield float(loss.detach())


@torch.no_grad()
def _error(model: nn.Module) -> float:
    _, _, unseen, labels = all_pictures(digits())
    with one_thread():
        return float((model.eval()(_larger(unseen)).argmax(1) != labels).double().mean())


def recorded_first_steps() -> Beginnings:
    """Three seeds of each network, as `theory first_steps --again` measures it."""
    record: dict[str, Any] = json.loads((data_folder("theory") / FILE).read_text("utf-8"))
    return Beginnings(**{**record, "found": tuple(FirstSteps(**one) for one in record["found"])})
