import contextlib
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from resnet_core.errors import ImageError
from resnet_core.inference.images import MAX_BYTES, MAX_SIDE, decode_image, open_image, to_rgb

# Pillow may warn about a damaged file before it gives up on it; what counts is what the user is told.
lenient = pytest.mark.filterwarnings("ignore")


def encode(image, kind="PNG", **options):
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(width=60, height=40, mode="RGB"):
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x + y) % 256], -1).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)


def bmp_header(width, height):
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)


def gif_header(width, height):
    screen, frame = struct.pack("<HHBBB", width, height, 0, 0, 0), struct.pack("<HHHHB", 0, 0, width, height, 0)
    return b"GIF89a" + screen + b"," + frame + b"\x08\x00;"


def tiff_header(width, height):
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200), (277, 3, 1)]
    tags += [(278, 4, height), (279, 4, width * height % 2**32)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0)


def jpeg_resized_in_header(width, height):
    data = bytearray(encode(photo(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


WHOLE = {
    "png": encode(photo()),
    "jpeg": encode(photo(), "JPEG"),
    "progressive jpeg": encode(photo(), "JPEG", progressive=True),
    "webp": encode(photo(), "WEBP"),
    "lossless webp": encode(photo(), "WEBP", lossless=True),
    "bmp": encode(photo(), "BMP"),
    "gif": encode(photo(), "GIF"),
    "tiff": encode(photo(), "TIFF"),
    "compressed tiff": encode(photo(), "TIFF", compression="tiff_lzw"),
}

BOMBS = {
    "png": png_header(10_000, 10_000) + png_chunk(b"IDAT", zlib.compress(bytes(1000))) + png_chunk(b"IEND", b""),
    "png of 4 gigapixels": png_header(65_000, 65_000) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b""),
    "png, wide": png_header(2**31 - 1, 1) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b""),
    "bmp": bmp_header(30_000, 30_000),
    "gif": gif_header(65_000, 65_000),
    "gif with a frame larger than its screen": gif_header(65_000, 65_000).replace(
        b"GIF89a\xe8\xfd\xe8\xfd", b"GIF89a\1\0\1\0"
    ),
    "tiff": tiff_header(40_000, 40_000),
    "jpeg": jpeg_resized_in_header(60_000, 60_000),
}

# What people upload in error, and the words that must tell them so.
NO_PICTURES = {
    "an SVG drawing": b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "SVG drawing": b'\xef\xbb\xbf<svg width="9" height="9">',
    "a PDF document": b"%PDF-1.7\n" + bytes(100),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "a web page": b"<!DOCTYPE html><html><body>404</body></html>",
    "an XML document": b'<?xml version="1.0"?><note/>',
    "a ZIP archive": b"PK\x03\x04" + bytes(50),
    "a gzip archive": b"\x1f\x8b\x08" + bytes(50),
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "AVIF": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1",
    "a film": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2",
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(50),
    "JPEG XL": b"\xff\x0a" + bytes(50),
    "a Photoshop document": b"8BPS\0\x01" + bytes(50),
    "a Windows icon": b"\0\0\x01\0\x01\0" + bytes(50),
    "a program": b"\x7fELF\x02\x01" + bytes(50),
    "a sound recording": b"RIFF\x24\0\0\0WAVEfmt ",
    "a text": b"hello, this is no picture\n",
    "not a picture in a format we know": bytes(range(256)) * 4,
    "header is damaged": b"\x89PNG\r\n\x1a\n",
    "begins like a JPEG": b"\xff\xd8\xff\xe0",
    "is empty": b"",
}


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
    with pytest.raises(ImageError, match="can't be read"):
        open_image(str(tmp_path))
    huge = tmp_path / "huge.bin"
    with huge.open("wb") as file:
        file.truncate(100 * 10**6)
    with pytest.raises(ImageError, match="more than 20 MB"):
        open_image(huge)
