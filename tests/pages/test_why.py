import time

import pytest

VIEWS = ("Grow", "Gradients", "Cures", "Forgetting", "Noise", "Addition", "Copy", "Paths", "Lesions", "Claims", "Open")


@pytest.fixture
def cifar10_folder(monkeypatch, tmp_path):
    """Class folders of noise where the cache holds data: three test pictures of each of ten classes."""
    import numpy as np
    from PIL import Image

    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))
    draw = np.random.default_rng(0)
    for part in ("train", "test"):
        for label in range(10):
            folder = tmp_path / "data" / "cifar10" / part / f"class{label}"
            folder.mkdir(parents=True)
            for number in range(3):
                Image.fromarray(draw.integers(0, 255, (32, 32, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    return tmp_path / "data" / "cifar10"


def choose(app, label):
    """Press one answer of the question about what is expected."""
    box = next(one for one in app.button_group if (one.key or "").startswith("guess_"))
    box.set_value(label).run()
    assert not app.exception, app.exception


def measure(app):
    """Press Measure and wait for the end of the experiment."""
    next(button for button in app.button if button.label == "Measure").click().run()
    wait(app)


def wait(app, seconds=120):
    """Until the experiment has ended."""
    until = time.monotonic() + seconds
    while any(button.label == "Cancel" for button in app.button):
        assert time.monotonic() < until
        time.sleep(0.2)
        app.run()
    assert not app.exception, app.exception


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_says_its_claim_what_would_refute_it_and_where_it_ends(open_page, words, view):
    app = open_page("why", view=view)
    said = words(app)
    assert "What would have refuted it" in said
    assert "Where it ends" in said
    assert "**The claim.**" in said or view in ("Claims", "Open")
    assert not app.warning


def test_nothing_is_shown_before_a_guess_and_then_the_measurement_is(open_page, words):
    app = open_page("why", view="Paths")
    assert next(button for button in app.button if button.label == "Measure").disabled
    assert "134,217,728" not in words(app)
    choose(app, "about 14")
    measure(app)
    said = words(app)
    assert "You expected: about 14. Measured: about 6." in said
    assert "All 134,217,728 paths" in said


def test_gradients_of_the_depth_on_screen_are_judged(open_page, words):
    app = open_page("why", view="Gradients", depth="56")
    choose(app, "it fades")
    measure(app)
    assert "Measured: it explodes" in words(app)
    app.select_slider(key="depth").set_value(8).run()
    assert "Measured: it stays" in words(app)


def test_lesions_depend_on_the_network(open_page, words):
    app = open_page("why", view="Lesions")
    choose(app, "under 3 points")
    assert "As you expected: under 3 points." in words(app)
    app.button_group(key="net").set_value("cifar_resnet20").run()
    assert "You expected: under 3 points. Measured: over 15 points." in words(app)


def test_no_cure_is_found(open_page, words):
    app = open_page("why", view="Cures")
    choose(app, "one or two")
    assert "Measured: none of them." in words(app)


def test_what_a_link_asks_in_vain_is_said(open_page, words):
    assert "depth='57'" in words(open_page("why", view="Noise", depth="57"))
    assert "seed='77'" in words(open_page("why", view="Grow", seed="77"))


def test_the_share_that_takes_the_1_is_measured(open_page, words):
    """cifar_resnet56: the median block 0.9, the last two about 0.4 to 0.5. Of a detached shortcut it would be 0."""
    app = open_page("why", view="Addition")
    choose(app, "over two thirds")
    measure(app)
    assert "As you expected: over two thirds." in words(app)
    assert "that of conv4_x." in words(app)
    table = next(frame.value for frame in app.dataframe if "through the shortcut %" in frame.value)
    assert len(table) == 2 * 27
    assert table.loc[table["weights"] == "trained", "through the shortcut %"].median() > 66


def test_a_claim_is_guessed_and_then_judged(open_page, words):
    app = open_page("why", view="Claims", claim="ResNet-C")
    assert "In English: three 3×3 kernels" in words(app)
    choose(app, "true")
    measure(app)
    assert "You expected: true. Measured: false. resnet50: 4.089 G multiply-adds, resnet50c: 4.329 G" in words(app)


def test_any_cell_of_the_table_can_be_trained_and_stands_beside_what_is_recorded(open_page, words, monkeypatch):
    import resnet_core as rc
    from pages.theory import cures

    def short(key, cure, arm, progress):
        note = cures.background().note
        return rc.theory.refutation([cure], [arm], 8, 3, progress=progress, each_loss=lambda loss: note(key, loss))

    monkeypatch.setattr(cures, "_train", short)
    app = open_page("why", view="Cures", cure="AdamW, rate 0.001", arm="residual")
    choose(app, "none of them")
    next(button for button in app.button if button.label == "Train this cell").click().run()
    wait(app)
    assert "AdamW, rate 0.001, residual: trained here" in words(app)
    seen = cures.background().look("refutation AdamW, rate 0.001 residual")
    assert len(seen.so_far) == 3


def test_the_race_of_the_copy_can_be_stopped(open_page, words, monkeypatch, tmp_path):
    from resnet_core.lab.runs import jobs
    from resnet_core.lab.training.metrics import StepMetrics

    def slow(request):
        def steps():
            for number in range(1, 1000):
                time.sleep(0.05)
                for arm in request.arms:
                    yield StepMetrics(
                        arm=arm, step=number, loss=2.0, error=0.5, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0
                    )

        return 1000, steps()

    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))
    monkeypatch.setattr(jobs.JobManager.__init__, "__kwdefaults__", {"runner": slow, "clock": time.monotonic})
    app = open_page("why", view="Copy")
    assert "Then measure" in words(app)
    choose(app, "it comes halfway")
    next(button for button in app.button if button.label == "Race all three").click().run()
    next(button for button in app.button if button.label == "Stop").click().run()
    assert "Stopped after" in words(app)
    assert any(button.label == "Race all three" for button in app.run().button)


def test_lesions_are_measured_here_where_cifar10_lies_and_add_up(open_page, words, monkeypatch, cifar10_folder):
    from pages.theory import lesions

    monkeypatch.setattr(lesions, "AT_ONCE", 10)
    app = open_page("why", view="Lesions", net="cifar_resnet20", block="conv4_x.2")
    choose(app, "under 3 points")
    for done in ("The first 10 of the 1,000 pictures", "The first 20 of the 1,000 pictures"):
        next(button for button in app.button if button.label.startswith("Measure 10")).click().run()
        wait(app)
        assert done in words(app)
    table = next(frame.value for frame in app.dataframe if "points more" in frame.value and "recorded" in frame.value)
    assert table["in place of F"].tolist() == ["nothing", "noise", "opposite", "another picture's"]


def test_without_the_pictures_lesions_are_measured_on_digits(open_page, words, monkeypatch, tmp_path):
    import resnet_core.lab.theory.lesions_here as here

    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))
    monkeypatch.setattr(here, "EPOCHS", 1)
    app = open_page("why", view="Lesions")
    choose(app, "under 3 points")
    assert "on" not in [group.key for group in app.button_group]  # one choice is none
    next(button for button in app.button if button.label == "Train and measure on digits").click().run()
    wait(app)
    assert "297 pictures" in words(app)


def test_what_training_makes_of_a_network_is_guessed_and_then_shown(open_page, words):
    app = open_page("why", view="Forgetting", probed="trained, 56 layers")
    assert "asked about 1,000 test pictures" in words(app)
    assert "last block" not in words(app)
    choose(app, "more and more often")
    assert "Measured: less and less often. Wrong behind the first and the last block: plain" in words(app)
    assert "probed='trained, 57 layers'" in words(open_page("why", view="Forgetting", probed="trained, 57 layers"))
