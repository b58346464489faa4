"""growing(): a trained network made deeper by blocks that copy, and whether it keeps its solution when it trains on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from resnet_core.errors import require
from resnet_core.lab.recipe.arms import arm_config
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.recipe.size import with_depth
from resnet_core.lab.theory.start import Progress, all_pictures, digits, nobody
from resnet_core.lab.training.initialisation import begin_as_copy
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.train import one_thread
from resnet_core.models.blocks import BasicBlock
from resnet_core.models.network import ResNet, build_model

if TYPE_CHECKING:
    import pandas as pd

ARMS = ("plain", "residual")
CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """One trained network, before and after it has grown. Errors are of held-out pictures, in percent.

    Attributes:
        arm: "plain" or "residual".
        difference: the largest one between the logits before and after growing, in eval mode, on held-out pictures.
        error_before: of the network that was trained.
        losses: of the grown network on each further step's batch; the first is that of its first step.
        control_losses: of the network that did not grow, on the same batches.
        error_after, control_error: after these steps.
    """

    arm: str
    difference: float
    error_before: float
    losses: tuple[float, ...]
    control_losses: tuple[float, ...]
    error_after: float
    control_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Growing:
    """The networks that have grown.

    Attributes:
        from_depth, to_depth: layers before and after.
        networks: one for each arm.
    """

    from_depth: int
    to_depth: int
    networks: tuple[Grown, ...]

    def network(self, arm: str) -> Grown:
        """That of an arm.

        Raises:
            KeyError: if it was not asked for.
        """
        for one in self.networks:
            if one.arm == arm:
                return one
        raise KeyError(arm)

    def to_frame(self) -> pd.DataFrame:
        """A row for each network and step: loss of the grown one and of its control."""
        import pandas as pd

        return pd.DataFrame(
            {"network": one.arm, "step": step, "loss grown": grown, "loss not grown": control}
            for one in self.networks
            for step, (grown, control) in enumerate(zip(one.losses, one.control_losses, strict=True), 1)
        )


def growing(
    arms: Sequence[str] = ARMS,
    from_depth: int = 20,
    to_depth: int = 56,
    epochs: int = 5,
    steps: int = 40,
    seed: int = 0,
    progress: Progress = nobody,
) -> Growing:
    """Train a shallow network on digits, put blocks into it that copy their input, and go on training.

    He et al. 2015, section 1: "There exists a solution by construction to the deeper model: the added layers are
    identity mapping, and the other layers are copied from the learned shallower model." This builds that solution for
    both kinds of network, and then asks whether gradient descent stays there.

    Args:
        arms: "plain", "residual" or both.
        from_depth, to_depth: layers, each 6n+2.
        epochs: of the training before, by the recipe of the race.
        steps: of the training after, at the same rate; the network that did not grow goes on alike, as a control.
        seed: of weights and order.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        InvalidSpecError: for an arm or a depth that does not fit.
    """
    for arm in arms:
        require(arm in ARMS, "arm", arm, " or ".join(ARMS))
    require(from_depth < to_depth, "from_depth", from_depth, f"below to_depth, {to_depth}")
    require(steps >= 1, "steps", steps, "a whole number, at least 1")
    configs = [with_depth(RACE.override(epochs=epochs, seed=seed), depth) for depth in (from_depth, to_depth)]
    before = epochs * (len(digits().train_labels) // RACE.batch_size)
    work, done, found = len(arms) * ((before + steps) * from_depth + steps * to_depth), 0, []

    def watched(depth: int) -> Callable[[], None]:
        def step() -> None:
            nonlocal done
            done += depth
            progress(min(done / work, 1.0))

        return step

    for arm in arms:
        shallow, deep = (arm_config(config, arm) for config in configs)
        trained = Learner(shallow, digits(), CPU)
        _train(trained, trained.total_steps, watched(from_depth))
        grown = grow(trained.model, to_depth)
        images, _, unseen, _ = all_pictures(digits())
        difference = _difference(trained.model, grown, unseen)
        if arm == "plain":
            _match_norms(grown, trained.model, images)
        control, larger = _from(shallow, trained.model), _from(deep, grown)
        error_before = control.validate()[1]
        found.append(
            Grown(
                arm=arm, difference=difference, error_before=100 * error_before,
                losses=_train(larger, steps, watched(to_depth)),
                control_losses=_train(control, steps, watched(from_depth)),
                error_after=100 * larger.validate()[1], control_error=100 * control.validate()[1],
            )
        )  # fmt: skip
    return Growing(from_depth=from_depth, to_depth=to_depth, networks=tuple(found))


@torch.no_grad()
def grow(model: ResNet, depth: int) -> ResNet:
    """A deeper network of the same function in eval mode: each stage is followed by blocks that copy.

    In a residual network the last scale of a new block is zero, so that its branch adds nothing; in a plain one its
    kernels are Dirac's and its batch norm changes nothing. Either copies what is not negative, as behind a ReLU.

    Args:
        model: with basic blocks and batch norm, on the CPU.
        depth: layers of the new one, 6n+2.

    Raises:
        InvalidSpecError: for a depth that does not fit, or another kind of network.
    """
    spec = model.spec
    require(spec.block == "basic" and spec.norm == "batch", "model", spec.name, "one of basic blocks with batch norm")
    count, rest = divmod(depth - 2, 2 * len(spec.depths))
    require(rest == 0 and count >= max(spec.depths), "depth", depth, f"6n+2 and no less than {spec.layers}")
    larger = build_model(spec.override(depths=(count,) * len(spec.depths)), device="cpu", seed=0)
    if spec.shortcut == "none":
        begin_as_copy(larger, noise=0.0)
    for _, new in larger.residual_blocks():
        _make_copy(new)
    larger.load_state_dict(larger.state_dict() | model.state_dict())
    return larger.to(memory_format=torch.channels_last).eval()


def _make_copy(block: nn.Module) -> None:
    assert isinstance(block, BasicBlock)
    for norm in (block.bn1, block.bn2):
        assert isinstance(norm, nn.BatchNorm2d)
        if block.add is None:  # (x - 0) / sqrt(var + eps) is x to the last bit
            assert norm.running_var is not None
            norm.running_var.fill_(1 - norm.eps)
        elif norm is block.bn2:
            nn.init.zeros_(norm.weight)


@torch.no_grad()
def _match_norms(grown: ResNet, old: ResNet, images: Tensor) -> None:
    """Give each new batch norm its input's own statistics, and the scale and shift that undo them: it copies in
    training mode too, up to the difference between a batch and all pictures."""

    def match(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        variance, mean = torch.var_mean(inputs[0], (0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(mean)

    known = dict(old.named_modules())
    fresh = [m for name, m in grown.named_modules() if isinstance(m, nn.BatchNorm2d) and name not in known]
    handles = [norm.register_forward_pre_hook(match) for norm in fresh]
    with one_thread():
        grown.eval()(images)
    for handle in handles:
        handle.remove()


@torch.no_grad()
def _difference(before: ResNet, after: ResNet, images: Tensor) -> float:
    with one_thread():
        return float((before.eval()(images) - after.eval()(images)).abs().max())


def _from(config: TrainConfig, model: ResNet) -> Learner:
    """A learner that goes on from a network, with an optimiser that remembers nothing."""
    learner = Learner(config, digits(), CPU)
    learner.model.load_state_dict(copy.deepcopy(model.state_dict()))
    return learner


def _train(learner: Learner, steps: int, after_step: Callable[[], None]) -> tuple[float, ...]:
    losses = []
    for _ in range(steps):
        with one_thread():
            losses.append(learner.train_step(*learner.next_batch()).loss)
        after_step()
    return tuple(losses)
