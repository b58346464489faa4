"""A network in ONNX answers as it does in PyTorch."""

from importlib.util import find_spec

import numpy as np
import pytest
import torch

import resnet_core as rc
from resnet_core.models.codegen import onnx_file
from resnet_core.models.codegen.onnx_file import onnx_bytes


def test_what_is_missing_to_write_it_is_named(monkeypatch):
    monkeypatch.setattr(onnx_file, "find_spec", lambda name: None if name == "onnxscript" else name)
    with pytest.raises(rc.DataError, match="pip install onnxscript"):
        onnx_bytes(rc.build_model("cifar_resnet20"), 32)


@pytest.mark.slow
@pytest.mark.skipif(not all(map(find_spec, ("onnxruntime", *onnx_file.PACKAGES))), reason="ONNX is not installed")
def test_onnx_runtime_says_what_pytorch_says_of_one_picture_and_of_three():
    import onnxruntime

    model = rc.build_model("cifar_resnet20", num_classes=3, seed=0).eval()
    session = onnxruntime.InferenceSession(onnx_bytes(model, 32, '{"classes": ["a", "b", "c"]}'))
    assert session.get_modelmeta().custom_metadata_map["note"] == '{"classes": ["a", "b", "c"]}'
    for count in (1, 3):
        x = torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(count))
        with torch.no_grad():
            expected = model(x).numpy()
        (found,) = session.run(None, {onnx_file.INPUT: x.numpy()})
        np.testing.assert_allclose(found, expected, atol=1e-4)
