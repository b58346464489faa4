"""The network for the visitor's browser: its files have addresses that last, and only right ones are answered."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import resnet_core as rc
from pages.addition.served import network_routes, served_network
from resnet_core.data import network_module
from resnet_core.figures.browser.networks import network_file, networks_for_pages
from resnet_core.weights.library import find_weights
from resnet_core.weights.record import DEFAULT_WEIGHTS


@pytest.fixture(scope="module")
def client():
    return TestClient(Starlette(routes=network_routes()))


def test_module_and_weights_are_kept_for_good(client):
    weights = networks_for_pages()[0]
    address = served_network(weights)["network"]
    module = client.get(address["module"])
    assert module.text == network_module()
    assert module.headers["content-type"].startswith("text/javascript")
    sent = client.get(address["weights"])
    assert sent.content == network_file(weights)
    for one in (module, sent):
        assert "immutable" in one.headers["cache-control"]


def test_another_version_and_another_network_are_not_answered(client):
    address = served_network(networks_for_pages()[0])["network"]["weights"]
    edition = address.split("/")[1]
    assert client.get(address.replace(edition, "0" * 16)).status_code == 404
    for name in (DEFAULT_WEIGHTS, "cifar_plain20", "..%2Fsecret"):
        assert client.get(f"/browser/{edition}/{name}.safetensors").status_code == 404


def test_weights_that_only_have_a_bundled_networks_name_stay_on_the_server(tmp_path, monkeypatch):
    from safetensors.torch import save_file

    name = networks_for_pages()[0].name
    save_file(rc.build_model("cifar_resnet20", seed=0).state_dict(), tmp_path / f"{name}.safetensors")
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(tmp_path))
    assert served_network(find_weights(str(tmp_path / f"{name}.safetensors"))) == {}
    assert served_network(find_weights(DEFAULT_WEIGHTS)) == {}
