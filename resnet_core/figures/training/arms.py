"""How each arm of a race looks and what it is called, in every chart: colour, dash and mark all say which it is."""

from __future__ import annotations

from resnet_core.figures.theme import Theme

NAMES = {
    "plain": "plain", "residual": "residual", "residual_b": "projections", "preact": "pre-activation",
    "detached": "detached", "copy": "copy",
}  # fmt: skip
# The name of its colour in a theme, and its dash and mark as Plotly calls them.
LOOKS = {
    "plain": ("plain", "dash", "square"),
    "residual": ("residual", "solid", "circle"),
    "residual_b": ("projection", "dot", "diamond"),
    "preact": ("identity", "longdash", "triangle-up"),
    "detached": ("zero_pad", "dashdot", "x"),
    "copy": ("identity", "dot", "square"),
}


def arm_look(t: Theme, arm: str) -> tuple[str, str, str]:
    """Colour, dash and mark of an arm: a plain network is dashed with squares wherever it appears."""
    colour, dash, mark = named_look(arm)
    return str(getattr(t, colour)), dash, mark


def named_look(arm: str) -> tuple[str, str, str]:
    """The same, with the colour's name; an arm that is not known looks residual."""
    return LOOKS.get(arm, LOOKS["residual"])
