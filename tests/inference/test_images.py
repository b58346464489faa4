import contextlib
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from resnet_core.errors import ImageError
from resnet_core.inference.classifier import read_image
from resnet_core.inference.filetypes import ENDINGS, READ_FORMATS
from resnet_core.inference.images import MAX_BYTES, MAX_SIDE, decode_image, open_image, to_rgb
from resnet_core.inference.jpeg_markers import read_markers
from resnet_core.inference.limits import MAX_SCANS
from tests.hostile_files import (
    BOMBS,
    NO_PICTURES,
    WHOLE,
    encode,
    hostile_files,
    jpeg_of_scans,
    photo,
    png_chunk,
    png_header,
    with_text,
)  # fmt: skip

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


def float_photo(spoil=lambda values: None, dtype=np.float32):
    """The photo's green channel as a float TIFF, after `spoil` changed its values."""
    values = np.asarray(photo(200, 150))[:, :, 1].astype(dtype)
    spoil(values)
    return decode_image(encode(Image.fromarray(values), "TIFF"))


def put(place, value):
    return lambda values: values.__setitem__(place, value)


@pytest.mark.parametrize(
    "spoil",
    [
        put((3, 4), np.inf), put((3, 4), -np.inf), put((3, 4), np.nan), put((3, 4), 60 * 255),
        put((slice(60), slice(60)), -9999), put((slice(60), slice(60)), -3.4e38), put((slice(60), slice(60)), 1e20),
    ],
    ids=["inf", "-inf", "nan", "hot pixel", "nodata", "lowest float", "a high mark"],
)  # fmt: skip
def test_a_float_picture_with_odd_values_keeps_all_others_and_says_so(spoil):
    whole, spoilt = float_photo(), float_photo(spoil)
    unspoilt = np.s_[60:]
    assert np.array_equal(np.asarray(whole)[unspoilt], np.asarray(spoilt)[unspoilt])
    assert "lie outside or hold no number" in spoilt.info["note"]
    assert "lie outside" not in whole.info["note"]


def test_a_float_picture_without_odd_values_reaches_from_black_to_white():
    values = np.asarray(photo(200, 150))[:, :, 1]
    stretched = (values - values.min()) * (255 / (values.max() - values.min()))
    assert np.abs(np.asarray(float_photo())[:, :, 0] - stretched).max() <= 0.5
    assert f"0 is shown as black, {values.max()} as white" in float_photo().info["note"]


def test_a_picture_of_two_levels_keeps_both():
    mask = np.zeros((50, 50), np.float32)
    mask[20:24, 20:24] = 1000
    assert np.unique(np.asarray(decode_image(encode(Image.fromarray(mask), "TIFF")))).tolist() == [0, 255]


def test_a_large_deep_picture_is_read_by_strips_as_a_small_one_is():
    ramp = np.tile(np.linspace(0, 65535, 3000).astype(np.uint16), (2500, 1))
    image = decode_image(encode(Image.fromarray(ramp), "TIFF"))
    assert np.array_equal(np.asarray(image)[:, :, 0], np.rint(ramp / 257.0).astype(np.uint8))


def test_twelve_bits_kept_in_sixteen_are_told():
    values = np.linspace(0, 4095, 64).astype(np.uint16).reshape(8, 8)
    assert "4,095 of 65,535" in decode_image(encode(Image.fromarray(values))).info["note"]
    assert decode_image(encode(Image.fromarray(values * 16))).info == {}


