"""A corpus of hostile and odd files, each with the words that must answer it, or None where it is a picture after all.

The API sees all of them, the command line all of them in one run, a page a handful.
"""

import struct
import zlib
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms, features

LARGE = 100 * 10**6


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


def jpeg_of_scans(scans, width=60, height=40):
    """A progressive JPEG whose last scan comes again and again, drawn on as many pixels as its header says."""
    data = bytearray(encode(photo(), "JPEG", progressive=True))
    at = data.index(b"\xff\xc2")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    last = data.rindex(b"\xff\xda")
    again = data[last : last + 12]
    return bytes(data[:-2] + again * (scans - data.count(b"\xff\xda")) + b"\xff\xd9")


def with_text(kind):
    """A PNG with a text or profile of 1.1 MB unpacked, which takes a kilobyte packed."""
    chunk = {
        "tEXt": b"XML\0" + b"y" * 1_100_000,
        "zTXt": b"XML\0\0" + zlib.compress(b"y" * 1_100_000),
        "iTXt": b"XML\0\1\0\0\0" + zlib.compress(b"y" * 1_100_000),
        "iCCP": b"profile\0\0" + zlib.compress(b"y" * 1_100_000),
    }[kind]
    return WHOLE["png"][:33] + png_chunk(kind.encode(), chunk) + WHOLE["png"][33:]


