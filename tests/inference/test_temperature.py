import numpy as np
import pytest
from PIL import Image

from resnet_core.inference.temperature import TEMPERATURES, temperature_sentence


def test_the_sentence_about_temperature_is_computed(classifier):
    prediction = classifier.predict(Image.new("RGB", (40, 30), "red"))
    logits = np.array(prediction.logits)

    def best_at(temperature):
        scaled = np.exp((logits - logits.max()) / temperature)
        return f"{scaled.max() / scaled.sum() * 100:.1f} %"

    label = prediction.top[0].label
    assert temperature_sentence(prediction, 4.0).startswith(
        f"At T = 4 the same logits say {best_at(4)} {label} instead of {best_at(1)}"
    )
    assert temperature_sentence(prediction, 1.0).startswith(
        f"At T = 2 the same logits would say {best_at(2)} {label} instead of {best_at(1)}"
    )


def test_temperatures_go_from_a_quarter_to_four_in_equal_ratios():
    assert (TEMPERATURES[0], TEMPERATURES[4], TEMPERATURES[-1]) == (0.25, 1.0, 4.0)
    ratios = np.array(TEMPERATURES[1:]) / TEMPERATURES[:-1]
    assert ratios == pytest.approx(np.full(8, 2**0.5), rel=0.05)
