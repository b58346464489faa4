"""The sizes of a picture that pages offer."""

SIZES = (32, 48, 56, 64, 96, 128, 160, 192, 224, 256, 288, 320, 384, 448, 512)  # pixels a side
