import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from torch import nn

from resnet_core.errors import InvalidSpecError, WeightsError
from resnet_core.inference.engine import choice as engine_choice
from resnet_core.inference.engine import engine as engine_file
from resnet_core.inference.engine.choice import choices_for, inference_precision
from resnet_core.inference.engine.cuda import recorded_size
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.engine.folding import fold_batch_norms
from resnet_core.inference.engine.openvino_device import openvino_precisions
from resnet_core.models.network import build_model

CPU = torch.device("cpu")
needs_openvino = pytest.mark.skipif(not openvino_precisions(), reason="OpenVINO is not installed")


def small(name="cifar_resnet20", **overrides):
    """A network with lively batch norms, small enough for a test."""
    model = build_model(name, seed=0, num_classes=10, **overrides).eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    return model


@pytest.fixture(scope="module")
def model():
    return small(widths=(8, 16, 32))


@pytest.fixture(scope="module")
def pictures():
    return torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(2))


def ready(*args):
    """An engine whose preparation has ended, however busy the machine is."""
    engine = Engine(*args)
    engine.wait()
    return engine


def relative_error(found, expected):
    return float(torch.linalg.vector_norm(found - expected) / torch.linalg.vector_norm(expected))


# What a block, a stem or a shortcut can be made of; an odd side, where poolings hang over the edge.
KINDS = {
    "zero padding": ("cifar_resnet20", {"widths": (8, 16, 32)}),
    "zero padding on both sides": ("cifar_resnet20_pad_both", {"widths": (8, 17, 34)}),
    "projections": ("resnet18", {"depths": (1, 1), "widths": (16, 32)}),
    "groups": ("resnext50_32x4d", {"depths": (1, 1), "widths": (16, 32), "groups": 4, "width_per_group": 16}),
    "a stem without a pool": ("tiny_imagenet_resnet18", {"depths": (1, 1), "widths": (16, 32)}),
    "average pooling": ("resnet50d", {"depths": (1, 1), "widths": (16, 32)}),
    "biases, no batch norm": ("resnet18", {"depths": (1, 1), "widths": (16, 32), "norm": "none"}),
    "preactivated": ("resnet50_v2", {"depths": (1, 1), "widths": (16, 32)}),
    "detached": ("resnet18", {"depths": (1, 1), "widths": (16, 32), "shortcut": "detached"}),
    "squeeze and excite": ("seresnet50", {"depths": (1, 1), "widths": (16, 32)}),
    "selective kernel": ("skresnet50", {"depths": (1, 1), "widths": (16, 32)}),
    "split attention": ("resnest50d", {"depths": (1, 1), "widths": (32, 64)}),
    "split attention, groups": (
        "resnest50d",
        {"depths": (1, 1), "widths": (32, 64), "groups": 2, "width_per_group": 32},
    ),
}


@needs_openvino
@pytest.mark.parametrize("kind", KINDS)
def test_openvino_gives_the_networks_own_logits(kind):
    name, overrides = KINDS[kind]
    model = small(name, **overrides)
    pictures = torch.randn(3, model.spec.in_channels, 49, 49, generator=torch.Generator().manual_seed(2))
    engine = ready(model, (model.spec.in_channels, 49, 49), "cpu", "fp32", "openvino")
    found, choice = engine.run(pictures)
    assert choice.backend == "openvino", choice.why
    with torch.inference_mode():
        assert relative_error(found, model(pictures)) < 1e-5


@pytest.mark.parametrize("backend", ["eager", pytest.param("openvino", marks=needs_openvino)])
@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-5), ("bf16", 0.05)])
def test_each_backend_answers_as_the_plain_network(model, pictures, backend, precision, tolerance):
    if backend == "openvino" and precision not in openvino_precisions():
        pytest.skip(f"this processor has no {precision}")
    logits, choice = ready(model, (3, 32, 32), "cpu", precision, backend).run(pictures)
    assert (choice.backend, choice.precision, choice.device) == (backend, precision, "cpu")
    assert choice.folded
    assert logits.dtype == torch.float32
    with torch.inference_mode():
        error = relative_error(logits, model(pictures))
    assert error < tolerance
    if precision == "bf16":
        assert error > 1e-5, "that was not bf16"


