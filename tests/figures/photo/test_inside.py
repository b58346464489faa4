"""The figures of the page Inside: maps as pictures, tiles, blocks, and time beside multiply-adds."""

from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import resnet_core as rc
from resnet_core.anatomy.tables.durations import duration_table, kind_duration_table, stage_duration_table
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.photo.maps import shades
from resnet_core.figures.theme import HEAT, THEMES
from resnet_core.inference.explain.lesion import BlockPart


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture
def photo():
    return Image.new("RGB", (32, 32), (200, 40, 40))


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def test_shades_run_from_one_end_of_the_ramp_to_the_other():
    colours = shades(np.array([0.0, 0.5, 1.0], np.float32), ("#000000", "#FF0000", "#FFFFFF"))
    assert colours.tolist() == [[0, 0, 0], [255, 0, 0], [255, 255, 255]]


def test_the_heat_scale_gets_lighter_at_every_step():
    sums = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(rgb, HEAT)]
    assert sums == sorted(sums)


def test_the_hottest_place_has_the_hot_colour_and_the_coldest_none_of_it(photo):
    heat = np.zeros((4, 4), np.float32)
    heat[:2, :2] = 3
    shown = np.asarray(rc.figures.overlay_picture(photo, heat, opacity=1.0, side=64))
    assert tuple(shown[4, 4]) == rgb(HEAT[-1])
    assert np.ptp(shown[60, 60].astype(int)) < 160  # the photo, its red faded
    assert shown[60, 60, 0] > shown[60, 60, 1]


def test_without_opacity_the_photo_is_what_the_network_sees(photo):
    shown = rc.figures.overlay_picture(photo, np.ones((2, 2), np.float32), opacity=0.0, side=64)
    assert shown.tobytes() == rc.figures.square_picture(photo, 64).tobytes()


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_map_with_nothing_above_zero_shows_no_heat(photo, value):
    flat = np.full((4, 4), value, np.float32)
    shown = np.asarray(rc.figures.overlay_picture(photo, flat, side=64))
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) == 1


def test_channels_share_one_scale(theme):
    maps = np.stack([np.full((2, 2), value, np.float32) for value in (0, 1, 4)])
    pixels = [one.getpixel((0, 0)) for one in rc.figures.channel_pictures(maps, 0, 4, theme)]
    t = THEMES[theme]
    assert pixels[0] == rgb(t.hairline)
    assert pixels[2] == rgb(t.stages[-2])
    assert pixels[1] not in (pixels[0], pixels[2])


def test_a_stage_without_any_output_has_channels_all_the_same():
    (one,) = rc.figures.channel_pictures(np.zeros((1, 2, 2), np.float32), 0, 0)
    assert one.getextrema() == tuple((value, value) for value in rgb(THEMES["light"].hairline))


def test_tiles_carry_their_captions_escaped_and_their_pictures(theme, photo):
    html = rc.figures.tiles_html([(photo, "<b>a's</b>"), (photo.resize((99, 99)), "b")], theme)
    assert "<b>" not in html
    assert html.count("<figure ") == html.count("<figcaption ") == 2
    assert "alt='&lt;b&gt;a&#x27;s&lt;/b&gt;'" in html
    assert html.count("data:image/png") == html.count("data:image/jpeg") == 1
    assert html.count("image-rendering:pixelated") == 1
    assert THEMES[theme].muted in html


def test_the_scale_names_its_ends(theme):
    for kind in ("heat", "channel"):
        root = ElementTree.fromstring(rc.figures.scale_drawing("none", "most", kind, theme))
        words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert words == ["none", "most"]


@pytest.fixture
def parts():
    shared = {"cosine": 0.1, "top_index": 0}
    return [
        BlockPart(path="layer1.0", shortcut="identity", branch_norm=3, shortcut_norm=4, probability=0.9, **shared),
        BlockPart(path="layer2.0", shortcut="zero_pad", branch_norm=5, shortcut_norm=2, probability=0.2, **shared),
    ]


def test_blocks_show_their_lengths_their_angle_and_their_lesion(parts, theme):
    figure, t = rc.figures.block_parts_figure(parts, "cat", 0.95, ["layer2.0"], theme), THEMES[theme]
    shortcut, branch, cosine, lesion = figure.data
    assert list(shortcut.x) == ["conv2_x.0", "conv3_x.0"]
    assert (list(shortcut.y), list(branch.y)) == ([4, 2], [3, 5])
    assert (list(cosine.y), list(lesion.y)) == ([0.1, 0.1], [0.9, 0.2])
    assert list(shortcut.marker.color) == [t.identity, t.zero_pad]
    assert list(shortcut.marker.pattern.shape) == ["", "/"]  # colour does not stand alone
    assert list(branch.marker.color) == [t.residual, "rgba(0,0,0,0)"]  # the one that is off is hollow
    assert figure.layout.shapes[0].y0 == 0.95
    assert figure.layout.yaxis3.range[0] == 0
    assert figure.layout.yaxis2.range == (-1, 1)


def placed(figure):
    """Each stage's name below the axis: where, and whether on the lower line."""
    return {note.text: (note.x, note.yshift == -40) for note in figure.layout.annotations if note.xref == "x3"}


def test_every_block_of_a_short_stage_has_its_number_and_each_stage_its_name(parts):
    figure = rc.figures.block_parts_figure(parts, "cat", 0.95)
    assert list(figure.layout.xaxis3.ticktext) == ["0", "0"]
    assert placed(figure) == {"conv2_x": (0, False), "conv3_x": (1, False)}


def test_fifty_blocks_have_every_fifth_number_and_no_two_names_touch():
    depths = (3, 8, 36, 3)  # resnet152
    paths = [f"layer{stage}.{block}" for stage, depth in enumerate(depths, 1) for block in range(depth)]
    one = {"shortcut": "identity", "branch_norm": 1, "shortcut_norm": 1, "cosine": 0, "probability": 1, "top_index": 0}
    figure = rc.figures.block_parts_figure([BlockPart(path=path, **one) for path in paths], "cat", 0.95)
    assert list(figure.layout.xaxis3.ticktext) == ["0", "0", "5", "0", "5", "10", "15", "20", "25", "30", "0"]
    names = {"conv2_x": (1, False), "conv3_x": (6.5, True), "conv4_x": (28.5, False), "conv5_x": (48, False)}
    assert placed(figure) == names


def test_blocks_have_the_names_of_the_stages():
    assert block_name("layer3.11") == "conv4_x.11"


def test_time_and_multiply_adds_stand_beside_each_other_from_zero(theme):
    trace = rc.walk_spec("cifar_resnet20")
    layers = duration_table(trace, {call.path: 1.0 for call in trace.calls})
    for table, column in ((stage_duration_table(layers), "stage"), (kind_duration_table(layers), "kind")):
        time, macs = rc.figures.durations_figure(table, column, theme).data
        assert list(time.x) == table["duration_share"].tolist()
        assert list(macs.x) == table["macs_share"].tolist()
        assert list(time.y) == list(macs.y) == table[column].tolist()
        assert time.text[0].startswith(f"{table['duration_ms'][0]:.1f}\u00a0ms, ")
        assert macs.text[0].endswith("of the MACs")
        assert macs.marker.color == "rgba(0,0,0,0)"  # hollow against filled
