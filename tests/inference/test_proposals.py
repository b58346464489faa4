"""What a network is proposed to be shown: what it names best, and nothing that may not be named."""

from resnet_core.inference.proposals import proposals
from resnet_core.weights.grouping import Group, Grouping

CLASSES = ("pizza", "wok", "pig bank", "iPod", "alp")
GROUPING = Grouping(
    groups=(
        Group("food or drink", "food", (0,)), Group("kitchen thing", "a kitchen thing", (1,)),
        Group("electronic device", "a device", (2, 3)), Group("landscape", "a landscape", (4,)),
    ),
    said=("a pizza", "a wok", "a pig bank", "an iPod", "an alp"), sure_class=0.8, sure_group=0.7, guarded=(2,),
)  # fmt: skip


def test_each_place_gets_what_is_named_best_and_no_guarded_name():
    accuracy = {"pizza": 40.0, "wok": 60.0, "pig bank": 99.0, "iPod": 50.0, "alp": 70.0}
    assert proposals(GROUPING, CLASSES, accuracy) == {
        "on a desk": ("an iPod",), "in a kitchen": ("a wok", "a pizza"),
    }  # fmt: skip
    assert proposals(GROUPING, CLASSES, accuracy, count=1)["in a kitchen"] == ("a wok",)


def test_what_was_not_measured_is_not_proposed():
    assert proposals(GROUPING, CLASSES, {"wok": 60.0}) == {"in a kitchen": ("a wok",)}