def test_the_plain_network_stays_within_reach(model):
    engine = ready(model, (3, 32, 32), "cpu", "bf16", "eager")
    assert engine.model is model
    assert isinstance(model.bn1, nn.BatchNorm2d)
    assert model.conv1.weight.dtype == torch.float32


def test_a_large_batch_is_answered_in_parts(model, pictures, monkeypatch):
    monkeypatch.setitem(engine_file.MAX_BATCH, "cpu", 3)
    sizes = []
    engine = ready(model, (3, 32, 32), "cpu", "fp32", "eager")
    runner, choice = engine._state
    engine._state = (lambda part: sizes.append(len(part)) or runner(part), choice)
    logits, _ = engine.run(pictures)
    assert sizes == [3, 1]
    with torch.inference_mode():
        assert relative_error(logits, model(pictures)) < 1e-5


def test_while_the_fast_engine_is_prepared_the_plain_network_answers(model, pictures, monkeypatch):
    go_on = threading.Event()

    def slow(model, choice, input_size):
        assert go_on.wait(timeout=60)
        return lambda batch: torch.zeros(len(batch), 10)

    monkeypatch.setitem(engine_file.RUNNERS, "eager", slow)
    engine = Engine(model, (3, 32, 32), "cpu", "bf16", "eager", ready_s=0.01)
    logits, choice = engine.run(pictures)
    assert (choice.folded, choice.precision) == (False, "fp32")
    assert "eager in bf16 on cpu is being prepared" in choice.why
    with torch.inference_mode():
        assert torch.equal(logits, model(pictures))
    go_on.set()
    assert engine.wait(10).folded
    assert not engine.run(pictures)[0].any()


def test_where_the_best_way_does_not_work_the_next_is_taken_and_says_so(model, pictures, monkeypatch):
    def broken(*_):
        raise RuntimeError("no such instruction\nat line 3")

    monkeypatch.setattr(engine_choice, "openvino_precisions", lambda: frozenset({"fp32"}))
    monkeypatch.setitem(engine_file.RUNNERS, "openvino", broken)
    engine = ready(model, (3, 32, 32), "cpu", "fp32")
    assert engine.choice.backend == "eager"
    assert engine.choice.folded
    assert engine.choice.why.startswith("openvino does not work here: no such instruction. ")
    monkeypatch.setitem(engine_file.RUNNERS, "eager", broken)
    last = ready(model, (3, 32, 32), "cpu", "fp32")
    assert not last.choice.folded
    assert last.run(pictures)[0].shape == (4, 10)


def full_gpu(_):
    raise torch.OutOfMemoryError("CUDA out of memory")


def on_a_full_gpu(model):
    """An engine that believes to be on a GPU, and whose every forward pass runs out of memory."""
    engine = ready(model, (3, 32, 32), "cpu", "fp32", "eager")
    engine._state = (full_gpu, replace(engine.choice, device="cuda", backend="cuda_graphs"))
    return engine


def test_when_the_gpu_is_full_the_cpu_answers_and_says_so(model, pictures):
    engine = on_a_full_gpu(model)
    logits, choice = engine.run(pictures)
    assert (choice.device, engine.choice.device) == ("cpu", "cpu")
    assert "The GPU is out of memory, so the CPU answers." in engine.choice.why
    with torch.inference_mode():
        assert relative_error(logits, model(pictures)) < 1e-5


def test_visitors_whose_pictures_fail_together_move_to_the_cpu_once(model, pictures, monkeypatch):
    moves = []
    monkeypatch.setattr(engine_file, "_on_cpu", lambda model: moves.append(1) or model)
    engine, together = on_a_full_gpu(model), threading.Barrier(6)

    def fail(batch):
        together.wait(timeout=60)
        return full_gpu(batch)

    engine._state = (fail, engine._state[1])
    with ThreadPoolExecutor(6) as visitors:
        answers = list(visitors.map(lambda _: engine.run(pictures), range(6)))
    assert moves == [1]
    assert {choice.device for _, choice in answers} == {"cpu"}


