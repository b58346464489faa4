"""card(): the model card of the bundled network, written from its note. No figure in it is typed."""
# ruff: noqa: E501 -- lines of the card, with what is put in them

from __future__ import annotations

from typing import Any


def card(note: dict[str, Any]) -> str:
    """Markdown: what the network is, what it was measured to do and not to do, and whose pictures it learned from."""
    found, sure = note["measured"], note["grouping"]["sure"]
    inside, outside = found["inside"], found["outside"]
    sharp = found["sharpness"]
    sizes = "\n".join(
        f"| {one['resize']} | {one['crop']} | {one['top1']:.1f} | {one['top5']:.1f} | {one['soft_top1']:.1f} | {one['soft_top5']:.1f} |"
        for one in found["test_sizes"]["sizes"]
    )
    alarms = "\n".join(
        f"| {name} | {row['pictures']} | {row['class_alarms']:.1f} | {row['group_alarms']:.1f} |"
        for name, row in outside.items()
    )
    people = "\n".join(
        f"| {row['shows']} ({row['from']}) | {row['view']} | {row['answer']} |" for row in found["portraits"]
    )
    confident = sum(row["level"] != "unsure" for row in found["portraits"])
    confused = ", ".join(f"{pair['is']} as {pair['called']} ({pair['times']})" for pair in found["confused"])
    groups = "; ".join(f"{one['name']} ({len(one['classes'])})" for one in note["grouping"]["groups"])
    return f"""\
# {note["model"]}: {len(note["classes"])} everyday classes

ResNet-18 behind a stem of one 3x3 convolution with stride 2 and no max-pool: torchvision's network with `conv1` replaced and
`maxpool` an identity, same names. {found["bytes"] / 1e6:.1f} MB in float16, computed in float32 or less. This project trained it; recipe and
history stand in the note beside it.

**Data.** Tiny ImageNet (Stanford, CS231n): 500 pictures of 64x64 pixels for each of 200 classes of ImageNet. Baboon, chimpanzee and
orangutan were left out, so that no person can be called one. The pictures are for research and education, and so are these
weights; the code's MIT licence does not extend to them. None of the pictures is in this project.

**What a picture goes through.** The shorter side is resized to {note["resize_size"]} pixels ({note["interpolation"]}, antialiased), the square of
{note["image_size"]} in the middle is kept. A photograph is resized once, from its own size. The stored pictures are far sharper than a photograph
made that small: by the Laplacian over the deviation they have {sharp["stored"]:.2f}, photographs {sharp["photographs"]:.2f}. So the size was chosen on pictures as
they are stored and, counted alike, on the same ones softened to {sharp["softened"]:.2f}. All figures
below are of the validation pictures; accuracy on photographs was not measured, for want of labelled ones.

## Accuracy

{found["top1"]:.1f} % top-1 and {found["top5"]:.1f} % top-5 on {found["pictures"]:,} validation pictures; {found["group_top1"]:.1f} % by group. The size was chosen on every
sixth of the same pictures, which flatters a little:

| shorter side | crop | top-1 | top-5 | softened, top-1 | softened, top-5 |
| --: | --: | --: | --: | --: | --: |
{sizes}

The last layer is divided by a temperature of {found["temperature"]} (fitted on the validation pictures, Guo et al. 2017), so that percentages mean
what they say: the expected calibration error is {found["calibration_error"]:.3f}. Most confused: {confused}.

## Sure, or not

The classes lie in {len(note["grouping"]["groups"])} groups: {groups}. A class is said from {sure["class"] * 100:.0f} %, a group from {sure["group"] * 100:.0f} %; below, the answer is "unsure".
Both were set on half of the photographs of other things, such that on average over their sources at most {found["allowed_false_alarms"]["class"] * 100:.0f} % are
called a class and at most {found["allowed_false_alarms"]["group"] * 100:.0f} % a wrong group, and no more of the people alone. On the other half, and on pictures that set nothing
because they are smaller than what the network looks at, or none of a thing:

| pictures of | number | called a class, % | called a wrong group, % |
| :-- | --: | --: | --: |
{alarms}

"photograph" is one picture each of other ImageNet classes (EliSchwartz/imagenet-sample-images), "person" the test pictures of
serengil/deepface, "ape" the three classes that were left out; these set the thresholds. "airplane", "deer" and "horse" are CIFAR-10's, 32 pixels
a side; "face" is scikit-image's part of Labeled Faces in the Wild, grey and 25 pixels a side; "text" is scikit-learn's digits;
"noise" is drawn. What a person wears is right as a group, a mammal for an ape, a hoofed animal for a deer or a horse.

Of the validation pictures {inside["class"]["said"]:.0f} % are given a class ({inside["class"]["right"]:.0f} % of them rightly), {inside["group"]["said"]:.0f} % a group ({inside["group"]["right"]:.0f} % rightly), and {inside["unsure"]:.0f} % are
called unsure.

## People

There is no class *person*, so any class said of one is wrong, unless it names what the person wears. {confident} of {len(found["portraits"])} views of
{len({row["file"] for row in found["portraits"]})} portraits get a confident answer. So few say little, and nothing on how it differs by skin tone or age:

| portrait | view | answer |
| :-- | :-- | :-- |
{people}

Names that could hurt ({", ".join(note["grouping"]["guarded"])}) are shown from {sure["guarded"] * 100:.0f} % only, and support no group below.

## Not for

Decisions about anyone or anything. It knows nothing but its classes, and they are what was photographed for ImageNet: things of
Western homes and streets more often than others.
"""