def png_of_text_bombs():
    """Twelve megabytes of texts that unpack to twelve gigabytes."""
    bomb = png_chunk(b"zTXt", b"XML\0\0" + zlib.compress(bytes(10**6), 9))
    return WHOLE["png"][:33] + bomb * (12 * 10**6 // len(bomb)) + WHOLE["png"][33:]


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
if features.check("avif"):
    WHOLE["avif"] = encode(photo(), "AVIF", speed=10)

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
    "an AVIF|AVIF picture": b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif",
    "a HEIC": b"\0\0\0\x1cftypmsf1\0\0\0\0msf1hevc",
    "a HEIF picture": b"\0\0\0\x18ftypmsf1\0\0\0\0msf1iso8",
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

TRUNCATED = "damaged or incomplete|header is damaged"
NO_PICTURE_AT_ALL = "not a picture in a format we know"


def cut_at_each_block():
    """Each PNG chunk and JPEG segment ends once where it begins, and once in its middle."""
    png, jpeg = WHOLE["png"], WHOLE["jpeg"]
    chunks = [png.index(kind) for kind in (b"IHDR", b"IDAT")]
    segments = [jpeg.index(marker) for marker in (b"\xff\xdb", b"\xff\xc0", b"\xff\xc4", b"\xff\xda")]
    for data, places, kind in ((png, chunks, "png"), (jpeg, segments, "jpeg")):
        for at in places:
            yield f"{kind} cut at byte {at}", data[:at]
            yield f"{kind} cut at byte {at + 9}", data[: at + 9]


def rotated(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(photo(), "JPEG", exif=exif)


def transparent_palette(kind):
    palette = Image.new("P", (16, 16), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    return encode(palette, kind, transparency=0)


def cmyk_with_a_profile():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encode(photo(mode="CMYK"), "JPEG", icc_profile=profile)


def deep(kind):
    return encode(Image.fromarray(np.arange(0, 65536, 64, dtype=np.uint16).reshape(32, 32)), kind)


def animated(kind):
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def odd_pictures():
    """Strange, and still pictures."""
    for size in ((1, 1), (1, 20_000), (20_000, 1), (3, 2000)):
        yield f"{size[0]}x{size[1]}", encode(Image.new("RGB", size, "red"))
    for orientation in range(1, 9):
        yield f"turned {orientation}", rotated(orientation)
    for kind in ("PNG", "GIF"):
        yield f"transparent palette {kind}", transparent_palette(kind)
    yield "cmyk with a profile", cmyk_with_a_profile()
    yield "cmyk tiff", encode(photo(mode="CMYK"), "TIFF")
    for kind in ("PNG", "TIFF"):
        yield f"16 bit {kind}", deep(kind)
    for kind in ("GIF", "WEBP", "PNG"):
        yield f"animated {kind}", animated(kind)
    yield "rubbish for exif", encode(photo(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    yield "rubbish at the end", WHOLE["png"] + b"\0" * 1000
    yield "black and white", encode(photo(mode="1"))
    yield "clear", encode(Image.new("RGBA", (20, 20), (0, 0, 0, 0)))
    yield "without its last two bytes", WHOLE["jpeg"][:-2]
    yield "progressive without its last two bytes", WHOLE["progressive jpeg"][:-2]
    for kind in ("tEXt", "zTXt", "iTXt", "iCCP"):
        yield f"large {kind}", with_text(kind)
    yield "text bombs", png_of_text_bombs()
    yield "broken profile", encode(photo(), "JPEG", icc_profile=b"no profile")
    yield "32 bit float", encode(Image.fromarray(np.full((8, 8), np.nan, np.float32)), "TIFF")


def wrong_magic():
    """The beginning of one format with the body of another."""
    yield "png begins a jpeg", WHOLE["png"][:8] + WHOLE["jpeg"][8:], "header is damaged|damaged or incomplete"
    yield "jpeg begins a png", WHOLE["jpeg"][:4] + WHOLE["png"][4:], TRUNCATED
    yield "gif begins a bmp", WHOLE["gif"][:6] + WHOLE["bmp"][6:], f"{TRUNCATED}|too many"
    yield "no beginning", b"\0" * 8 + WHOLE["png"][8:], NO_PICTURE_AT_ALL


@cache
def hostile_files():
    """name -> (bytes, words of the sentence that answers it, or None for a picture)."""
    files = {f"whole {name}": (data, None) for name, data in WHOLE.items()}
    files |= {f"odd, {name}": (data, None) for name, data in odd_pictures()}
    files |= {f"bomb, {name}": (data, r"too many.*50 megapixels") for name, data in BOMBS.items()}
    files |= {f"no picture, {words}": (data, words) for words, data in NO_PICTURES.items()}
    files |= {f"{name} cut to a half": (data[: len(data) // 2], TRUNCATED) for name, data in WHOLE.items()}
    files |= {name: (data, TRUNCATED) for name, data in cut_at_each_block()}
    files |= {name: (data, words) for name, data, words in wrong_magic()}
    files["jpeg of 4,006 scans"] = (jpeg_of_scans(4006, 8192, 6144), "more than 100 passes")
    return files | {"100 MB": (bytes(LARGE), "at most 20 MB|more than 20 MB")}


def large(kind, mode, side=(8192, 6144), **options):
    return encode(Image.new(mode, side), kind, **options)


# Within the bounds, and as costly as can be: name -> what makes the file, for that takes seconds.
COSTLY = {
    "jpeg of 100 scans": lambda: jpeg_of_scans(100, 8192, 6144),
    "progressive cmyk jpeg": lambda: large("JPEG", "CMYK", progressive=True),
    "rgba png": lambda: large("PNG", "RGBA"),
    "grey and alpha png": lambda: large("PNG", "LA"),
    "palette png": lambda: large("PNG", "P"),
    "16 bit png": lambda: large("PNG", "I;16"),
    "float tiff": lambda: large("TIFF", "F", compression="tiff_adobe_deflate"),
    "32 bit tiff": lambda: large("TIFF", "I", compression="tiff_adobe_deflate"),
    "16 bit tiff": lambda: large("TIFF", "I;16", compression="tiff_adobe_deflate"),
    "tiff of one strip": lambda: large("TIFF", "RGBA", compression="tiff_adobe_deflate", tiffinfo={278: 6144}),
    "rgba webp": lambda: large("WEBP", "RGBA", (6144, 4096), method=0),
}
