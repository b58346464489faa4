"""Contributions and lesions against the same numbers computed by taking the network's layers by hand."""

import numpy as np
import pytest
import torch

from resnet_core import InvalidSpecError, build_model
from resnet_core.inference.explain.lesion import answer_without, block_parts
from resnet_core.inference.explain.walk import batch_of, block_paths
from resnet_core.inference.samples import load_sample


@pytest.fixture(scope="module")
def ship():
    return load_sample("ship")


@pytest.fixture(scope="module")
def parts(classifier, ship):
    return block_parts(classifier, ship)


def test_every_block_has_its_norms_and_angle(classifier, ship, parts):
    assert [part.path for part in parts] == block_paths(classifier.model)
    assert [part.shortcut for part in parts] == ["identity"] * 3 + ["zero_pad", "identity", "identity"] * 2
    x = batch_of(classifier, ship)
    model = classifier.model
    x = model.relu(model.bn1(model.conv1(x)))
    block = model.layer1[0]
    branch = block.bn2(block.conv2(block.relu1(block.bn1(block.conv1(x)))))
    assert parts[0].branch_norm == pytest.approx(float(branch.norm()), rel=1e-5)
    assert parts[0].shortcut_norm == pytest.approx(float(x.norm()), rel=1e-5)
    cosine = torch.nn.functional.cosine_similarity(branch.flatten(), x.flatten(), dim=0)
    assert parts[0].cosine == pytest.approx(float(cosine), abs=1e-5)


def test_norms_and_angle_obey_the_law_of_cosines(classifier, ship, parts):
    x = batch_of(classifier, ship)
    for step, part in zip(("layer1.0", "layer1.1"), parts, strict=False):
        total = part.branch_norm**2 + part.shortcut_norm**2 + 2 * part.cosine * part.branch_norm * part.shortcut_norm
        x = classifier.model.relu(classifier.model.bn1(classifier.model.conv1(x))) if step == "layer1.0" else x
        branch, shortcut = classifier.model.get_submodule(step).terms(x)
        assert total == pytest.approx(float((branch + shortcut).norm()) ** 2, rel=1e-4)
        x = classifier.model.get_submodule(step)(x)


def test_each_lesion_is_the_answer_without_that_block(classifier, ship, parts):
    top = classifier.predict(ship).top[0].index
    for part in parts:
        logits = torch.tensor(answer_without(classifier, ship, [part.path])).softmax(0)
        assert part.probability == pytest.approx(float(logits[top]), abs=1e-5)
        assert part.top_index == int(logits.argmax())


def test_with_no_block_off_the_answer_is_the_usual_one(classifier, ship):
    expected = classifier.model(batch_of(classifier, ship))[0]
    assert np.allclose(answer_without(classifier, ship, []), expected.numpy())


def test_several_blocks_may_be_off_at_once(classifier, ship):
    every = block_paths(classifier.model)
    alone, both = (answer_without(classifier, ship, off) for off in (every[:1], every[:2]))
    assert alone != both


def test_a_branch_of_zeros_changes_nothing_and_has_no_angle(looked_into, ship):
    zeros = looked_into(build_model("cifar_resnet20", depths=(1, 1, 1), seed=0))
    with torch.no_grad():
        zeros.model.layer2[0].bn2.weight.zero_()
    (_, silent, _) = block_parts(zeros, ship)
    assert (silent.branch_norm, silent.cosine) == (0, 0)
    assert answer_without(zeros, ship, ["layer2.0"]) == answer_without(zeros, ship, [])


@pytest.mark.parametrize(("shortcut", "kind"), [("projection", "projection"), ("detached", "detached")])
def test_the_kind_of_each_shortcut_is_told(looked_into, ship, shortcut, kind):
    model = build_model("cifar_resnet20", depths=(1, 1, 1), shortcut=shortcut, seed=0)
    parts = block_parts(looked_into(model), ship)
    assert [part.shortcut for part in parts][1:] == [kind, kind]


def test_a_plain_network_has_no_parts_and_says_why(looked_into, ship):
    plain = looked_into(build_model("cifar_plain20", depths=(1, 1, 1), seed=0))
    assert block_parts(plain, ship) == []
    with pytest.raises(InvalidSpecError, match="plain network has no additions"):
        answer_without(plain, ship, ["layer1.0"])


def test_progress_ends_at_one(classifier, ship):
    seen = []
    block_parts(classifier, ship, progress=seen.append)
    assert seen == pytest.approx([(n + 1) / 9 for n in range(9)])


def test_without_its_shortcut_a_block_is_one_of_a_plain_network(classifier, ship):
    model = classifier.model
    with torch.no_grad():
        x = model.relu(model.bn1(model.conv1(batch_of(classifier, ship))))
        for path in block_paths(model):
            block = model.get_submodule(path)
            branch, shortcut = block.terms(x)
            x = torch.relu(branch if path == "layer2.1" else branch + shortcut)
        expected = model.fc(x.mean((2, 3)))[0]
    cut = answer_without(classifier, ship, shortcuts=["layer2.1"])
    assert np.allclose(cut, expected.numpy(), atol=1e-4)
    assert not np.allclose(cut, answer_without(classifier, ship))


def test_cut_twice_a_block_passes_nothing_on(classifier, ship):
    last = block_paths(classifier.model)[-1:]
    assert np.allclose(answer_without(classifier, ship, last, last), classifier.model.fc.bias.detach().numpy())


def test_a_shortcut_that_is_not_there_is_refused(classifier, ship):
    with pytest.raises(InvalidSpecError, match=r"layer9\.0"):
        answer_without(classifier, ship, shortcuts=["layer9.0"])
