"""The network that runs in a page, held to PyTorch and to Pillow in a real browser."""

import base64
import json

import numpy as np
import pytest
from PIL import Image

from resnet_core.data import network_module
from resnet_core.figures.browser.networks import network_file, networks_for_pages
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.inference.samples import load_sample

# The same arithmetic twenty layers deep is quick enough for each run; a test says that all bundled networks are here.
DEEPEST = 20
NETWORKS = [
    pytest.param(weights.name, marks=[pytest.mark.slow] if weights.spec.layers > DEEPEST else [])
    for weights in networks_for_pages()
]
CLOSE = 1e-3  # what the page's numbers may be off from PyTorch's
HARNESS = """async ({ module, file, pixels }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const m = await import(`data:text/javascript;base64,${module}`);
  const text = (map) => {
    const all = new Uint8Array(map.buffer, map.byteOffset, map.byteLength);
    return btoa(Array.from(all, (one) => String.fromCharCode(one)).join(''));
  };
  Object.assign(window, { m, text, bytes });
  if (!file) return;
  const network = m.readNetwork(bytes(file).buffer), input = m.normalised(network, bytes(pixels));
  Object.assign(window, { network, input, run: m.pass(network, input) });
}"""


@pytest.fixture(scope="module")
def tab(browser):
    page = browser.new_page()
    yield page
    page.close()


def load(tab, file=b"", pixels=b""):
    encoded = [base64.b64encode(one).decode() for one in (network_module().encode(), file, pixels)]
    tab.evaluate(HARNESS, dict(zip(("module", "file", "pixels"), encoded, strict=True)))


@pytest.fixture(scope="module", params=NETWORKS)
def opened(request, tab):
    """A bundled network on one picture: in the page, and (model, batch, weights, seen) in PyTorch."""
    from resnet_core.weights.library import load_weights

    model, weights = load_weights(request.param)
    seen = seen_image(load_sample("raccoon"), weights.preprocessing)
    load(tab, network_file(weights), np.asarray(seen).tobytes())
    return model, to_batch([seen], weights.preprocessing), weights, seen


def maps_in_page(tab, factors):
    """Logits, and x, F(x) and sum of every block, of one pass with these factors."""
    script = """(factors) => {
      const run = m.pass(network, input, factors);
      return { logits: Array.from(run.logits), blocks: run.blocks.map(({ x, f, sum }) => [x, f, sum].map(text)) };
    }"""
    found = tab.evaluate(script, factors)
    decode = lambda one: np.frombuffer(base64.b64decode(one), np.float32)  # noqa: E731
    return np.array(found["logits"]), [[decode(one) for one in maps] for maps in found["blocks"]]


def maps_in_pytorch(model, x, factors):
    import torch

    blocks = []
    with torch.no_grad():
        at = iter(factors)
        x = model.relu(model.bn1(model.conv1(x)))
        for _, block in model.residual_blocks():
            shortcut, branch = next(at)
            f, kept = block.terms(x)
            total = shortcut * kept + branch * f
            blocks.append([one.numpy().reshape(-1) for one in (kept, f, total)])
            x = total.relu()
        return model.fc(x.mean((2, 3)))[0].numpy(), blocks


