"""The grid of what a network knows."""

from resnet_core.figures.photo.known import known_html


def test_the_grid_marks_the_answer_and_escapes_names():
    drawn = known_html([("a<b", ["x", "y&z"]), ("other", ["w"])], "x", "dark")
    assert "a&lt;b" in drawn
    assert "y&amp;z" in drawn
    assert drawn.count("border-left:4px") == 1
    assert "<b>x</b>" in drawn


def test_a_group_is_marked_as_a_class_is_and_nothing_where_nothing_is_sure():
    groups = [("bird", ["goose"]), ("dog", ["poodle"])]
    assert known_html(groups, "dog").count("border-left:4px") == 1
    assert known_html(groups).count("border-left:4px") == 0
