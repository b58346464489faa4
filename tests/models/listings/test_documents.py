"""What the bug lab prints of the four documents: code that Python reads, and every defect where it is said to be."""

import ast
from hashlib import sha256

import pytest

from resnet_core.models.listings.defects import DEFECTS, defect_at, defects_in
from resnet_core.models.listings.documents import DOCUMENTS, document_lines

# Of each line's number and words without indents, as the documents' plain text has them.
AS_PUBLISHED = {
    "000": "c1662abb2fcf0377",
    "001": "1b9e45a372c443d6",
    "002": "8687eead731830a2",
    "004": "bdb3a63a21ee6c74",
}


@pytest.mark.parametrize("number", DOCUMENTS)
def test_the_lines_are_the_published_ones(number):
    told = "\n".join(f"{line.number} {line.text.strip()}" for line in document_lines(number))
    assert sha256(told.encode()).hexdigest()[:16] == AS_PUBLISHED[number]


@pytest.mark.parametrize("number", [number for number, document in DOCUMENTS.items() if document.shows == "code"])
def test_the_code_is_python(number):
    ast.parse("\n".join(line.text for line in document_lines(number)))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_stands_on_its_line_and_is_found_on_each_that_it_has(defect):
    lines = {line.number: line.text for line in document_lines(defect.document)}
    assert defect.published in lines[defect.line]
    assert all(defect_at(defect.document, line) is defect for line in (defect.line, *defect.also))
    assert set(defect.also) <= set(lines)


def test_a_line_without_a_defect_has_none_and_no_line_has_two():
    assert defect_at("000", 209) is None
    for number in DOCUMENTS:
        lines = [line for defect in defects_in(number) for line in (defect.line, *defect.also)]
        assert len(lines) == len(set(lines))
    assert {defect.document for defect in DEFECTS} == set(DOCUMENTS)


def test_what_is_in_chinese_has_a_translation():
    for line in document_lines("001"):
        assert bool(line.translation) == any("\u4e00" <= letter <= "\u9fff" for letter in line.text)
    for defect in DEFECTS:
        said = defect.published.replace("\u2019", "'")
        assert defect.translation or said.isascii()


def test_each_line_that_names_the_wrong_block_or_its_width_is_the_ignored_block():
    """All places of the blog's `_make_layer` that hold for bottlenecks alone."""
    found = {
        line.number
        for line in document_lines("000")
        if 283 <= line.number <= 313 and not line.text.strip().startswith("#")
        and ("Bottleneck(" in line.text or "4 * block_channels" in line.text or "block_channels * 4" in line.text)
    }  # fmt: skip
    defect = next(defect for defect in DEFECTS if defect.name == "ignored_block")
    assert found == {defect.line, *defect.also}
