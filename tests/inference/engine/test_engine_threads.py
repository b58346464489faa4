"""A GPU that fills up while something is being prepared for it: each thread is held in its critical moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from resnet_core.inference.engine import choice as engine_choice
from resnet_core.inference.engine import engine as engine_file
from resnet_core.inference.engine.engine import FULL_GPU, Engine
from resnet_core.models.network import build_model
from tests.interleaving import LIMIT_S, Gate, WatchedLock, one_within_the_other

PICTURE = torch.zeros(1, 3, 16, 16)


def full_gpu(_):
    raise torch.OutOfMemoryError("CUDA out of memory")


@pytest.fixture
def engine(monkeypatch):
    """An engine that believes to be on a GPU, which is full."""
    monkeypatch.setattr(engine_choice, "openvino_precisions", frozenset)  # PyTorch's own way is quickly prepared
    model = build_model("cifar_resnet20", depths=(1, 1, 1), widths=(4, 4, 4), seed=0).eval().requires_grad_(False)
    engine = Engine(model, (3, 16, 16), "cpu", "fp32")
    engine.wait()
    engine._state = (full_gpu, replace(engine.choice, device="cuda", backend="cuda_graphs"))
    return engine


def assert_on_the_cpu_for_good(engine):
    assert (engine.choice.device, engine.choice.backend, engine.note) == ("cpu", "eager", FULL_GPU)
    logits, choice = engine.run(PICTURE)
    assert choice.device == "cpu"
    assert torch.allclose(logits, engine.model(PICTURE), atol=1e-5)


def test_what_was_prepared_for_the_gpu_comes_too_late_once_the_cpu_has_taken_over(engine, monkeypatch):
    gate = Gate()
    monkeypatch.setitem(engine_file.RUNNERS, "cuda_graphs", lambda *_: gate.pass_by() or full_gpu)
    with ThreadPoolExecutor(1) as other:
        late = other.submit(engine._prepare, [engine.choice])
        assert gate.reached.wait(LIMIT_S)
        assert engine.run(PICTURE)[1].device == "cpu"
        gate.open()
        late.result(LIMIT_S)
    assert_on_the_cpu_for_good(engine)


def test_the_cpu_takes_over_after_a_swap_that_has_looked_where_the_engine_is(engine, monkeypatch):
    gate = Gate()

    class Looked(str):
        """The name of a device, whose first comparison is done but not yet told."""

        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            same = str.__eq__(self, other)
            gate.pass_by()
            return same

    monkeypatch.setitem(engine_file.RUNNERS, "cuda_graphs", lambda *_: full_gpu)
    lock = engine._lock = WatchedLock()
    on_the_gpu = replace(engine.choice, device=Looked("cuda"))
    for future in one_within_the_other(gate, lock, lambda: engine._prepare([on_the_gpu]), engine.move_to_cpu):
        future.result()
    assert_on_the_cpu_for_good(engine)


def test_two_pictures_that_fill_the_gpu_move_the_network_once(engine, monkeypatch):
    moves, gate = [], Gate()
    lock = engine._lock = WatchedLock()
    monkeypatch.setattr(engine_file, "_on_cpu", lambda model: moves.append(model) or gate.pass_by() or model)
    for answer in one_within_the_other(gate, lock, lambda: engine.run(PICTURE), lambda: engine.run(PICTURE)):
        assert answer.result()[1].device == "cpu"
    assert len(moves) == 1
