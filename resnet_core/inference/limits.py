"""How much a picture from a stranger may cost: one place for all bounds, which a test holds on every hostile file."""

from __future__ import annotations

MAX_BYTES = 20 * 10**6  # of a file
MAX_PIXELS = 8192 * 6144  # what the largest phone cameras save
MAX_SIDE = 4096  # pixels; a longer side is scaled down to it
MAX_STORED_BYTES = 4 * MAX_PIXELS  # of all pixels as the file holds them unpacked: deep ones may be fewer
MAX_SCANS = 100  # of a JPEG: each passes over the whole picture; progressive ones have some ten
MAX_TEXT_BYTES = 2**20  # of one text or profile in a PNG, unpacked
MAX_TEXTS = 32  # in a PNG

# Some decoders hold the picture several times over while they unpack it.
FORMAT_PIXELS = {"WEBP": MAX_PIXELS // 2, "AVIF": MAX_PIXELS // 2}

# What any file within these bounds may cost, from its bytes to the picture. Measured on two busy cores with 50
# megapixels in every mode: 445 MB for a TIFF of floats, 435 for a progressive CMYK JPEG, 12 s for a TIFF of one strip.
MOST_MEMORY = 500 * 10**6  # bytes, beside those of the file
MOST_SECONDS = 60.0
