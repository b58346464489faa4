"""The four names that a notebook asks for, where the extra is missing."""

import sys

import pytest

import resnet_core as rc


@pytest.mark.parametrize(
    "ask",
    [
        lambda: rc.explore("resnet50"), lambda: rc.shortcut("cifar_resnet20", "car"), lambda: rc.show_race(),
        lambda: rc.live_race(),
    ],
    ids=["explore", "shortcut", "show_race", "live_race"],
)  # fmt: skip
def test_without_anywidget_a_sentence_names_what_to_install(monkeypatch, ask):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(rc.MissingPackageError, match=r'pip install "resnet-explainer\[notebook\]"') as refused:
        ask()
    assert isinstance(refused.value, ImportError)
