import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import pytest
import torch
import torch.nn.functional as F

from resnet_core.errors import DataError
from resnet_core.lab.data.batches import normalise
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.training.train import train
from resnet_core.models.compute import autocast

CPU = torch.device("cpu")
TIMINGS = {"images_per_s", "elapsed_s"}


def curve(config, data, **options):
    return [
        {key: value for key, value in asdict(metrics).items() if key not in TIMINGS}
        for metrics in train(config, data=data, device="cpu", **options)
    ]


def test_a_run_reports_each_step_and_each_epoch(tiny_config, tiny_data):
    metrics = list(train(tiny_config, data=tiny_data, device="cpu"))
    one_epoch = [StepMetrics] * 3 + [EpochMetrics]
    assert [type(m) for m in metrics] == one_epoch * 4
    assert [m.step for m in metrics] == [1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12]
    assert [m.epoch for m in metrics if isinstance(m, EpochMetrics)] == [1, 2, 3, 4]
    assert {m.arm for m in metrics} == {"cifar_resnet20"}
    assert all(m.images_per_s > 0 and m.elapsed_s > 0 for m in metrics)


def test_an_epoch_is_the_mean_of_its_steps(tiny_config, tiny_data):
    steps, epoch = [], None
    for metrics in train(tiny_config.override(epochs=1), data=tiny_data, device="cpu"):
        if isinstance(metrics, StepMetrics):
            steps.append(metrics)
        else:
            epoch = metrics
    assert epoch.train_loss == pytest.approx(sum(m.loss for m in steps) / 3)
    assert epoch.train_error == pytest.approx(sum(m.error for m in steps) / 3)
    assert epoch.learning_rate == steps[-1].learning_rate
    assert epoch.images_per_s == pytest.approx(48 / sum(16 / m.images_per_s for m in steps))


def test_a_seed_decides_the_whole_curve(tiny_config, tiny_data):
    first = curve(tiny_config, tiny_data)
    torch.rand(5)
    assert curve(tiny_config, tiny_data) == first
    assert curve(tiny_config.override(seed=1), tiny_data) != first


def test_runs_in_threads_at_once_do_not_disturb_each_other(tiny_config, tiny_data):
    configs = [tiny_config.override(seed=seed) for seed in (0, 1, 0, 1)]
    alone = [curve(config, tiny_data) for config in configs[:2]]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda config: curve(config, tiny_data), configs))
    assert together == alone * 2


def test_training_leaves_the_global_generator_alone(tiny_config, tiny_data):
    before = torch.get_rng_state()
    curve(tiny_config, tiny_data)
    assert torch.equal(before, torch.get_rng_state())


def test_a_network_learns_the_digits(tiny_config):
    config = tiny_config.override(
        overrides=(("depths", (1, 1, 1)), ("widths", (16, 16, 16))), epochs=3, batch_size=64, lr=0.1, augment=False
    )
    last = list(train(config, device="cpu"))[-1]
    assert last.validation_error < 0.15


def test_one_step_is_plain_gradient_descent_on_the_batch(tiny_config, tiny_data):
    """By hand, with autograd: w - lr * (dL/dw + weight_decay * w), momentum having no past yet."""
    config = tiny_config.override(schedule="constant", nesterov=False, momentum=0.9, weight_decay=0.01)
    learner, reference = (Learner(config, tiny_data, CPU) for _ in range(2))
    images, labels = learner.next_batch()
    metrics = learner.train_step(images, labels, gradient_norms=True)

    logits = reference.model.train()(images)
    loss = F.cross_entropy(logits, labels)
    parameters = dict(reference.model.named_parameters())
    gradients = dict(zip(parameters, torch.autograd.grad(loss, list(parameters.values())), strict=True))
    assert metrics.loss == pytest.approx(loss.item())
    assert metrics.error == pytest.approx((logits.argmax(1) != labels).float().mean().item())
    for name, updated in learner.model.named_parameters():
        weight = parameters[name]
        torch.testing.assert_close(updated, weight - 0.05 * (gradients[name] + 0.01 * weight))
    blocks = ("layer1.0.", "layer2.0.", "layer3.0.")
    by_hand = [math.sqrt(sum(float(g.square().sum()) for n, g in gradients.items() if n.startswith(b))) for b in blocks]
    assert metrics.gradient_norms == pytest.approx(by_hand, rel=1e-5)


