"""Whoever started an experiment can end it: each that takes time says how far it is, and stops where that raises."""

import time
from functools import partial

import pytest
import torch

import resnet_core as rc
from resnet_core.inference.samples import load_sample
from resnet_core.lab.theory.claims import CLAIMS
from resnet_core.lab.theory.experiments import EXPERIMENTS
from resnet_core.lab.theory.start import first_batch, untrained

AT_ONCE = {
    "lesions",
    "trained_forgetting",
    "refutation",
    "first_steps",
    "table_1",
    "sensitivity",
}  # read from a record, or done in a moment


class EndedError(Exception):
    """Raised by the progress of an experiment that nobody wants any more."""


def end(_share):
    raise EndedError


MORE = {
    "one cure": lambda: rc.theory.refutation(("SGD, rate 0.02",), ("plain",), progress=end),
    "one of Table 1": lambda: rc.theory.table_1(("resnet18",), (0,), progress=end),
    "one block": lambda: rc.theory.lesions(untrained("residual", 8), *first_batch(size=4), progress=end),
    "shares": lambda: rc.theory.addition_shares("cifar_resnet20", load_sample("car"), end),
}
MORE |= {f"claim {name}": partial(claim.judge, end) for name, claim in CLAIMS.items() if claim.in_parts}


@pytest.mark.parametrize("name", sorted(EXPERIMENTS.keys() - AT_ONCE))
def test_each_experiment_ends_where_its_progress_raises(name):
    with pytest.raises(EndedError):
        EXPERIMENTS[name].run(0, end)


@pytest.mark.parametrize("name", MORE)
def test_so_does_what_the_pages_offer_beside_them(name):
    with pytest.raises(EndedError):
        MORE[name]()


@pytest.mark.parametrize("name", sorted(AT_ONCE))
def test_what_is_recorded_takes_no_time(name):
    """Were one trained here, it would draw random numbers."""
    before = torch.get_rng_state()
    assert len(EXPERIMENTS[name].run(0, end).to_frame())
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("name", sorted(name for name, claim in CLAIMS.items() if not claim.in_parts))
def test_a_claim_that_nobody_can_cancel_is_judged_in_a_moment(name):
    """Of this thread's own time, modules loaded."""
    CLAIMS[name].judge()
    started = time.thread_time()
    CLAIMS[name].judge()
    assert time.thread_time() - started < 0.5
