"""Draws the sample pictures into resnet_core/data/samples: `python tools/draw_samples.py`."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

SIZE = 256
SCALE = 4  # drawn larger and scaled down, for smooth edges
SAMPLES = Path(__file__).resolve().parents[1] / "resnet_core" / "data" / "samples"


def airplane() -> Image.Image:
    """An airliner from the side, in the sky."""
    image, draw = _canvas(top=(96, 156, 220), bottom=(206, 228, 246))
    _shape(draw, (184, 196, 206), [(112, 132), (60, 196), (84, 198), (150, 138)])  # far wing
    _shape(draw, (236, 240, 244), [(20, 120), (36, 112), (206, 108), (238, 122), (206, 138), (44, 136)])  # fuselage
    _shape(draw, (208, 216, 224), [(100, 120), (146, 122), (104, 214), (78, 214)])  # near wing
    _shape(draw, (198, 62, 54), [(28, 118), (18, 68), (44, 70), (70, 114)])  # fin
    _shape(draw, (208, 216, 224), [(26, 122), (64, 122), (34, 146), (14, 146)])  # tailplane
    for x in range(84, 200, 14):
        _ellipse(draw, (70, 96, 128), x, 116, 3, 3)
    _shape(draw, (60, 84, 116), [(210, 112), (224, 116), (212, 120)])  # cockpit
    return _finish(image)


def car() -> Image.Image:
    """A red saloon car on a road."""
    image, draw = _canvas(top=(190, 206, 218), bottom=(222, 226, 228))
    _box(draw, (104, 108, 112), 0, 176, SIZE, SIZE)  # road
    _ellipse(draw, (72, 76, 80), 128, 198, 108, 12)  # shadow
    _shape(draw, (186, 36, 40), [(62, 128), (94, 84), (168, 84), (204, 128)])  # roof
    _shape(draw, (206, 44, 46), [(18, 140), (34, 124), (218, 126), (240, 146), (240, 180), (18, 180)])  # body
    _shape(draw, (150, 194, 214), [(76, 126), (100, 92), (128, 92), (128, 126)])
    _shape(draw, (150, 194, 214), [(136, 126), (136, 92), (164, 92), (190, 126)])
    for x in (72, 188):
        _ellipse(draw, (28, 30, 34), x, 182, 26, 26)
        _ellipse(draw, (170, 174, 178), x, 182, 13, 13)
    _ellipse(draw, (250, 232, 160), 232, 150, 7, 6)
    return _finish(image)


def ship() -> Image.Image:
    """A steamer at sea."""
    image, draw = _canvas(top=(150, 190, 224), bottom=(222, 234, 242))
    _box(draw, (34, 84, 132), 0, 168, SIZE, SIZE)  # sea
    _box(draw, (236, 238, 240), 70, 108, 186, 140)  # decks
    _box(draw, (220, 224, 228), 88, 84, 168, 110)
    _box(draw, (196, 60, 48), 112, 50, 132, 86)  # funnel
    _box(draw, (34, 38, 44), 112, 50, 132, 60)
    _shape(draw, (38, 46, 60), [(18, 134), (238, 134), (210, 190), (48, 190)])  # hull
    _shape(draw, (160, 44, 40), [(40, 176), (218, 176), (210, 190), (48, 190)])
    for x in range(80, 184, 16):
        _ellipse(draw, (60, 84, 110), x, 122, 4, 4)
    for y in range(190, SIZE, 18):
        _box(draw, (56, 110, 160), 0, y, SIZE, y + 4)  # waves
    return _finish(image)


def _canvas(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A picture that fades from one colour at the top to another at the bottom."""
    side = SIZE * SCALE
    ramp = Image.linear_gradient("L").resize((side, side))
    image = Image.composite(Image.new("RGB", ramp.size, bottom), Image.new("RGB", ramp.size, top), ramp)
    return image, ImageDraw.Draw(image)


def _shape(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int], corners: list[tuple[int, int]]) -> None:
    draw.polygon([(x * SCALE, y * SCALE) for x, y in corners], fill=colour)


def _box(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int], *box: int) -> None:
    draw.rectangle([v * SCALE for v in box], fill=colour)


def _ellipse(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int], x: int, y: int, rx: int, ry: int) -> None:
    draw.ellipse([v * SCALE for v in (x - rx, y - ry, x + rx, y + ry)], fill=colour)


def _finish(image: Image.Image) -> Image.Image:
    return image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


DRAWINGS = {"airplane": airplane, "car": car, "ship": ship}

if __name__ == "__main__":
    for name, draw_picture in DRAWINGS.items():
        draw_picture().save(SAMPLES / f"{name}.png", optimize=True)