def test_gradient_norms_are_measured_at_an_epochs_end_or_on_request(tiny_config, tiny_data):
    plain, asked = (
        list(train(tiny_config.override(epochs=1), data=tiny_data, device="cpu", gradient_norms=wanted))
        for wanted in (False, True)
    )
    assert [m.gradient_norms for m in plain[:3]] == [None] * 3
    assert plain[3].gradient_norms == asked[3].gradient_norms == asked[2].gradient_norms
    assert [len(m.gradient_norms) for m in asked] == [3] * 4


def test_validation_looks_at_every_picture_in_eval_mode(tiny_config, tiny_data, monkeypatch):
    monkeypatch.setattr("resnet_core.lab.training.learner.VALIDATION_PIXELS", 7 * 8 * 8)
    monkeypatch.setattr("resnet_core.lab.training.learner.VALIDATION_LEAST", 1)
    learner = Learner(tiny_config, tiny_data, CPU)
    learner.train_step(*learner.next_batch())
    loss, error = learner.validate()
    with torch.no_grad():
        logits = learner.model.eval()(normalise(tiny_data.validation_images, tiny_data))
    assert loss == pytest.approx(F.cross_entropy(logits, tiny_data.validation_labels).item(), rel=1e-5)
    assert error == (logits.argmax(1) != tiny_data.validation_labels).float().mean().item()


def test_activation_scales_are_the_root_mean_square_of_each_block(tiny_config, tiny_data):
    learner = Learner(tiny_config, tiny_data, CPU)
    learner.train_step(*learner.next_batch())
    scales = learner.activation_scales()
    images = normalise(tiny_data.validation_images, tiny_data)
    by_hand = []
    with torch.no_grad():
        for name, module in learner.model.eval().named_children():
            images = module(images)
            if name.startswith("layer"):  # one block per stage here
                by_hand.append(images.square().mean().sqrt().item())
    assert scales == pytest.approx(by_hand)
    assert not any(module._forward_hooks for module in learner.model.modules())


def test_a_diverging_run_ends_with_its_curve_and_a_reason(tiny_config, tiny_data):
    config = tiny_config.override(lr=100, schedule="constant", momentum=0.99, weight_decay=1, epochs=100)
    metrics = list(train(config, data=tiny_data, device="cpu"))
    assert len(metrics) > 3
    assert not math.isfinite(metrics[-1].loss)
    assert f"cifar_resnet20 diverged: its loss at step {metrics[-1].step}" in metrics[-1].stop_reason
    assert "learning rate 100" in metrics[-1].stop_reason
    assert all(m.stop_reason is None and math.isfinite(m.loss) for m in metrics[:-1] if isinstance(m, StepMetrics))


def test_a_loss_that_is_not_finite_leaves_the_weights_alone(tiny_config, tiny_data):
    learner = Learner(tiny_config, tiny_data, CPU)
    before = [parameter.clone() for parameter in learner.model.parameters()]
    images, labels = learner.next_batch()
    learner.train_step(images * math.inf, labels)
    assert learner.diverged
    assert learner.finished
    assert all(map(torch.equal, before, learner.model.parameters()))


def test_the_data_decides_channels_classes_and_size(tiny_config, tiny_data):
    spec = Learner(tiny_config, tiny_data, CPU).model.spec
    assert (spec.in_channels, spec.num_classes, spec.input_size) == (3, 4, (8, 8))
    grey = replace(tiny_data, train_images=tiny_data.train_images[:, :1], mean=(0.5,), std=(0.3,))
    assert Learner(tiny_config, grey, CPU).model.spec.in_channels == 1


def test_bfloat16_trains_where_it_is_asked_for(tiny_config, tiny_data):
    config = tiny_config.override(precision="bf16", epochs=1)
    bf16, fp32 = (curve(c, tiny_data)[-1]["train_loss"] for c in (config, config.override(precision="fp32")))
    assert bf16 == pytest.approx(fp32, rel=0.05)
    assert bf16 != fp32
    with autocast("fp32", CPU):
        assert not torch.is_autocast_enabled("cpu")


def test_unusable_data_is_refused_before_the_first_step(tiny_config):
    with pytest.raises(DataError, match="No folder was given"):
        next(train(tiny_config.override(data="folder")))
