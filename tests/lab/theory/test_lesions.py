import copy
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


@pytest.mark.parametrize(
    ("network", "median_range"),
    [
        ("cifar_resnet20", (8, 50)),
        ("cifar_resnet56", (-1, 3)),
        ("cifar_plain20", (65, 75)),
        ("cifar_plain56", (65, 75)),
    ],
)  # fmt: skip
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


def test_in_a_plain_network_a_block_is_left_out_where_its_input_can_go_on():
    network, (images, labels) = untrained("plain", 14), first_batch(size=64)
    found = lesions(network, images, labels, ("nothing", "noise"))
    assert [one.block for one in found.lesions[::2]] == ["layer1.0", "layer1.1", "layer2.1", "layer3.1"]
    without = copy.deepcopy(network).eval()
    without.layer2[1] = torch.nn.Identity()
    with torch.no_grad():
        wrong = int((without(images).argmax(1) != labels).sum())
    assert found.error("layer2.1") == 100 * wrong / 64
    turned, block = copy.deepcopy(network).eval(), network.eval().layer3[1]
    turned.layer3[1].forward = lambda x: torch.relu(x - (block.terms(x)[0] - x))  # F = H - x, turned round
    with torch.no_grad():
        wrong = int((turned(images).argmax(1) != labels).sum())
    assert lesions(network, images, labels, ("opposite",), blocks=("layer3.1",)).lesions[0].wrong == wrong
    network.train()
    assert network.training


def test_the_whole_network_answers_as_ever_and_one_block_is_counted_as_among_all():
    network, (images, labels) = untrained("residual", 14), first_batch(size=24)
    everything = lesions(network, images, labels)
    with torch.no_grad():
        assert everything.wrong == int((network.eval()(images).argmax(1) != labels).sum())
    one = lesions(network, images, labels, ("nothing", "opposite"), blocks=("layer2.0",))
    assert one.wrong == everything.wrong
    for instead in ("nothing", "opposite"):
        assert one.error("layer2.0", instead) == everything.error("layer2.0", instead)


def test_the_first_block_shares_no_pass_with_itself():
    """Five runs through what follows it, its own four changes and the whole, and one through what stands before."""
    network, (images, labels) = untrained("residual", 8), first_batch(size=4)
    ran: list[str] = []
    for name in ("conv1", "layer1.0.conv1", "layer2.0.conv1", "fc"):
        network.get_submodule(name).forward = _counted(network.get_submodule(name), name, ran)
    lesions(network, images, labels, blocks=("layer1.0",))
    assert {name: ran.count(name) for name in ran} == {"conv1": 1, "layer1.0.conv1": 1, "layer2.0.conv1": 5, "fc": 5}


def test_networks_with_a_record_are_found():
    assert rc.theory.lesion_networks()[:2] == ("cifar_resnet56", "cifar_resnet20")
    assert rc.theory.recorded_lesions("cifar_resnet20").model == "cifar_resnet20"


def _counted(module, name, ran):
    forward = module.forward

    def count(x):
        ran.append(name)
        return forward(x)

    return count


def test_a_record_reads_back_and_what_there_is_not_is_refused():
    from dataclasses import asdict

    images, labels = first_batch(size=4)
    found = lesions(untrained("residual", 8), images, labels)
    assert Lesions.from_record(asdict(found)) == found
    with pytest.raises(InvalidSpecError, match=r"blocks='layer9\.0' does not work"):
        lesions(untrained("residual", 8), images, labels, blocks=("layer9.0",))
    with pytest.raises(InvalidSpecError, match="instead='half' does not work"):
        lesions(untrained("residual", 8), images, labels, ("half",))
    with pytest.raises(InvalidSpecError, match="network='resnet50' does not work"):
        rc.theory.recorded_lesions("resnet50")