@pytest.mark.parametrize("kind", ["jpeg", "progressive jpeg"])
def test_a_jpeg_without_its_last_two_bytes_is_whole_and_without_a_tenth_is_not(kind):
    data = WHOLE[kind]
    assert np.array_equal(np.asarray(decode_image(data[:-2])), np.asarray(decode_image(data)))
    for length in range(len(data) // 2, len(data) * 9 // 10):
        with pytest.raises(ImageError, match="damaged"):
            decode_image(data[:length])


def test_a_progressive_jpeg_is_no_whole_picture_before_its_last_scan():
    data = WHOLE["progressive jpeg"]
    scans = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
    for at in scans[1:]:
        with pytest.raises(ImageError, match="damaged or incomplete"):
            decode_image(data[:at])


def test_scans_are_counted_between_the_markers_of_the_picture_itself():
    assert read_markers(WHOLE["jpeg"]) == (1, True, True)
    assert read_markers(WHOLE["progressive jpeg"]) == (10, True, True)
    trailer = b"\xff\xda\x00\x08" * 5000  # as it may occur in a film behind a photo
    assert read_markers(WHOLE["jpeg"] + trailer).scans == 1
    within_exif = encode(photo(), "JPEG", exif=b"Exif\0\0" + b"\xff\xda" * 5000)
    assert read_markers(within_exif).scans == 1
    assert decode_image(WHOLE["jpeg"] + trailer).size == (60, 40)


@pytest.mark.parametrize("between", [b"", b"\xff\xff\xff", b"\xff\x01", b"\x00\x12\x34", b"\xff\xd3"])
def test_no_filling_between_scans_hides_them(between):
    data = jpeg_of_scans(20)
    padded = data.replace(b"\xff\xda", between + b"\xff\xda")
    assert read_markers(padded).scans == 20


def test_a_jpeg_of_as_many_scans_as_are_allowed_is_read_and_one_more_is_not():
    assert decode_image(jpeg_of_scans(MAX_SCANS)).size == (60, 40)
    with pytest.raises(ImageError, match="more than 100 passes"):
        decode_image(jpeg_of_scans(MAX_SCANS + 1))


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt", "iCCP"])
def test_a_large_text_costs_a_png_no_pixel(kind):
    assert np.array_equal(np.asarray(decode_image(with_text(kind))), np.asarray(photo()))


def test_small_texts_stay_with_a_large_one_beside_them():
    """Programs keep the orientation in such a text, where there is no EXIF."""
    turned = b'XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation="6"/>'
    data = with_text("zTXt")
    assert decode_image(data[:33] + png_chunk(b"iTXt", turned) + data[33:]).size == (40, 60)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
def test_colours_of_another_profile_become_srgbs(kind):
    """Closed form: a profile with red and blue exchanged means the exchanged colour."""
    data = encode(Image.new("RGB", (16, 16), (200, 90, 30)), kind, icc_profile=exchanged_profile())
    assert decode_image(data).getpixel((8, 8)) == pytest.approx((30, 90, 200), abs=6 if kind != "PNG" else 2)
    assert decode_image(data).info == {}


def test_a_transparent_picture_with_a_profile_keeps_its_white_and_its_colour():
    rgba = Image.new("RGBA", (2, 1), (200, 90, 30, 255))
    rgba.putpixel((1, 0), (0, 0, 0, 0))
    image = decode_image(encode(rgba, icc_profile=exchanged_profile()))
    assert image.getpixel((0, 0)) == pytest.approx((30, 90, 200), abs=2)
    assert image.getpixel((1, 0)) == pytest.approx((255, 255, 255), abs=1)


def test_srgb_itself_changes_no_pixel_and_a_broken_profile_says_so():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(np.asarray(decode_image(encode(photo(), icc_profile=srgb))), np.asarray(photo()))
    for broken in (b"no profile", srgb[:200]):
        image = decode_image(encode(photo(), icc_profile=broken))
        assert np.array_equal(np.asarray(image), np.asarray(photo()))
        assert image.info == {"note": "Its colour profile can't be used, so its colours are shown without it."}


def test_a_first_frame_that_covers_a_part_lies_on_white():
    data = bytearray(encode(Image.new("P", (4, 4), 1), "GIF"))
    at = data.index(b",\0\0\0\0")
    data[6:10] = struct.pack("<HH", 10, 8)  # the screen
    data[at + 1 : at + 5] = struct.pack("<HH", 3, 2)  # where the frame lies
    image = decode_image(bytes(data))
    assert image.size == (10, 8)
    assert image.getpixel((0, 0)) == (255, 255, 255)
    inside = np.asarray(image)[2:6, 3:7]
    assert (inside == inside[0, 0]).all()
    assert inside[0, 0].tolist() != [255, 255, 255]


def test_every_ending_belongs_to_a_format_that_is_read():
    known = Image.registered_extensions() | {".jpe": "JPEG"}
    for kind, endings in READ_FORMATS.items():
        assert {known.get(ending, kind) for ending in endings} <= {kind, "MPO"}
    assert {".jfif", ".jpg", ".tif", ".png"} < set(ENDINGS)
    assert len(set(ENDINGS)) == len(ENDINGS)


def exchanged_profile():
    """sRGB with the tags of red's and blue's colorants exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"?XYZ", b"bXYZ", 1)


@pytest.mark.parametrize("orientation", [1, 2, 3, 6, 8])
def test_an_opened_picture_is_turned_and_coloured_as_its_bytes_are(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(photo(), "PNG", exif=exif, icc_profile=exchanged_profile())
    with Image.open(BytesIO(data)) as opened:
        for image in (opened, opened.convert("RGB")):  # a converted one still carries both
            before = image.copy()
            assert np.array_equal(np.asarray(read_image(image)), np.asarray(decode_image(data)))
            assert image.info == before.info
            assert np.array_equal(np.asarray(image), np.asarray(before))
    turned = ImageOps.exif_transpose(Image.open(BytesIO(encode(photo(), "PNG", exif=exif))))
    assert read_image(turned).tobytes() == turned.tobytes()  # turned already, and says nothing more


def test_an_opened_picture_with_a_broken_profile_says_so_as_its_bytes_do():
    data = encode(photo(), "PNG", icc_profile=b"no profile")
    with Image.open(BytesIO(data)) as opened:
        assert read_image(opened).info == decode_image(data).info != {}