def changes(count):
    whole = [[1, 1] for _ in range(count)]
    yield "as trained", whole
    yield "one shortcut cut", [[0, 1] if at == count // 2 else one for at, one in enumerate(whole)]
    yield (
        "three cut, one branch off",
        [[0, 1] if at in (1, count // 3, count - 2) else [1, 0] if at == 2 else one for at, one in enumerate(whole)],
    )
    yield "alpha 0.5 everywhere", [[1, 0.5] for _ in whole]


def test_logits_and_every_map_are_pytorchs(opened, tab):
    model, batch, _, _ = opened
    for name, factors in changes(len(list(model.residual_blocks()))):
        logits, blocks = maps_in_page(tab, factors)
        expected, terms = maps_in_pytorch(model, batch, factors)
        assert np.abs(logits - expected).max() < CLOSE, name
        for number, (here, there) in enumerate(zip(blocks, terms, strict=True)):
            for part, one, other in zip(("x", "F(x)", "sum"), here, there, strict=True):
                assert np.abs(one - other).max() < CLOSE, (name, number, part)


def test_a_pass_that_goes_on_from_an_earlier_one_is_a_whole_one(opened, tab):
    script = """() => {
      const count = network.blocks.length;
      const factors = Array.from({ length: count }, (_, at) => [at === count - 3 ? 0 : 1, 1]);
      const again = m.pass(network, input, factors, run), anew = m.pass(network, input, factors);
      const same = m.pass(network, input, run.factors, run) === run;
      return [Array.from(again.logits), Array.from(anew.logits), again.blocks[0] === run.blocks[0], same];
    }"""
    again, anew, shared, same = tab.evaluate(script)
    assert again == anew
    assert shared
    assert same


def test_gradients_are_pytorchs(opened, tab):
    import resnet_core as rc

    _, batch, weights, _ = opened
    classifier = rc.Classifier.load(weights.name, device="cpu", backend="eager", precision="fp32")
    expected = rc.figures.flow_payload(rc.block_flow(classifier, batch))
    found = tab.evaluate("() => m.flow(network, run)")
    assert [one[:3] for one in found] == [one[:3] for one in expected]
    assert np.allclose([one[3:] for one in found], [one[3:] for one in expected], atol=2e-3, rtol=2e-3)


def test_a_block_is_told_as_the_app_tells_it(opened, tab):
    import resnet_core as rc

    model, batch, weights, seen = opened
    path = list(model.residual_blocks())[-4][0]
    classifier = rc.Classifier.load(weights.name, device="cpu", backend="eager", precision="fp32")
    terms = rc.addition(classifier, batch, path)
    grey = np.asarray(seen.convert("L").resize(terms.sum.shape[:0:-1], resample=4), np.float32)
    expected = rc.figures.addition_payload(terms) | {"liked": rc.figures.likest_channel(terms.sum, grey)}
    script = """([path, pixels]) => {
      const one = m.told(network, run, path, m.greyOf(bytes(pixels), network.side));
      return { ...one, x: Array.from(one.x), f: Array.from(one.f) };
    }"""
    found = tab.evaluate(script, [path, base64.b64encode(np.asarray(seen).tobytes()).decode()])
    for key in ("path", "name", "channels", "size", "order", "sent", "places", "rectified", "liked"):
        assert found[key] == expected[key], key
    assert np.allclose(found["bounds"], expected["bounds"], rtol=2e-3)
    off = 10 ** expected["places"] * CLOSE
    for part in ("x", "f"):
        whole = np.frombuffer(base64.b64decode(expected[part]), "<i2").astype(int)
        assert np.abs(np.array(found[part]) - whole).max() <= off, part


def test_a_value_is_taken_apart_as_the_app_does(opened, tab):
    import resnet_core as rc

    model, batch, weights, _ = opened
    classifier = rc.Classifier.load(weights.name, device="cpu", backend="eager", precision="fp32")
    strided = next(path for path, block in model.residual_blocks() if block.downsample is not None)
    for layer in (f"{strided}.conv1", f"{strided}.conv2"):
        expected = rc.figures.value_payload(rc.convolution_value(classifier, batch, layer, 3, 0, 5))
        found = tab.evaluate("(asked) => m.valueOf(network, run, asked)", [layer, 3, 0, 5])
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            if key in ("layer", "at", "inputs"):
                assert found[key] == value, key
            elif key != "bias":
                assert np.allclose(found[key], value, atol=CLOSE, rtol=CLOSE), (layer, key)


def test_the_ways_to_bring_x_along_are_the_apps(opened, tab):
    import resnet_core as rc
    from resnet_core.figures.shortcut.payload import options_payload
    from resnet_core.inference.explain.shortcut.options import shortcut_options

    model, batch, weights, _ = opened
    classifier = rc.Classifier.load(weights.name, device="cpu", backend="eager", precision="fp32")
    script = """(path) => m.optionsOf(network, run, path)?.map((one) => ({ ...one, maps: Array.from(one.maps) }))"""
    strided = [path for path, block in model.residual_blocks() if block.downsample is not None]
    assert len(strided) == 2
    for path in strided:
        sent = rc.figures.addition_payload(rc.addition(classifier, batch, path))["order"]
        expected = options_payload(shortcut_options(classifier, batch, path), sent)
        found = tab.evaluate(script, path)
        assert [one["letter"] for one in found] == ["A", "A", "B", "C"]
        for one, other in zip(found, expected, strict=True):
            for key in other.keys() - {"maps", "bounds"}:
                assert one[key] == other[key], (path, key)
            whole = np.frombuffer(base64.b64decode(other["maps"]), "<i2").astype(int)
            assert np.abs(np.array(one["maps"]) - whole).max() <= 10 ** other["places"] * CLOSE + 1, (
                path,
                other["words"],
            )
            assert np.allclose(one["bounds"], other["bounds"], rtol=2e-3)
    assert tab.evaluate(script, "layer1.1") is None


def test_maps_of_the_parts_are_the_apps(opened, tab):
    import resnet_core as rc

    _, batch, weights, _ = opened
    classifier = rc.Classifier.load(weights.name, device="cpu", backend="eager", precision="fp32")
    expected = rc.activations(classifier, batch)
    script = """() => Object.fromEntries(Object.entries(m.mapsOf(network, run)).map(
      ([path, one]) => [path, { ...one, row: text(one.row) }]))"""
    found = tab.evaluate(script)
    drawn = {path: one for path, one in expected.items() if not path.startswith("avgpool")}
    assert set(found) == set(drawn)
    for path, one in drawn.items():
        row = np.frombuffer(base64.b64decode(found[path]["row"]), np.float32)
        side, count = found[path]["side"], len(found[path]["channels"])
        maps = row.reshape(side, count, side).swapaxes(0, 1)
        place = {channel: number for number, channel in enumerate(one.channels)}
        both = [n for n, channel in enumerate(found[path]["channels"]) if channel in place]
        assert len(both) >= count - 1, path  # of the last of them two may be equally strong
        same = one.maps[[place[found[path]["channels"][n]] for n in both]].astype(np.float32)
        assert np.allclose(maps[both], same, atol=5e-3, rtol=2e-3), path  # they are sent as float16


PILLOW = {"box": 4, "bilinear": 2, "bicubic": 3, "lanczos": 1}


@pytest.mark.parametrize("filter_name", PILLOW)
def test_a_picture_is_resized_as_pillow_does_to_the_last_bit(tab, filter_name):
    load(tab)
    rng = np.random.default_rng(0)
    script = """([pixels, width, height, wanted, filter, box]) => {
      const picture = { pixels: bytes(pixels), width, height, channels: 3 };
      return Array.from(m.resize(picture, ...wanted, filter, box ?? undefined).pixels);
    }"""
    cases = (
        (97, 61, (32, 20), None),
        (20, 31, (32, 49), None),
        (64, 48, (64, 32), None),
        (33, 7, (5, 7), (1.5, 0, 30.5, 7)),
    )
    for width, height, wanted, box in cases:
        pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
        resized = Image.fromarray(pixels).resize(wanted, PILLOW[filter_name], box=box)
        asked = [base64.b64encode(pixels.tobytes()).decode(), width, height, list(wanted), filter_name, box]
        assert tab.evaluate(script, asked) == np.asarray(resized).reshape(-1).tolist(), (width, height)


# Pillow up to 12 goes across first; 13 goes down first where that is less work, which moves a value by one level.
@pytest.mark.parametrize(
    ("size", "off"), [((300, 200), 0), ((199, 401), 1), ((32, 32), 0), ((900, 20), 1), ((7, 260), 1)]
)
def test_what_the_network_sees_is_what_python_lets_it_see(tab, size, off):
    load(tab)
    weights = networks_for_pages()[0]
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
    seen = seen_image(Image.fromarray(pixels), weights.preprocessing)
    prepared = weights.preprocessing
    network = {"side": prepared.crop_size, "resizeTo": prepared.resize_size, "filter": prepared.interpolation}
    script = """([network, pixels, width, height]) =>
      Array.from(m.seenBy(network, { pixels: bytes(pixels), width, height, channels: 3 }))"""
    found = tab.evaluate(script, [network, base64.b64encode(pixels.tobytes()).decode(), *size])
    assert np.abs(np.array(found) - np.asarray(seen, int).reshape(-1)).max() <= off


def test_a_file_that_ends_too_soon_is_said_to(tab):
    load(tab)
    weights = networks_for_pages()[0]
    cut = base64.b64encode(network_file(weights)[:-1000]).decode()
    said = tab.evaluate(
        "(file) => { try { m.readNetwork(bytes(file).buffer); } catch (error) { return error.message; } }", cut
    )
    assert said
    assert "ends in the middle of" in said


def test_a_network_of_another_kind_is_refused():
    from resnet_core.errors import InvalidSpecError
    from resnet_core.weights.library import find_weights

    with pytest.raises(InvalidSpecError, match="no CIFAR network"):
        network_file(find_weights("tiny_imagenet_resnet18"))


def test_the_metadata_says_all_that_a_page_needs_before_the_weights():
    from resnet_core.figures.browser.networks import about

    told = json.loads(json.dumps(about(networks_for_pages()[0])))
    assert [block["kind"] for block in told["blocks"]].count("zero_pad") == 2
    assert told["blocks"][0]["fields"] == [3, 7]
