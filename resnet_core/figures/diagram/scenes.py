"""diagram_svg() and diagram_payload(): a network at three levels, as a picture and as data for the browser."""

from __future__ import annotations

from collections.abc import Collection
from textwrap import wrap
from typing import Any

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.tables.parts import Part, find_part, part_tree, runs_of
from resnet_core.anatomy.tables.remarks import left_out
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError
from resnet_core.figures import svg
from resnet_core.figures.diagram.chain import chain_scene
from resnet_core.figures.diagram.marks import Scene, as_svg, palette, rect, words
from resnet_core.figures.diagram.network import network_scene
from resnet_core.figures.diagram.rows import MOST_IN_A_ROW, list_scene
from resnet_core.figures.diagram.stage import stage_scene
from resnet_core.figures.diagram.ways import fits_a_chain, shown_parts
from resnet_core.figures.diagram.words import formulas, kind_of, label
from resnet_core.models.spec import ModelSpec
from resnet_core.notation import of_one

LETTER, LINE, ABOVE = 7.7, 18.0, 10.0  # pixels: of a letter at most, from line to line, and above the first


def diagram_svg(
    network: Trace | ModelSpec | str, theme: str = "light", at: str = "", *,
    narrow: bool = False, beside: Trace | None = None, marked: Collection[str] = (), unit: str = "MACs",
) -> svg.Drawing:  # fmt: skip
    """A network, one of its stages or one of its blocks as a standalone SVG.

    Args:
        network: a trace (of any module), a spec, or a name from the catalogue.
        theme: "light" or "dark".
        at: path of the part to draw, e.g. "layer3" or "layer3.20"; the whole network without it.
        narrow: top to bottom, for a phone or a column of text.
        beside: another network to share the scale with, where both whole networks are shown.
        marked: paths of parts to set off, for example those that differ.
        unit: of the work, "MACs" or "FLOPs".

    Below a whole network stands what its numbers leave out, if anything.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: for a path that leads to no part with parts of its own, and for a trace without calls.
    """
    trace = network if isinstance(network, Trace) else walk_spec(network)
    if not trace.calls:
        raise InvalidSpecError(
            f"{trace.name} calls no layer that can be drawn. Modules are seen, and what joins them: give a "
            "step that should be drawn its own, for example nn.ReLU() for functional.relu."
        )
    whole = part_tree(trace)
    part = find_part(whole, at)
    if part is None or not part.children:
        raise InvalidSpecError(f"at={at!r} is no part of {trace.name} that opens. {_what_opens(whole)}")
    other = part_tree(beside) if beside and part is whole else None
    scene = scene_of(part, narrow=narrow, beside=other, unit=unit)
    shown = shown_parts(part)
    areas = [rect(*d.area, "surface", "residual", 6) for d in scene.drawn if shown[d.part].path in marked]
    missing = "" if at else left_out(trace)
    below = wrap(missing, int(scene.width / LETTER)) if missing else []
    height = scene.height + (LINE * len(below) + ABOVE if below else 0)
    notes = [words(8, scene.height + ABOVE + LINE * n, line, "muted", 14, "start") for n, line in enumerate(below)]
    marks = [*areas, *scene.behind, *(mark for drawn in scene.drawn for mark in drawn.marks), *notes]
    back = svg.rect(0, 0, scene.width, height, palette(theme)["page"], rx=0)
    said = label(part, unit).split(". Enter")[0]
    title = f"{trace.name}, {said}" if at else " ".join(filter(None, (said, missing and f". {missing}")))
    return svg.drawing(scene.width, height, back, as_svg(marks, theme), title=title, max_width=1100)


def _what_opens(whole: Part) -> str:
    paths = [child.path for child in whole.children if child.children]
    inside = next((deep.path for child in whole.children for deep in child.children if deep.children), "")
    shown = ", ".join(paths[:12]) + (", ..." if len(paths) > 12 else "")
    return f"These do: {shown}" + (f"; and inside them, for example, {inside}." if inside else ".") if paths else ""


