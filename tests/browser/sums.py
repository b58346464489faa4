"""The page Shortcut as a test reads it: its drawing, the value that is pointed at, and whether its sum is true."""

import re
from decimal import Decimal

import numpy as np
from playwright.sync_api import expect

NUMBER = r"(−?\d+(?:\.\d+)?)"
LINE = re.compile(rf"^{NUMBER} \+ \(?{NUMBER}\)? = {NUMBER}(?: → relu {NUMBER})?$")


def read(line):
    """The numbers of a line: x, F, their sum, and what the ReLU leaves or None."""
    found = LINE.match(line)
    assert found, line
    return [None if one is None else Decimal(one.replace("−", "-")) for one in found.groups()]


def is_true(line, x, branch, places, tenths=10):
    """A line adds up as it is read, and each number in it is the tensor's own to its last digit."""
    terms = left, right, total, out = read(line)
    assert left + right == total, line
    assert out is None or out == max(Decimal(0), total), line
    real = (x, branch * tenths / 10, x + branch * tenths / 10)
    for printed, value in zip(terms[:3], real, strict=True):
        last = 10.0 ** printed.as_tuple().exponent
        room = 0.5001 * last if last > 10.0**-places else 1.7 * 10.0**-places  # at the end of what was sent
        assert abs(float(printed) - value) <= room, (line, value)


def drawing(page):
    return page.get_by_role("region", name="The addition of one block")


def line(page):
    return drawing(page).locator(".numbers").inner_text()


def place(page):
    row, column = re.match(r"row (\d+), column (\d+)", drawing(page).locator(".where").inner_text()).groups()
    return int(row), int(column)


def said(page, classes, probabilities):
    top = int(np.argmax(probabilities))
    expect(drawing(page).locator(".said")).to_have_text(f"{classes[top]} {100 * probabilities[top]:.1f} %")
