from itertools import product

import pytest
import torch

import resnet_core as rc
from resnet_core.errors import InvalidSpecError
from resnet_core.inference.samples import load_sample
from resnet_core.lab.theory.paths import gradient_paths
from resnet_core.lab.theory.start import calibrated, first_batch, untrained


def at_first_block(model, images):
    """The gradient of the likeliest logit with respect to what enters layer1.0."""
    x = model.relu(model.bn1(model.conv1(images))).detach().requires_grad_()
    out = x
    for part in (model.layer1, model.layer2, model.layer3, model.avgpool, model.flatten, model.fc):
        out = part(out)
    (gradient,) = torch.autograd.grad(out.max(1).values.sum(), x)
    return gradient


def test_the_shares_of_all_134_million_paths_add_up_to_one_and_their_sum_is_autograds():
    classifier = rc.Classifier.load("cifar_resnet56", device="cpu", backend="eager", precision="fp32")
    found = gradient_paths(classifier, load_sample("airplane"))
    assert found.blocks == 27
    assert sum(found.counts) == 2**27 == 134_217_728
    assert sum(found.shares) == pytest.approx(1, abs=1e-5)
    assert found.error < 1e-5
    assert list(found.to_frame()["share of gradient"]) == list(found.shares)


def test_a_trained_networks_gradient_takes_short_paths():
    """Half of all paths take 13.5 branches and more. Measured on this picture: 6.0 on average, 95 % between 3 and 9.
    Were each path to carry alike, the mean would be 13.5."""
    found = gradient_paths("cifar_resnet56", load_sample("airplane"))
    low, high = found.between(0.95)
    assert 4 < found.mean < 9
    assert 1 <= low < found.mean < high <= 13


def test_the_part_that_takes_every_branch_is_the_gradient_with_every_shortcut_detached():
    images, _ = first_batch(size=4)
    whole = calibrated(untrained("residual_b", 20), images)
    detached = calibrated(untrained("detached", 20), images)
    assert torch.equal(whole(images), detached(images))
    found = gradient_paths(whole, images)
    lengths = at_first_block(detached, images).flatten(1).norm(dim=1) / at_first_block(whole, images).flatten(1).norm(
        dim=1
    )
    assert found.lengths[-1] == pytest.approx(lengths.mean().item(), rel=1e-4)


def test_each_share_is_that_of_its_paths_sent_one_by_one():
    images, _ = first_batch(size=1)
    model = calibrated(untrained("residual", 8), images.repeat(2, 1, 1, 1))
    x, passes = model.relu(model.bn1(model.conv1(images))), []
    for _, block in model.residual_blocks():
        x = x.detach().requires_grad_()
        terms = block.terms(x)
        passes.append((x, terms, block.join(*terms)))
        x = passes[-1][2]
    head = torch.autograd.grad(model.fc(model.flatten(model.avgpool(x))).max(), x, retain_graph=True)[0]
    by_branches = [torch.zeros_like(passes[0][0]) for _ in range(4)]
    for ways in product((0, 1), repeat=3):  # 0 takes the branch
        gradient = head
        for (entered, terms, left), way in reversed(list(zip(passes, ways, strict=True))):
            gradient = torch.autograd.grad(left, terms[0], gradient, retain_graph=True)[0]
            if terms[way] is not entered:
                gradient = torch.autograd.grad(terms[way], entered, gradient, retain_graph=True)[0]
        by_branches[ways.count(0)] += gradient
    total = sum(by_branches)
    shares = [float((part * total).sum() / total.square().sum()) for part in by_branches]
    assert gradient_paths(model, images).shares == pytest.approx(shares, abs=1e-5)


@pytest.mark.parametrize(
    ("arm", "asked", "sentence"),
    [
        ("plain", {}, "a plain network has no shortcut"),
        ("residual", {"class_index": 12}, "class_index=12 does not work"),
    ],
)
def test_what_has_no_paths_is_refused(arm, asked, sentence):
    with pytest.raises(InvalidSpecError, match=sentence):
        gradient_paths(untrained(arm, 8), first_batch(size=4)[0], **asked)


def test_a_bare_network_needs_its_pictures_as_a_tensor():
    with pytest.raises(InvalidSpecError, match=r"pass them as a tensor \(N, C, H, W\)"):
        gradient_paths(untrained("residual", 8), load_sample("airplane"))
