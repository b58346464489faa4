from statistics import median

import pytest
import torch

import resnet_core as rc
from resnet_core.errors import InvalidSpecError
from resnet_core.inference.explain.walk import batch_of, walk
from resnet_core.inference.samples import load_sample
from resnet_core.lab.theory.lesions import CHANGES, Lesions, lesions
from resnet_core.lab.theory.start import first_batch, untrained


def test_each_lesion_is_the_walk_without_that_branch():
    classifier = rc.Classifier.load("cifar_resnet20", device="cpu", backend="eager", precision="fp32")
    images = torch.cat([batch_of(classifier, load_sample(name)) for name in ("airplane", "car", "ship", "cat")])
    labels = torch.tensor([0, 1, 8, 3])
    found = lesions(classifier.model, images, labels, ("nothing",))
    assert len(found.lesions) == 9
    for one in found.lesions:
        with torch.no_grad():
            *_, (_, logits) = walk(classifier.model, images, off=[one.block])
        assert one.wrong == int((logits.argmax(1) != labels).sum())
        assert one.wrong == found.wrong + one.broken - one.mended


def test_the_controls_are_what_they_are_called():
    branch = torch.rand(3, 4, 2, 2, generator=torch.Generator().manual_seed(0))
    noise, opposite, others = (CHANGES[name](branch, torch.Generator().manual_seed(1)) for name in list(CHANGES)[1:])
    assert torch.allclose(noise.flatten(1).norm(dim=1), branch.flatten(1).norm(dim=1))
    assert not torch.allclose(noise, branch, atol=0.1)
    assert torch.equal(opposite, -branch)
    assert torch.equal(others, branch[[2, 0, 1]])


@pytest.mark.parametrize(("network", "median_range"), [("cifar_resnet20", (8, 50)), ("cifar_resnet56", (-1, 3))])
def test_what_a_lesion_costs_depends_on_the_depth(network, median_range):
    """Recorded on 1,000 pictures. That it is small holds at 56 layers and not at 20; were lesions without effect, or
    fatal, at any depth, one of the two would fail."""
    found = rc.theory.recorded_lesions(network)
    frame = found.to_frame()
    dropped = frame[frame["in place of F"] == "nothing"]
    low, high = median_range
    assert found.pictures == 1000
    assert low < median(dropped["points more"]) < high
    assert (frame["broken"] - frame["mended"] == frame["wrong %"] * 10 - found.wrong).all()


def test_the_opposite_of_a_branch_does_more_harm_than_none():
    """So the blocks do something: what a lesion spares is their size, not their direction."""
    found = rc.theory.recorded_lesions("cifar_resnet56")
    blocks = dict.fromkeys(one.block for one in found.lesions)
    assert sum(found.error(block, "opposite") for block in blocks) > sum(found.error(block) for block in blocks)


def test_a_record_reads_back_and_what_there_is_not_is_refused():
    from dataclasses import asdict

    images, labels = first_batch(size=4)
    found = lesions(untrained("residual", 8), images, labels)
    assert Lesions.from_record(asdict(found)) == found
    with pytest.raises(InvalidSpecError, match="A plain network has no additions"):
        lesions(untrained("plain", 8), images, labels)
    with pytest.raises(InvalidSpecError, match="instead='half' does not work"):
        lesions(untrained("residual", 8), images, labels, ("half",))
    with pytest.raises(InvalidSpecError, match="network='resnet50' does not work"):
        rc.theory.recorded_lesions("resnet50")
