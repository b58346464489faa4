import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from resnet_core.errors import QueueFullError, WeightsError
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.pool import ClassifierPool
from resnet_core.inference.waiting_line import WaitingLine


def noise(seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, size=(32, 32, 3), dtype=np.uint8))


def test_visitors_who_come_at_once_share_one_load_and_get_their_own_answers(checkpoint):
    loads, together = [], threading.Barrier(8)

    def load(*key):
        loads.append(key)
        time.sleep(0.05)  # long enough for all others to ask meanwhile
        return Classifier.load(checkpoint, device="cpu", precision="fp32")

    pool = ClassifierPool(load=load)

    def visit(seed):
        together.wait(timeout=60)
        network = pool.get("mine")
        with pool.slot():
            return network, network.predict(noise(seed))

    with ThreadPoolExecutor(8) as visitors:
        answers = list(visitors.map(visit, range(8)))
    assert loads == [("mine", "auto", "auto")]
    assert len({id(network) for network, _ in answers}) == 1
    alone = Classifier.load(checkpoint, device="cpu", precision="fp32")
    for seed, (_, prediction) in enumerate(answers):
        assert prediction.logits == pytest.approx(alone.predict(noise(seed)).logits, rel=1e-4, abs=1e-5)


def test_no_more_than_the_bound_are_answered_at_once():
    pool, now, most, lock = ClassifierPool(max_in_flight=3), [0], [0], threading.Lock()

    def visit(_):
        with pool.slot():
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.005)
            with lock:
                now[0] -= 1

    with ThreadPoolExecutor(12) as visitors:
        list(visitors.map(visit, range(24)))
    assert most == [3]


def test_too_many_who_wait_are_told_to_come_back():
    pool = ClassifierPool(max_in_flight=1, max_waiting=0)
    with pool.slot(), pytest.raises(QueueFullError, match=r"takes on at once \(1\)"), pool.slot():
        pass
    with pool.slot():  # the one refused has taken nobody's place
        pass


def test_who_waits_too_long_is_told_so_and_leaves_no_trace():
    pool = ClassifierPool(max_in_flight=1, max_waiting=1, wait_s=0.01)
    with pool.slot():
        for _ in range(3):
            with pytest.raises(QueueFullError, match=r"did not come within 0\.01 seconds"), pool.slot():
                pass
    with pool.slot():
        pass


def test_places_are_given_in_the_order_of_asking_and_who_comes_back_at_once_asks_anew():
    line, order = WaitingLine(places=1, waiting=9, wait_s=10), []

    def visit(name):
        with line.place():
            order.append(name)

    with ThreadPoolExecutor(3) as visitors:
        with line.place():
            for count, name in enumerate("abc", start=1):
                visitors.submit(visit, name)
                while len(line._line) < count:
                    time.sleep(0.001)
        visit("back again")
    assert order == ["a", "b", "c", "back again"]


def test_a_picture_that_fails_gives_its_place_back():
    pool = ClassifierPool(max_in_flight=1, max_waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), pool.slot():
            raise ZeroDivisionError


def test_the_network_that_was_not_asked_for_longest_goes_first():
    loads = []
    pool = ClassifierPool(max_models=2, load=lambda *key: loads.append(key[0]) or object())
    for weights in ("a", "b", "a", "c", "a", "b"):
        pool.get(weights)
    assert loads == ["a", "b", "c", "b"]
    assert [key[0] for key in pool.loaded()] == ["a", "b"]


def test_another_engine_is_another_network():
    pool = ClassifierPool(load=lambda *key: key)
    assert pool.get("a", precision="fp32") != pool.get("a", precision="bf16")
    assert pool.loaded() == [("a", "auto", "fp32"), ("a", "auto", "bf16")]


def test_weights_that_failed_are_tried_anew_and_drop_no_other():
    here = []

    def load(weights, *_):
        if weights == "late" and not here:
            raise WeightsError("not here yet")
        return weights

    pool = ClassifierPool(max_models=2, load=load)
    pool.get("a")
    pool.get("b")
    for _ in range(3):
        with pytest.raises(WeightsError, match="not here yet"):
            pool.get("late")
        assert [key[0] for key in pool.loaded()] == ["a", "b"]  # though the pool is full
    here.append(True)
    assert pool.get("late") == "late"
    assert [key[0] for key in pool.loaded()] == ["b", "late"]


def test_a_slow_load_does_not_hold_up_those_who_want_another_network():
    slow, go_on = threading.Event(), threading.Event()

    def load(weights, *_):
        if weights == "slow":
            slow.set()
            assert go_on.wait(timeout=60)
        return weights

    pool = ClassifierPool(load=load)
    with ThreadPoolExecutor(1) as visitor:
        answer = visitor.submit(pool.get, "slow")
        assert slow.wait(timeout=60)
        assert pool.get("quick") == "quick"
        go_on.set()
        assert answer.result(timeout=60) == "slow"


def test_weights_that_no_name_leads_to_are_loaded_by_who_asks_and_go_when_they_are_dropped(checkpoint):
    pool = ClassifierPool(load=lambda *_: pytest.fail("nothing has that name"))
    network = pool.get("sent", load=lambda: Classifier.load(checkpoint, device="cpu", precision="fp32"))
    assert pool.get("sent", load=lambda: pytest.fail("it is loaded already")) is network
    pool.drop("sent")
    pool.drop("never there")
    assert pool.loaded() == []
    with pool._lock:  # as in a finalizer that the garbage collection calls in the middle of something
        pool.drop("sent")
    assert pool.get("sent", load=lambda: network) is network
    assert [weights for weights, *_ in pool.loaded()] == ["sent"]
