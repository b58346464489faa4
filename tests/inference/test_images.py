import contextlib
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from resnet_core.errors import ImageError
from resnet_core.inference.images import MAX_BYTES, MAX_SIDE, decode_image, open_image, to_rgb
from tests.hostile_files import BOMBS, NO_PICTURES, WHOLE, encode, hostile_files, photo, png_chunk, png_header

# Pillow may warn about a damaged file before it gives up on it; what counts is what the user is told.
lenient = pytest.mark.filterwarnings("ignore")


def test_the_corpus_has_at_least_sixty_files_of_which_some_are_pictures():
    words = [words for _, words in hostile_files().values()]
    assert len(words) >= 60
    assert 20 <= words.count(None) < len(words) - 40
    assert len({data for data, _ in hostile_files().values()}) == len(words), "no file twice"


@lenient
@pytest.mark.parametrize("name", hostile_files())
def test_every_hostile_or_odd_file_is_a_picture_or_a_sentence_that_fits(name):
    data, words = hostile_files()[name]
    if words is None:
        assert decode_image(data).mode == "RGB"
        return
    with pytest.raises(ImageError, match=f"(?s){words}") as caught:
        decode_image(data)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("kind", WHOLE)
def test_every_allowed_format_decodes_to_upright_rgb_without_metadata(kind):
    image = decode_image(WHOLE[kind])
    assert (image.mode, image.size, image.info) == ("RGB", (60, 40), {})
    if kind not in ("gif",):  # a palette changes colours
        difference = np.abs(np.asarray(image).astype(int) - np.asarray(photo()).astype(int)).mean()
        assert difference < 8, "another picture came out"


def test_lossless_formats_keep_every_pixel():
    for kind in ("png", "lossless webp", "bmp", "tiff", "compressed tiff"):
        assert np.array_equal(np.asarray(decode_image(WHOLE[kind])), np.asarray(photo())), kind


@lenient
@pytest.mark.parametrize("kind", BOMBS)
def test_a_picture_with_too_many_pixels_is_refused_by_its_header(kind):
    with pytest.raises(ImageError, match=r"too many.*50 megapixels"):
        decode_image(BOMBS[kind])


@lenient
def test_the_refusal_names_the_size_that_was_found():
    with pytest.raises(ImageError, match="10,000 x 10,000"):
        decode_image(png_header(10_000, 10_000) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b""))


@pytest.mark.parametrize("words", NO_PICTURES)
def test_a_file_that_is_no_picture_is_named_for_what_it_is(words):
    with pytest.raises(ImageError, match=words):
        decode_image(NO_PICTURES[words])


def test_a_refused_format_is_told_what_to_do_instead():
    with pytest.raises(ImageError, match="Save or export it as PNG, JPEG, WebP, BMP, GIF or TIFF"):
        decode_image(NO_PICTURES["an SVG drawing"])


def test_more_than_twenty_megabytes_are_refused_unread():
    with pytest.raises(ImageError, match=r"100\.0 MB; at most 20 MB"):
        decode_image(bytes(100 * 10**6))
    padded = WHOLE["png"] + bytes(MAX_BYTES - len(WHOLE["png"]))
    assert decode_image(padded).size == (60, 40), "20 MB are still read"


@lenient
@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_anywhere_is_a_sentence_or_the_whole_picture(kind):
    data = WHOLE[kind]
    for length in range(1, len(data), max(1, len(data) // 60)):
        try:
            image = decode_image(data[:length])
        except ImageError:
            continue
        assert (image.mode, image.size) == ("RGB", (60, 40))
        assert length > len(data) / 2, "half a file can't be a whole picture"


@lenient
@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_with_flipped_bytes_never_raises_anything_but_an_image_error(kind):
    generator = np.random.default_rng(0)
    for _ in range(150):
        data = bytearray(WHOLE[kind])
        for at in generator.integers(0, min(len(data), 400), size=3):
            data[at] = generator.integers(0, 256)
        with contextlib.suppress(ImageError):
            assert decode_image(bytes(data)).mode == "RGB"


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (1, 20_000), (20_000, 1), (2, 3000)])
def test_odd_shapes_decode_and_stay_within_the_longest_side(size):
    image = decode_image(encode(Image.new("RGB", size, "red")))
    assert max(image.size) == min(max(size), MAX_SIDE)
    assert min(image.size) >= 1
    assert image.getpixel((0, 0)) == (255, 0, 0)


def test_a_large_photo_is_scaled_down_keeping_its_proportions():
    for kind in ("JPEG", "PNG"):
        assert decode_image(encode(Image.new("RGB", (6000, 3000), "navy"), kind)).size == (4096, 2048)
    assert decode_image(encode(Image.new("RGB", (4096, 16)))).size == (4096, 16), "4096 is kept as it is"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_puts_the_red_quarter_where_the_camera_saw_it(kind, orientation):
    """EXIF 2.32, 4.6.4: where row 0 and column 0 of the stored picture lie in the scene."""
    rows_and_columns = {
        1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left",
        5: "top left", 6: "top right", 7: "bottom right", 8: "bottom left",
    }  # fmt: skip
    stored = Image.new("RGB", (64, 32), "blue")
    stored.paste("red", (0, 0, 32, 16))  # row 0, column 0
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = decode_image(encode(stored, kind, exif=exif))
    assert image.size == ((64, 32) if orientation < 5 else (32, 64))
    width, height = image.size
    corners = {
        f"{row} {column}": image.getpixel((x, y))
        for row, y in (("top", 4), ("bottom", height - 5))
        for column, x in (("left", 4), ("right", width - 5))
    }
    red = [place for place, (r, _, b) in corners.items() if r > 200 > 60 > b]
    assert red == [rows_and_columns[orientation]]
    assert not image.getexif()


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"rubbish", b"Exif\0\0MM\0*" + b"\xff" * 40]
)
@lenient
def test_broken_exif_does_not_cost_the_picture(exif):
    assert decode_image(encode(photo(), "JPEG", exif=exif)).size == (60, 40)


