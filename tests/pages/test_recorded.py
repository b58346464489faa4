import pytest

from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs import recorded
from resnet_core.lab.training.metrics import EpochMetrics


def save(folder, model, *train_errors):
    epochs = tuple(
        EpochMetrics(
            arm=model, epoch=number, step=number, train_loss=1.0, train_error=error, validation_loss=1.0,
            validation_error=error, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0, gradient_norms=(1.0, 0.5),
            activation_scales=(1.0, 2.0),
        )
        for number, error in enumerate(train_errors, 1)
    )  # fmt: skip
    run = recorded.RecordedRun(
        model=model, recipe=TrainConfig(model=model), command=f"python -m resnet_core train --model {model}",
        machine="a machine", device="cpu", precision="fp32", seconds=7200, validation_split="test", note="A copy",
        epochs=epochs,
    )  # fmt: skip
    recorded.save_run(run, folder / f"{model}.json")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Recorded runs are those of this test."""
    monkeypatch.setattr(recorded.recorded_runs, "__defaults__", (tmp_path,))
    return tmp_path


def test_without_a_recording_the_page_names_the_commands(open_page, folder, words):
    app = open_page("race", view="Recorded")
    assert "Not recorded here yet: cifar_plain20, cifar_resnet20, cifar_plain56, cifar_resnet56" in words(app)
    assert "train --model cifar_resnet56" in app.code[0].value
    assert "runs record runs/cifar_resnet56 --out resnet_core/data/runs/cifar_resnet56.json" in app.code[0].value


def test_what_is_recorded_is_said_from_its_numbers_and_set_beside_the_paper(open_page, folder, words):
    save(folder, "cifar_plain20", 0.5, 0.1)
    save(folder, "cifar_plain56", 0.6, 0.2)
    save(folder, "cifar_resnet56", 0.4, 0.05)
    app = open_page("race", view="Recorded", epoch="2")
    said = words(app)
    assert "10.0 points worse. The degradation shows" in said
    assert "Not recorded here yet: cifar_resnet20." in said
    assert "A copy" in said
    assert not app.warning
    beside = app.dataframe[0].value
    assert beside["paper's test error"].tolist() == [9.5, 13.5, 6.97]
    assert beside["test error"].tolist() == pytest.approx([10, 20, 5])
    app.segmented_control(key="inside").set_value("activation scale").run()
    assert not app.exception


@pytest.mark.parametrize("epoch", ["0", "3", "last"])
def test_an_epoch_that_is_not_there_is_a_sentence(open_page, folder, epoch):
    save(folder, "cifar_plain20", 0.5, 0.1)
    assert f"asks for epoch '{epoch}'; there are 2" in open_page("race", view="Recorded", epoch=epoch).warning[0].value


def test_a_damaged_file_is_a_sentence(open_page, folder):
    (folder / "bad.json").write_text("{")
    assert "bad.json is no recorded run" in open_page("race", view="Recorded").error[0].value


def test_the_old_address_leads_to_the_view_with_all_that_it_asks_for(open_page, folder):
    save(folder, "cifar_plain20", 0.5, 0.1)
    app = open_page("degradation", epoch="3")
    assert app.title[0].value == "What happens in a longer training?"
    assert "asks for epoch '3'" in app.warning[0].value