def scene_of(part: Part, *, narrow: bool = False, beside: Part | None = None, unit: str = "MACs") -> Scene:
    """The drawing of one level: of a network its stages, of a stage its blocks, of a block its layers.

    What is long and has neither blocks nor a shortcut is listed in rows.
    """
    if not part.blocks and part.arcs:
        return (chain_scene if fits_a_chain(part) else list_scene)(part, narrow=narrow, unit=unit)
    if _is_long(part):
        return list_scene(part, narrow=narrow, unit=unit)
    if part.level == "network":
        return network_scene(part, narrow=narrow, beside=beside, unit=unit)
    return (stage_scene if part.blocks else chain_scene)(part, narrow=narrow, unit=unit)


def _is_long(part: Part) -> bool:
    blocks = any(child.blocks for child in (part, *part.children))
    return len(part.children) > MOST_IN_A_ROW and not blocks


def diagram_payload(trace: Trace, unit: str = "MACs") -> dict[str, Any]:
    """All levels of a network as compact data: what the browser draws, says and opens without asking again.

    Keys: `name`; `places`, path -> [scene, prefix of its parts' paths, name, path of the place above]; `scenes`,
    number -> `wide` and `narrow` geometry and `parts`, each [path behind the prefix, name, label, opens, formulas, how
    many blocks each of its boxes stands for].
    Blocks that do the same share one scene.
    """
    whole = part_tree(trace)
    scenes: list[dict[str, Any]] = []
    known: dict[object, int] = {}
    places: dict[str, list[Any]] = {}
    _collect(trace, whole, "", unit, scenes, known, places)
    return {"name": trace.name, "places": places, "scenes": scenes}


def _collect(
    trace: Trace, part: Part, above: str, unit: str, scenes: list[dict[str, Any]], known: dict[object, int],
    places: dict[str, list[Any]],
) -> None:  # fmt: skip
    key = (part.level, part.signature) if part.level in ("block", "module") else part.path
    if key not in known:
        known[key] = len(scenes)
        scenes.append(_scene(trace, part, unit))
    places[part.path] = [known[key], _prefix(part), part.name, above, f"{kind_of(part)}, {_flow(part)}"]
    for child in part.children:
        if child.children and not part.on_side(child):
            _collect(trace, child, part.path, unit, scenes, known, places)


def _prefix(part: Part) -> str:
    inside = all(child.path.startswith(f"{part.path}.") for child in part.children)
    return f"{part.path}." if inside else ""


def _flow(part: Part) -> str:
    return f"{of_one(part.input_shape)} → {of_one(part.output_shape)}"


def _scene(trace: Trace, part: Part, unit: str) -> dict[str, Any]:
    cut = len(_prefix(part))
    parts = [
        [
            child.path[cut:],
            child.name,
            label(child, unit),
            bool(child.children),
            [_flow(child), *formulas(trace, child, unit)],
            [len(run) for run in runs_of(child.blocks)],
        ]
        for child in shown_parts(part)
    ]
    return {
        "parts": parts,
        **{("narrow" if n else "wide"): _geometry(scene_of(part, narrow=n, unit=unit)) for n in (False, True)},
    }


def _geometry(scene: Scene) -> list[Any]:
    drawn = [[d.part, [round(n, 1) for n in d.area], d.marks] for d in scene.drawn]
    return [round(scene.width, 1), round(scene.height, 1), scene.behind, drawn]


def nearest_place(payload: dict[str, Any], path: str) -> str:
    """The place at `path`, or the nearest above it that is there."""
    while path not in payload["places"]:
        path = path.rpartition(".")[0]
    return path


def place_of_layer(payload: dict[str, Any], layer: str) -> str:
    """The place whose drawing shows a layer, e.g. "layer3.20" for "layer3.20.conv2"."""
    places: dict[str, list[Any]] = payload["places"]
    for path, (number, prefix, *_) in places.items():
        shown = (prefix + suffix for suffix, _, _, opens, *_ in payload["scenes"][number]["parts"] if not opens)
        if layer.startswith(prefix) and layer in shown:
            return path
    return ""
