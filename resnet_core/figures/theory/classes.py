"""function_classes_drawing(): larger classes of functions that do and do not hold the smaller ones."""

from __future__ import annotations

from math import cos, hypot, radians, sin

from resnet_core.figures.changes import beside_each_other
from resnet_core.figures.svg import Drawing, Markup, drawing, tag, text
from resnet_core.figures.theme import THEMES, Theme

WIDTH, HEIGHT = 262, 222
# Centre, radii of F1 to F3: classes that drift past one another, and classes that hold each other.
DRIFTING = ((56, 144, 37, 27), (116, 111, 53, 36), (162, 172, 88, 41))
NESTED = ((88, 139, 34, 24), (99, 136, 65, 46), (112, 131, 102, 71))
TARGETS = ((182, 62), (228, 64))  # f*
CAPTIONS = ("The best of F3 is farther from f* than the best of F2.", "The best of each larger class is nearer to f*.")
Ellipse = tuple[float, float, float, float]
Point = tuple[float, float]


def nearest_in(ellipse: Ellipse, target: Point) -> Point:
    """The point of an ellipse (centre, radii) that is nearest to one outside: the best that training could find."""
    x, y, rx, ry = ellipse
    around = ((x + rx * cos(angle), y + ry * sin(angle)) for angle in (radians(half / 2) for half in range(720)))
    return min(around, key=lambda point: hypot(point[0] - target[0], point[1] - target[1]))


def function_classes_drawing(theme: str = "light") -> Markup:
    """Two SVGs beside each other, after Zhang et al., Dive into Deep Learning, figure 8.6.1: F1, F2, F3, the sought f*,
    and in each class the function that is nearest to it, which is what the best training could find.

    Args:
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    panels = (
        _panel(t, "Not nested: larger can be worse", DRIFTING, TARGETS[0], t.plain, "6 4"),
        _panel(t, "Nested: larger is never worse", NESTED, TARGETS[1], t.residual, None),
    )
    return beside_each_other(panels, CAPTIONS)


def _panel(
    t: Theme, heading: str, classes: tuple[Ellipse, ...], target: Point, colour: str, dash: str | None
) -> Drawing:
    shapes = [
        tag("ellipse", cx=cx, cy=cy, rx=rx, ry=ry, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dash)
        for cx, cy, rx, ry in classes
    ]
    clear = {"paint_order": "stroke", "stroke": t.page, "stroke_width": 5}  # of a line that passes behind a name
    names = [
        text(cx, cy + ry - 8, f"F{n}", t.ink, 14.5, "middle", **clear) for n, (cx, cy, _, ry) in enumerate(classes, 1)
    ]
    nearest = [nearest_in(one, target) for one in classes]
    ways = [
        tag("line", x1=px, y1=py, x2=target[0], y2=target[1], stroke=t.muted, stroke_width=1, stroke_dasharray="2 3")
        for px, py in nearest
    ]
    points = [tag("circle", cx=px, cy=py, r=4, fill=colour) for px, py in nearest]
    star = text(target[0] - 12, target[1] - 12, "f*, sought", t.ink, 14.5, "middle")
    dot = tag("rect", x=target[0] - 5, y=target[1] - 5, width=10, height=10, fill=t.ink)
    head = text(8, 18, heading, t.ink, 15, font_weight="600")
    title = f"{heading}. Three classes of functions, and the function of each that is nearest to f*."
    return drawing(WIDTH, HEIGHT, head, *shapes, *ways, *points, *names, dot, star, title=title)
