from pages.training.controls import Choice, settings_of, start_request
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs.records import RunRequest, request_title

CHOICE = Choice(
    depth=20, networks=("plain", "projections", "pre-activation"), rate=0.05, seed=7, first_width=32,
    batch_norm=False, init="xavier", optimiser="adamw", batch=128, data="digits",
)  # fmt: skip


def test_the_controls_take_the_settings_of_the_race_that_they_would_start():
    shown = settings_of(start_request(CHOICE), ["digits"])
    assert Choice(**shown | {"networks": tuple(shown["networks"])}) == CHOICE


def test_what_the_controls_can_not_show_they_leave_as_it_is():
    request = RunRequest(config=RACE.override(lr=0.03), arms=("residual_b", "detached"))
    assert settings_of(request, ["digits"]).keys() == {
        "depth", "seed", "batch_norm", "first_width", "batch", "optimiser", "init", "data",
    }  # fmt: skip
    assert "data" not in settings_of(request, [])


def test_a_race_is_named_in_a_line_by_what_is_not_usual_about_it():
    assert request_title(RunRequest(config=RACE)) == "56 layers, batch norm, seed 0"
    assert request_title(start_request(CHOICE)) == (
        "20 layers, width 32, no batch norm, xavier weights, adamw, learning rate 0.05, batch 128, seed 7"
    )


def test_the_fold_says_what_is_in_it_also_when_the_link_has_only_just_come(open_page):
    app = open_page("race", batch="128", batch_norm="false", init="nonsense")
    folds = [fold.label for fold in app.expander]
    assert "digits, batches of 128, 16 channels first, no batch norm, sgd, first weights kaiming" in folds
