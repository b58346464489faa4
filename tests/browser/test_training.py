"""The network that trains in a page, held to PyTorch in a real browser: first weights, batches, and five steps."""

import base64

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from resnet_core.data import training_module
from resnet_core.lab.data.batches import training_batch
from resnet_core.lab.data.sources import load_data
from resnet_core.lab.recipe.arms import arm_config
from resnet_core.lab.training.learner import Learner
from resnet_core.site.racing import ARMS, PAGE_RACE, digits_file, recipe_of

pytestmark = pytest.mark.slow
STEPS, CLOSE = 5, 1e-3
EXPORTED = "\nexport { trainee, twister, permutation, pictured, orderOf, answersTo };"
HARNESS = """async ({ module, file, recipe }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const m = await import(`data:text/javascript;base64,${module}`), all = bytes(file);
  const pixels = all.subarray(0, (recipe.learned + recipe.unseen) * recipe.side ** 2);
  Object.assign(window, { m, recipe, digits: { pixels, labels: all.subarray(pixels.length) } });
  window.text = (map) => btoa(Array.from(new Uint8Array(map.buffer, map.byteOffset, map.byteLength), (one) => String.fromCharCode(one)).join(''));
  window.values = (network) => network.parameters.map(({ value }) => text(value));
  window.averages = (network) => [network.stem, ...network.body.flatMap(({ first, second }) => [first, second])].flatMap(({ bn }) => [text(bn.mean), text(bn.variance)]);
}"""  # noqa: E501
TRAINED = """([arm, seed, steps]) => {
  const network = m.trainee(recipe, arm, seed), before = values(network), order = m.orderOf(recipe, seed, 0);
  const pictures = m.pictured(recipe, digits), losses = [];
  for (let step = 0; step < steps; step += 1) {
    const index = order.subarray(step * recipe.batch, (step + 1) * recipe.batch);
    losses.push(network.step(pictures(index), Uint8Array.from(index, (one) => digits.labels[one])).loss);
  }
  const answers = m.answersTo(network, pictures, recipe.learned, recipe.unseen, recipe.batch);
  return { before, losses, after: values(network), averages: averages(network), answers: Array.from(answers) };
}"""


@pytest.fixture(scope="module")
def data():
    return load_data("digits")


@pytest.fixture(scope="module")
def tab(browser, data):
    page = browser.new_page()
    encoded = {"module": (training_module() + EXPORTED).encode(), "file": digits_file(data)}
    given = {name: base64.b64encode(one).decode() for name, one in encoded.items()}
    page.evaluate(HARNESS, given | {"recipe": recipe_of(PAGE_RACE, data)})
    yield page
    page.close()


def learner(arm, data, seed=0):
    return Learner(arm_config(PAGE_RACE.override(seed=seed), arm), data, torch.device("cpu"), arm)


def decoded(text, kind=np.float64):
    return np.frombuffer(base64.b64decode(text), kind)


def as_pytorch(values, shape):
    """A kernel lies by tap, input and output in the page."""
    if len(shape) != 4:
        return values.reshape(tuple(shape))
    outputs, inputs = shape[:2]
    return values.reshape(9, inputs, outputs).transpose(2, 1, 0).reshape(tuple(shape))


def furthest(texts, tensors):
    pairs = zip(texts, tensors, strict=True)
    return max(np.abs(as_pytorch(decoded(one), t.shape) - t.detach().numpy()).max() for one, t in pairs)


def begin_with(model, texts):
    with torch.no_grad():
        for text, parameter in zip(texts, model.parameters(), strict=True):
            parameter.copy_(torch.tensor(as_pytorch(decoded(text), parameter.shape).copy()))