def test_transparency_is_laid_on_white():
    rgba = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    rgba.putpixel((1, 0), (0, 0, 255, 128))
    clear, half = (decode_image(encode(rgba)).getpixel((x, 0)) for x in (0, 1))
    assert clear == (255, 255, 255)
    assert half == pytest.approx((127, 127, 255), abs=1)


def test_a_transparent_palette_entry_is_white_in_png_and_gif():
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((0, 0), 1)
    for kind in ("PNG", "GIF"):
        image = decode_image(encode(palette, kind, transparency=0))
        assert image.getpixel((0, 0)) == (0, 255, 0), kind
        assert image.getpixel((3, 3)) == (255, 255, 255), kind
    alphas = decode_image(encode(palette, "PNG", transparency=b"\x80\xff"))
    assert alphas.getpixel((3, 3)) == pytest.approx((255, 127, 127), abs=1)


def test_grey_with_alpha_and_with_a_transparent_level_is_laid_on_white():
    assert decode_image(encode(Image.new("LA", (2, 2), (0, 0)))).getpixel((0, 0)) == (255, 255, 255)
    assert decode_image(encode(Image.new("L", (2, 2), 7), transparency=7)).getpixel((0, 0)) == (255, 255, 255)
    assert decode_image(encode(Image.new("RGB", (2, 2), (1, 2, 3)), transparency=(1, 2, 3))).getpixel((0, 0))[0] == 255


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_and_not_clipped(kind):
    values = np.array([[0, 257 * 10, 257 * 128, 65535]], dtype=np.uint16)
    image = decode_image(encode(Image.fromarray(values), kind))
    assert np.asarray(image)[0, :, 0].tolist() == [0, 10, 128, 255]


def test_sixteen_bit_colour_is_scaled_and_not_clipped():
    rows = b"".join(b"\0" + struct.pack(">HHH", 65535, 32768, 0) for _ in range(2))
    header = struct.pack(">IIBBBBB", 1, 2, 16, 2, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    assert decode_image(b"\x89PNG\r\n\x1a\n" + chunks).getpixel((0, 1)) == (255, 128, 0)


def test_float_and_32_bit_tiffs_are_stretched_over_their_own_range():
    for values in (np.array([[-1.0, 0.0, 1.0]], np.float32), np.array([[1000, 2000, 3000]], np.int32)):
        image = decode_image(encode(Image.fromarray(values), "TIFF"))
        assert np.asarray(image)[0, :, 1].tolist() == [0, 128, 255]
    flat = Image.fromarray(np.full((2, 2), np.nan, np.float32))
    assert to_rgb(flat).getpixel((0, 0)) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_the_colours_it_means(kind):
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    assert decode_image(encode(cyan, kind)).getpixel((8, 8)) == pytest.approx((0, 255, 255), abs=3)


@pytest.mark.parametrize("mode", ["1", "L"])
def test_black_and_white_and_grey_become_rgb(mode):
    image = decode_image(encode(Image.new(mode, (8, 8), 255)))
    assert (image.mode, image.getpixel((3, 3))) == ("RGB", (255, 255, 255))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken_and_said(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    image = decode_image(encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
    assert image.getpixel((4, 4)) == pytest.approx((255, 0, 0), abs=3)
    assert image.info == {"note": "Only the first frame of this animation is used."}


def test_of_a_document_the_first_page_is_taken_and_said():
    pages = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime")]
    image = decode_image(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert image.getpixel((4, 4)) == (255, 0, 0)
    assert "first page" in image.info["note"]


def test_a_phone_photo_with_a_depth_map_is_no_animation():
    mpo = encode(photo(), "MPO", save_all=True, append_images=[Image.new("L", (8, 8))])
    assert decode_image(mpo).info == {}


def test_the_name_of_a_file_decides_nothing(tmp_path):
    png, svg = tmp_path / "photo.svg", tmp_path / "drawing.png"
    png.write_bytes(WHOLE["png"])
    svg.write_bytes(NO_PICTURES["an SVG drawing"])
    assert open_image(png).size == (60, 40)
    with pytest.raises(ImageError, match=r"drawing\.png: This is an SVG drawing"):
        open_image(svg)


def test_a_path_that_is_no_readable_file_is_a_sentence(tmp_path):
    with pytest.raises(ImageError, match=r"none\.jpg can't be read"):
        open_image(tmp_path / "none.jpg")
    with pytest.raises(ImageError, match="is a folder, not a picture"):
        open_image(str(tmp_path))
    huge = tmp_path / "huge.bin"
    with huge.open("wb") as file:
        file.truncate(100 * 10**6)
    with pytest.raises(ImageError, match="more than 20 MB"):
        open_image(huge)
