"""No file costs more memory or time than `limits` says: each is decoded in a process of its own."""

import json
import struct
import subprocess
import sys

import pytest

from resnet_core.errors import ImageError
from resnet_core.inference.images import decode_image
from resnet_core.inference.limits import MOST_MEMORY, MOST_SECONDS
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc and forks")

# Decodes the files that `tests.hostile_files` offers under `offered`, each in a child of its own, and prints of each
# its name, the growth of its memory at its peak in bytes, and the seconds that it took.
MEASURE = """
import json, os, sys, time, warnings
from PIL import Image
from resnet_core.errors import ImageError
from resnet_core.inference.images import decode_image
from tests import hostile_files as files

def memory(line):
    with open("/proc/self/status") as status:
        return next(int(row.split()[1]) * 1024 for row in status if row.startswith(line))

def measure(data):
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")  # forget the peak so far
    before, started = memory("VmRSS"), time.monotonic()
    try:
        decode_image(data)
    except ImageError:
        pass
    return memory("VmHWM") - before, time.monotonic() - started

warnings.simplefilter("ignore")
offered = {OFFERED}
Image.init()
for name, make in offered.items():
    data = make()
    sys.stdout.flush()
    child = os.fork()
    if not child:
        print(json.dumps([name, *measure(data)]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
CORPUS = "{name: (lambda data=data: data) for name, (data, _) in files.hostile_files().items()}"


def costs(offered):
    code = MEASURE.replace("{OFFERED}", offered)
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def check(offered, count):
    found = costs(offered)
    assert len(found) == count, "each file was measured"
    assert [name for name, grown, _ in found if grown > MOST_MEMORY] == []
    assert [name for name, _, seconds in found if seconds > MOST_SECONDS] == []
    return {name: (grown, seconds) for name, grown, seconds in found}


def test_no_hostile_file_costs_more_than_is_promised():
    from tests.hostile_files import hostile_files

    found = check(CORPUS, len(hostile_files()))
    refused = found["jpeg of 4,006 scans"]
    assert refused[0] < 50 * 10**6, "refused before any pixel is decoded"


@pytest.mark.slow
def test_no_picture_within_the_bounds_costs_more_than_is_promised():
    from tests.hostile_files import COSTLY

    found = check("files.COSTLY", len(COSTLY))
    assert max(grown for grown, _ in found.values()) > MOST_MEMORY / 2, "memory was measured indeed"


def test_the_measure_sees_memory_that_is_taken():
    """The instrument itself: a child that decodes nothing but a picture of 4 megapixels grows by a known amount."""
    ((_, grown, _),) = costs('{"flat": lambda: files.large("PNG", "RGB", (2048, 2048))}')
    assert grown > 12 * 10**6


def header_of_tiff(width, height, bits):
    """A TIFF that ends behind its header: deep RGBA, whose size is judged before any pixel is read."""
    tags = {
        256: (4, (width,)), 257: (4, (height,)), 258: (3, bits), 259: (3, (8,)), 262: (3, (2,)), 273: (4, (8,)),
        277: (3, (len(bits),)), 278: (4, (height,)), 279: (4, (1,)), 338: (3, (2,)),
    }  # fmt: skip
    behind, entries = b"", b""
    for tag, (kind, values) in tags.items():
        data = struct.pack(f"<{len(values)}{'H' if kind == 3 else 'I'}", *values)
        if len(data) > 4:
            place = 8 + 2 + 12 * len(tags) + 4 + len(behind)
            behind, data = behind + data, struct.pack("<I", place)
        entries += struct.pack("<HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4) + behind


@pytest.mark.parametrize(("side", "words"), [(5020, "at most 25 megapixels of this kind are read"), (5010, "damaged")])
def test_of_a_deep_tiff_fewer_pixels_are_read_and_none_before_they_are_counted(side, words):
    with pytest.raises(ImageError, match=words):
        decode_image(header_of_tiff(side, side, (16, 16, 16, 16)))
