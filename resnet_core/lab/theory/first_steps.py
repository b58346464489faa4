"""first_steps(): networks in their first steps on digits of 32 pixels: GoogLeNet beside ours, and the paper's five."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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
from resnet_core.models.catalogue import get_spec
from resnet_core.models.network import build_model

if TYPE_CHECKING:
    import pandas as pd

STEPS, SEEDS, LAST = 40, (0, 1, 2), 10
BATCH, MOMENTUM, RATE, PIXELS = 32, 0.9, 0.01, 32
GENTLE = 0.002  # a rate at which 152 layers begin to learn, too
FILE, FILE_TABLE_1 = "first_steps.json", "table_1.json"


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


GOOGLENETS = {"GoogLeNet, batch norm": True, "GoogLeNet": False}
NETWORKS = ("resnet18", "plain18", *GOOGLENETS)
TABLE_1 = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")  # of He et al. 2015


def _network(name: str, seed: int) -> nn.Module:
    if name in GOOGLENETS:
        return _googlenet(GOOGLENETS[name])
    return build_model(name, in_channels=1, num_classes=10, device="cpu", seed=seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """One network's beginning.

    Attributes:
        network: a name of NETWORKS or TABLE_1.
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

    def beside_costs(self) -> pd.DataFrame:
        """A row for each network: what it is built of, its parameters and multiply-adds for a picture of 224 pixels,
        and the means over the seeds of loss and of wrong answers in percent."""
        import pandas as pd

        from resnet_core.anatomy.walk.walk import walk_spec

        rows = []
        for name in dict.fromkeys(one.network for one in self.found):
            spec, trace = get_spec(name), walk_spec(name)
            errors = [one.error for one in self.found if one.network == name]
            rows.append(
                {
                    "network": name, "block": spec.block, "blocks": ", ".join(map(str, spec.depths)),
                    "params": trace.total_params, "macs": trace.total_macs, "loss": self.mean_loss(name),
                    "wrong %": sum(errors) / len(errors),
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

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
    rate: float = RATE,
    each_loss: Progress = nobody,
) -> Beginnings:
    """Train each network a few steps on digits, scaled up to 32 pixels: same batches, rate and first weights' rule.

    Dive into Deep Learning, 8.6.4: "ResNet is significantly easier to train than GoogLeNet because of the skip
    connections". The plain twin, which lacks those alone, tells how much of it they are.

    Args:
        networks: names of NETWORKS or TABLE_1.
        seeds: of weights and order.
        steps: of training.
        progress: is told the share that is done; what it raises cancels.
        rate: of learning.
        each_loss: is told the loss of each step, in nats.

    Raises:
        InvalidSpecError: for a network that there is not.
    """
    for name in networks:
        known = dict.fromkeys((*NETWORKS, *TABLE_1))
        require(name in known, "networks", name, f"of {', '.join(known)}")
    wanted, found = [(name, seed) for name in networks for seed in seeds], []
    for number, (name, seed) in enumerate(wanted):
        torch.manual_seed(seed)
        model, losses = _network(name, seed).train(), []
        for loss in _train(model, seed, steps, rate):
            losses.append(loss)
            each_loss(loss)
            progress((number + len(losses) / steps) / len(wanted))
        last = losses[-LAST:]
        found.append(FirstSteps(network=name, seed=seed, loss=sum(last) / len(last), error=100 * _error(model)))
    return Beginnings(steps=steps, found=tuple(found))


def _larger(images: Tensor) -> Tensor:
    return F.interpolate(images, size=(PIXELS, PIXELS), mode="bilinear")


def table_1(
    networks: Sequence[str] = TABLE_1,
    seeds: Sequence[int] = SEEDS[:2],
    steps: int = STEPS,
    progress: Progress = nobody,
    each_loss: Progress = nobody,
) -> Beginnings:
    """The five networks of the paper's Table 1, in their first steps on digits: same batches, a gentle rate.

    Dive into Deep Learning, 8.6.8, exercise 2: "Refer to Table 1 in the ResNet paper to implement different variants of
    the network." Built they are in the catalogue; this is how they begin to learn.

    Args:
        networks, seeds, steps, progress, each_loss: as `first_steps` has them.

    Raises:
        InvalidSpecError: for a network that there is not.
    """
    return first_steps(networks, seeds, steps, progress, GENTLE, each_loss)


def _train(model: nn.Module, seed: int, steps: int, rate: float) -> Iterator[float]:
    optimizer = torch.optim.SGD(model.parameters(), rate, MOMENTUM)
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
    """Three seeds of each of NETWORKS, as `theory first_steps --again` measures it."""
    return _recorded(FILE)


def recorded_table_1() -> Beginnings:
    """Two seeds of each of TABLE_1, as `theory table_1 --again` measures it."""
    return _recorded(FILE_TABLE_1)


def _recorded(file: str) -> Beginnings:
    record: dict[str, Any] = json.loads((data_folder("theory") / file).read_text("utf-8"))
    return Beginnings(**{**record, "found": tuple(FirstSteps(**one) for one in record["found"])})