def test_a_network_too_large_for_the_gpu_is_loaded_on_the_cpu(model, pictures, monkeypatch):
    class TooLarge(type(model)):
        def to(self, *_, **__):
            raise torch.OutOfMemoryError("CUDA out of memory")

    large = TooLarge(model.spec)
    large.load_state_dict(model.state_dict())
    engine = ready(large.eval(), (3, 32, 32), "cpu", "fp32", "eager")
    assert "out of memory" in engine.choice.why
    with torch.inference_mode():
        assert relative_error(engine.run(pictures)[0], model(pictures)) < 1e-5


def test_a_full_cpu_is_no_reason_to_try_the_cpu_again(model, pictures):
    engine = ready(model, (3, 32, 32), "cpu", "fp32", "eager")
    engine._state = (full_gpu, engine.choice)
    with pytest.raises(torch.OutOfMemoryError):
        engine.run(pictures)


@pytest.mark.parametrize(
    ("device", "available", "precision", "expected"),
    [
        ("cpu", {"fp32", "bf16"}, "bf16", ["openvino", "eager"]),
        ("cpu", {"fp32"}, "bf16", ["eager"]),
        ("cpu", set(), "fp32", ["eager"]),
        ("cuda", {"fp32"}, "fp32", ["cuda_graphs", "eager"]),
        ("mps", {"fp32"}, "fp32", ["eager"]),
    ],
)
def test_the_ways_are_tried_best_first(monkeypatch, device, available, precision, expected):
    monkeypatch.setattr(engine_choice, "openvino_precisions", lambda: frozenset(available))
    choices = choices_for(torch.device(device), precision)
    assert [choice.backend for choice in choices] == expected
    assert {choice.precision for choice in choices} == {precision}
    assert all(choice.folded and choice.why.endswith(".") for choice in choices)


def test_without_openvino_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(engine_choice, "openvino_precisions", frozenset)
    assert "pip install openvino" in choices_for(CPU, "fp32")[0].why


@pytest.mark.parametrize(("capability", "expected"), [((7, 5), "fp16"), ((6, 1), "fp32")])
def test_a_gpu_without_bf16_computes_in_fp16_where_it_has_tensor_cores(monkeypatch, capability, expected):
    monkeypatch.setattr(engine_choice, "resolve_precision", lambda precision, _: "fp32")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    assert inference_precision("auto", torch.device("cuda")) == expected
    assert inference_precision("fp32", torch.device("cuda")) == "fp32"


def test_a_backend_that_is_not_here_is_a_sentence(monkeypatch):
    monkeypatch.setattr(engine_choice, "openvino_precisions", frozenset)
    with pytest.raises(InvalidSpecError, match="backend='openvino' does not work: it must be one of eager"):
        choices_for(CPU, "fp32", "openvino")
    with pytest.raises(InvalidSpecError, match="auto, openvino, cuda_graphs, eager"):
        choices_for(CPU, "fp32", "tensorrt")


def test_recordings_are_for_powers_of_two():
    assert [recorded_size(batch) for batch in (1, 2, 3, 10, 16)] == [1, 2, 4, 16, 16]


@needs_openvino
@pytest.mark.slow
def test_a_program_may_be_interrupted_and_end_while_an_engine_is_prepared(fresh_python):
    """OpenVINO's threads abort a process whose interpreter is gone; fresh_python refuses any exit status but 0."""
    printed = fresh_python(
        "import os, signal, threading, openvino\n"
        "from resnet_core.models.network import build_model\n"
        "from resnet_core.inference.engine.engine import Engine\n"
        "model = build_model('resnet18', seed=0).eval()\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it\n"
        "threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "try:\n"
        "    Engine(model, (3, 224, 224), 'cpu', 'fp32', ready_s=60)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')"
    )
    assert printed == "interrupted\n"