def trained(model, config, batches):
    """The loss of each step of a model that is trained with these batches."""
    optimizer = torch.optim.SGD(
        model.parameters(), lr=config.lr, momentum=config.momentum, weight_decay=config.weight_decay
    )
    model.train()
    losses = []
    for pictures, labels in batches:
        loss = F.cross_entropy(model(pictures), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def batches(data, seed=0, *, exact=True):
    """The first batches, in 64 bits and normalised in 64 bits, or as they are."""
    for step in range(STEPS):
        pictures, labels = training_batch(data, step, batch_size=PAGE_RACE.batch_size, seed=seed, augment=False)
        levels = (pictures.double() * data.std[0] + data.mean[0]).mul(255).round()
        yield (levels - 255 * data.mean[0]) / (255 * data.std[0]) if exact else pictures, labels


@pytest.mark.parametrize("seed", [0, 7, 9999])
def test_first_weights_are_pytorchs(tab, data, seed):
    here = tab.evaluate(TRAINED, ["residual", seed, 0])["before"]
    assert furthest(here, learner("residual", data, seed).model.parameters()) < 1e-6


@pytest.mark.parametrize("seed", [0, 9999])
def test_every_batch_is_pytorchs(tab, data, seed):
    script = """([seed, step, each]) => {
      const at = step % each, order = m.orderOf(recipe, seed, Math.floor(step / each));
      const index = order.subarray(at * recipe.batch, (at + 1) * recipe.batch);
      return [text(m.pictured(recipe, digits)(index)), Array.from(index, (one) => digits.labels[one])];
    }"""
    each = len(data.train_labels) // PAGE_RACE.batch_size
    for step in (0, each - 1, each, 6 * each - 1):
        pictures, labels = training_batch(data, step, batch_size=PAGE_RACE.batch_size, seed=seed, augment=False)
        found, numbers = tab.evaluate(script, [seed, step, each])
        assert numbers == labels.tolist()
        here = decoded(found).reshape(-1, PAGE_RACE.batch_size).T.reshape(pictures.shape)
        assert np.abs(here - pictures.numpy()).max() < 1e-6


@pytest.mark.parametrize("arm", ARMS)
def test_five_steps_are_pytorchs(tab, data, arm):
    """In 64 bits, from the page's own first weights: an error of 1e-7 is 0.04 two steps later in the plain network."""
    here = tab.evaluate(TRAINED, [arm, 0, STEPS])
    one = learner(arm, data)
    model = one.model.double()
    begin_with(model, here["before"])
    losses = trained(model, one.config, batches(data))
    assert np.abs(np.array(here["losses"]) - losses).max() < CLOSE
    assert furthest(here["after"], model.parameters()) < CLOSE
    kept = [value for name, value in model.named_buffers() if "running" in name]
    assert furthest(here["averages"], kept) < CLOSE
    model.eval()
    pixels = data.validation_images.double()
    answers = model((pixels - 255 * data.mean[0]) / (255 * data.std[0])).argmax(1)
    assert here["answers"] == answers.tolist()


@pytest.mark.parametrize("arm", ARMS)
def test_the_first_loss_is_that_of_the_projects_own_race(tab, data, arm):
    one = learner(arm, data)
    loss = one.train_step(*one.next_batch()).loss
    assert tab.evaluate(TRAINED, [arm, 0, 1])["losses"] == pytest.approx([loss], abs=1e-4)


@pytest.mark.parametrize(("arm", "parts"), [("plain", True), ("residual", False)])
def test_only_the_plain_networks_course_hangs_on_the_last_digits(data, arm, parts):
    """What the page says of PyTorch with 32 bits and with 64: three steps on, the losses are others or they are not."""
    courses = []
    for exact in (True, False):
        one = learner(arm, data)
        model = one.model.double() if exact else one.model
        courses.append(trained(model, one.config, batches(data, exact=exact))[:3])
    assert (np.abs(np.subtract(*courses)).max() > CLOSE) == parts


def test_what_diverges_is_said_and_ends(tab):
    script = """async () => {
      const told = [];
      await m.train({ recipe: { ...recipe, rate: 1e300 }, digits, arm: "plain", seed: 0 }, (one) => told.push(one));
      return told.map(({ step, loss }) => [step, loss === undefined || Number.isFinite(loss)]);
    }"""
    told = tab.evaluate(script)
    assert len(told) < 10
    assert [finite for _, finite in told] == [True] * (len(told) - 1) + [False]


def test_it_stops_when_it_is_told_to(tab):
    script = """async () => {
      const told = [];
      await m.train({ recipe, digits, arm: "plain", seed: 0 }, (one) => told.push(one.step), () => told.length < 3);
      return told;
    }"""
    assert tab.evaluate(script) == [0, 1, 2]