@pytest.mark.parametrize("backend", ["eager", pytest.param("openvino", marks=needs_openvino)])
@pytest.mark.parametrize(
    ("tensor", "value", "words"),
    [
        ("layer3.0.conv1.weight", float("nan"), r"1 of the values of layer3\.0\.conv1\.weight are not finite"),
        ("fc.weight", float("inf"), r"1 of the values of fc\.weight are not finite"),
        ("layer1.0.conv1.weight", 1e35, r"1 of the values of layer1\.0\.conv1\.weight are beyond 1e\+30"),
        ("bn1.running_var", -1.0, r"1 of the values of bn1\.running_var are variances below 0"),
    ],
)
def test_a_network_with_weights_that_are_no_numbers_is_refused_whatever_would_run_it(backend, tensor, value, words):
    broken = small(widths=(8, 16, 32))
    broken.state_dict()[tensor].view(-1)[0] = value
    with pytest.raises(WeightsError, match=words):
        Engine(broken, (3, 32, 32), "cpu", "fp32", backend)


def test_an_answer_that_is_no_number_is_a_sentence_and_no_percentage(pictures):
    engine = ready(small(widths=(8, 16, 32)), (3, 32, 32), "cpu", "fp32", "eager")
    with pytest.raises(WeightsError, match=r"no answer with eager in fp32 on cpu"):
        engine.run(pictures * 3e38)  # finite, but its products are not


def growing(by):
    """A network in which three convolutions multiply: each of their weights is finite, the products need not be."""
    model = small("cifar_plain20", widths=(8, 16, 32))
    for name in ("layer2.0.conv1", "layer2.0.conv2", "layer3.0.conv1"):
        model.get_submodule(name).weight.mul_(by)
    return model


@pytest.mark.parametrize("backend", ["eager", pytest.param("openvino", marks=needs_openvino)])
@pytest.mark.parametrize("by", [1e29, 1e20])
def test_weights_whose_products_overflow_are_refused_by_layer_whatever_would_run_them(by, backend):
    """OpenVINO's ReLU makes 0 of what is no number: unwatched, it is sure of class 0 here."""
    with pytest.raises(WeightsError, match=r"After layer2\.0\.conv2 the network's values reach (inf|nan|\d)"):
        Engine(growing(by), (3, 32, 32), "cpu", "fp32", backend)


def test_a_network_that_is_watched_once_keeps_no_hook_and_takes_no_random_number():
    state, model = torch.get_rng_state(), growing(1e20)
    with pytest.raises(WeightsError):
        Engine(model, (3, 32, 32), "cpu", "fp32", "eager")
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(module._forward_hooks for module in model.modules())


def test_values_that_float16_does_not_hold_are_computed_otherwise(pictures):
    model = growing(400)
    engine = ready(model, (3, 32, 32), "cpu", "fp16")
    assert engine.choice.precision == "fp32"
    assert re.search(r"fp16 does not work here: the values of this network reach \d\.\de\+0[678]", engine.choice.why)
    torch.testing.assert_close(engine.run(pictures)[0], model(pictures), rtol=1e-4, atol=1e-3)


def test_batch_norms_whose_scale_would_overflow_are_not_folded():
    model = small(widths=(8, 16, 32))
    for tensor in (model.layer2[0].conv1.weight, model.layer2[0].bn1.weight):
        tensor.fill_(1e20)
    with pytest.raises(InvalidSpecError, match="grow until they are no numbers"):
        fold_batch_norms(model)


def test_of_a_large_batch_every_part_is_checked(model, pictures, monkeypatch):
    monkeypatch.setitem(engine_file.MAX_BATCH, "cpu", 2)
    engine = ready(model, (3, 32, 32), "cpu", "fp32", "eager")
    assert engine.run(pictures)[0].isfinite().all()
    with pytest.raises(WeightsError, match="no answer"):
        engine.run(torch.cat([pictures[:3], torch.full_like(pictures[:1], torch.nan)]))
