"""Weights of 197 classes into the package: checkpoint, note and model card, with every figure measured here.

    python training/tiny-imagenet/bundle.py STATE.pt --data DIR --outside DIR --portraits DIR --record STATE.json

DIR of --data holds val_x.npy (N, 64, 64, 3), val_y.npy and classes.json (WordNet ids in the order of the outputs);
--outside has a folder of pictures for each source of what is none of the 197 classes (those in `photograph` bear the
WordNet id of what they show, see photographs.json); --portraits people.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from answers import (
    best_temperature,
    calibration_error,
    engine_for,
    levels,
    logits_of,
    picture_files,
    pictures_in,
    shares_of,
    sharpness,
    sure_from,
    top,
)
from card import card
from PIL import Image
from safetensors.torch import load_file, save_file

from resnet_core.inference.headline import headline
from resnet_core.inference.samples import list_samples, load_sample
from resnet_core.weights.grouping import Grouping, read_grouping
from resnet_core.weights.library import BUNDLED_FOLDER
from resnet_core.weights.record import Preprocessing

HERE = Path(__file__).parent
NAME = "tiny_imagenet_resnet18"
SIZES = ((48, 48), (56, 56), (60, 60), (64, 64))  # shorter side, crop
INTERPOLATION = "lanczos"  # a photograph made that small stays sharpest by it
STORED = 64  # pixels a side of the validation pictures, which are sharper than a photograph made that small
SOFTENED = 56  # by way of so many pixels they are softer than one
EVERY = 6  # of the validation pictures choose the size
# Wrong claims that are allowed on photographs outside the classes, at each level: on average over the sources, and on
# people alone, of whom there are few photographs and whom a wrong word hurts.
ALARMS = {"class": 0.05, "group": 0.10}
# Their alarms are measured and do not set the thresholds: no photographs, or smaller than what the network looks at.
PEOPLE = "person"
TOLD_ONLY = ("airplane", "deer", "face", "horse", "noise", "text")


@dataclass(frozen=True)
class Outside:
    """Pictures of none of the classes: (N, classes) logits, and for each picture the groups that are right for it."""

    logits: Any
    right: list[frozenset[str]]

    def half(self, first: int) -> Outside:
        """The even pictures (0) or the odd ones (1)."""
        return Outside(self.logits[first::2], self.right[first::2])


def main() -> None:
    """Measure, calibrate, and write the three files."""
    told = _arguments()
    groups = json.loads((HERE / "groups.json").read_text(encoding="utf-8"))
    phrases = {wnid: said for group in groups["groups"] for wnid, said in group["classes"].items()}
    wnids = sorted(json.loads((told.data / "classes.json").read_text(encoding="utf-8")))
    said = [phrases[wnid] for wnid in wnids]
    classes = [one.removeprefix("a ").removeprefix("an ") for one in said]
    pixels, labels = (np.load(told.data / f"val_{part}.npy", mmap_mode="r") for part in "xy")
    raw = load_file(told.state) if told.state.suffix == ".safetensors" else torch.load(told.state, weights_only=True)

    sizes = [_at_size(raw, pixels[::EVERY], labels[::EVERY], *size) for size in SIZES]
    chosen = max(sizes, key=lambda one: one["top1"] + one["soft_top1"])
    prepared = _prepared(chosen["resize"], chosen["crop"])
    print("chosen", chosen["resize"], chosen["crop"], flush=True)

    state = _calibrated(raw, chosen["temperature"])
    engine = engine_for(state, prepared.crop_size)
    logits = logits_of(engine, map(Image.fromarray, pixels), prepared)
    named = json.loads((HERE / "photographs.json").read_text(encoding="utf-8"))
    outside = {
        folder.name: Outside(
            logits_of(engine, pictures_in(folder), prepared),
            [
                frozenset(groups["outside"].get(folder.name) or named.get(file.stem, ()))
                for file in picture_files(folder)
            ],
        )
        for folder in sorted(told.outside.iterdir())
        if folder.is_dir()
    }
    grouping = _thresholds(_grouping(groups, wnids, classes, said), outside)
    measured = {
        "data": "Tiny ImageNet's validation pictures of these classes, the shorter side resized, the middle cut out",
        "pictures": len(labels), "top1": top(logits, labels, 1), "top5": top(logits, labels, 5),
        "test_sizes": {"pictures": len(labels[::EVERY]), "sizes": sizes},
        "sharpness": _sharpness(pixels[::10], told.portraits, prepared), "temperature": chosen["temperature"],
        "calibration_error": calibration_error(logits, labels),
        **_inside(logits, labels, classes, grouping),
        "outside": _outside(outside, classes, grouping),
        "allowed_false_alarms": ALARMS, "portraits": _portraits(told.portraits, engine, prepared, classes, grouping),
        **_by_class(logits, labels, classes),
    }  # fmt: skip
    _write(state, told.record, prepared, classes, wnids, grouping, measured)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state", type=Path)
    for name in ("data", "outside", "portraits", "record"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    return parser.parse_args()


def _at_size(raw: dict[str, torch.Tensor], pixels: Any, labels: Any, resize: int, crop: int) -> dict[str, Any]:
    prepared, engine = _prepared(resize, crop), engine_for(raw, crop)
    logits = logits_of(engine, map(Image.fromarray, pixels), prepared)
    soft = logits_of(engine, map(_softened, pixels), prepared)
    found = {
        "resize": resize, "crop": crop, "top1": top(logits, labels, 1), "top5": top(logits, labels, 5),
        "soft_top1": top(soft, labels, 1), "soft_top5": top(soft, labels, 5),
        "temperature": best_temperature(logits, labels),
    }  # fmt: skip
    print(found, flush=True)
    return found


def _prepared(resize: int, crop: int) -> Preprocessing:
    return Preprocessing(resize_size=resize, crop_size=crop, interpolation=INTERPOLATION)


def _softened(pixels: Any) -> Image.Image:
    smaller = Image.fromarray(pixels).resize((SOFTENED, SOFTENED), Image.Resampling.BILINEAR)
    return smaller.resize((STORED, STORED), Image.Resampling.LANCZOS)


def _sharpness(pixels: Any, portraits: Path, prepared: Preprocessing) -> dict[str, float]:
    """Of the validation pictures as stored and as seen; of photographs as seen, and by way of the stored size."""
    stored = _prepared(STORED, STORED)
    photographs = [load_sample(sample.name) for sample in list_samples() if sample.kind == "photograph"]
    photographs += list(pictures_in(portraits))
    validation = [Image.fromarray(one) for one in pixels]
    return {
        "stored": sharpness(validation, stored), "seen": sharpness(validation, prepared),
        "softened": sharpness(map(_softened, pixels), prepared), "photographs": sharpness(photographs, prepared),
    }  # fmt: skip


def _calibrated(raw: dict[str, torch.Tensor], temperature: float) -> dict[str, torch.Tensor]:
    """float16, the last layer divided by the temperature: the order of the answers stays, and a 70 % means 70 %."""
    state = {name: value.clone() for name, value in raw.items()}
    for name in ("fc.weight", "fc.bias"):
        state[name] = state[name].float() / temperature
    return {name: value.half().contiguous() if value.is_floating_point() else value for name, value in state.items()}


def _grouping(groups: dict[str, Any], wnids: list[str], classes: list[str], said: list[str]) -> dict[str, Any]:
    named = dict(zip(wnids, classes, strict=True))
    return {
        "groups": [{**one, "classes": [named[wnid] for wnid in one["classes"]]} for one in groups["groups"]],
        "said": said, "guarded": [named[wnid] for wnid in groups["guarded"]], "classes": classes,
    }  # fmt: skip


def _thresholds(told: dict[str, Any], outside: dict[str, Outside]) -> Grouping:
    """From where an answer is sure, by the even pictures of each source of photographs, and by all those of people."""
    grouping = read_grouping(told | {"sure": {}}, told["classes"], "groups.json")
    setting = [source.half(0) for name, source in outside.items() if name not in TOLD_ONLY] + [outside[PEOPLE]]
    shares = [shares_of(source.logits) for source in setting]
    guarded = np.concatenate([rows[:, list(grouping.guarded)].max(1) for rows in shares])
    sure_class = _sure([rows.max(1) for rows in shares], ALARMS["class"])
    sure_guarded = round(max(sure_class, float(np.quantile(guarded, 0.99))), 2)
    wrong = []
    for rows, source in zip(shares, setting, strict=True):
        for index in grouping.guarded:
            rows[:, index] *= rows[:, index] >= sure_guarded
        sums = np.stack([rows[:, list(group.members)].sum(1) for group in grouping.groups], 1)
        names = [grouping.groups[index].name for index in sums.argmax(1)]
        is_right = [name in right for name, right in zip(names, source.right, strict=True)]
        wrong.append(sums.max(1) * ~np.array(is_right))
    sure_group = _sure(wrong, ALARMS["group"])
    return replace(grouping, sure_class=sure_class, sure_group=sure_group, sure_guarded=sure_guarded)


def _sure(wrong: list[Any], rate: float) -> float:
    """Enough for the mean over all sources but the last, and for the last, the people, alone."""
    *sources, people = wrong
    return max(sure_from(sources, rate), sure_from([people], rate))


def _inside(logits: Any, labels: Any, classes: list[str], grouping: Grouping) -> dict[str, Any]:
    """How often each level is said of validation pictures, and how often it is then right, in percent."""
    group_of = {member: group.name for group in grouping.groups for member in group.members}
    said = levels(logits, classes, grouping)
    found: dict[str, Any] = {}
    for level in ("class", "group"):
        rows = [number for number, one in enumerate(said) if one[0] == level]
        truth = [classes[labels[n]] if level == "class" else group_of[int(labels[n])] for n in rows]
        right = sum(said[n][1] == true for n, true in zip(rows, truth, strict=True))
        found[level] = {"said": _percent(len(rows), len(said)), "right": _percent(right, len(rows))}
    sums = np.stack([shares_of(logits)[:, list(group.members)].sum(1) for group in grouping.groups], 1)
    names = [grouping.groups[index].name for index in sums.argmax(1)]
    hits = sum(name == group_of[int(label)] for name, label in zip(names, labels, strict=True))
    unsure = sum(one[0] == "unsure" for one in said)
    return {"inside": found | {"unsure": _percent(unsure, len(said))}, "group_top1": _percent(hits, len(said))}


def _outside(outside: dict[str, Outside], classes: list[str], grouping: Grouping) -> Any:
    """Wrong claims in percent of the odd pictures, which set no threshold."""
    table = {}
    for name, source in ((name, whole.half(1)) for name, whole in outside.items()):
        said = levels(source.logits, classes, grouping)
        wrong = {"class": 0, "group": 0}
        for (level, label), right in zip(said, source.right, strict=True):
            if level != "unsure" and not (level == "group" and label in right):
                wrong[level] += 1
        table[name] = {"pictures": len(said)} | {f"{one}_alarms": _percent(n, len(said)) for one, n in wrong.items()}
    return table


def _portraits(folder: Path, engine: Any, prepared: Preprocessing, classes: list[str], grouping: Grouping) -> Any:
    """What is said of each portrait as it is, and of its upper square."""
    rows = []
    for name, about in json.loads((HERE / "portraits.json").read_text(encoding="utf-8")).items():
        whole = Image.open(folder / name).convert("RGB")
        side = min(whole.width, whole.height // 2)
        left = (whole.width - side) // 2
        views = {"whole": whole, "upper half": whole.crop((left, 0, left + side, side))}
        for view, image in views.items():
            said = headline(tuple(logits_of(engine, [image], prepared)[0]), classes, grouping)
            rows.append({"file": name, "view": view, **about, "level": said.level, "answer": said.text})
    return rows


def _by_class(logits: Any, labels: Any, classes: list[str]) -> dict[str, Any]:
    answer = logits.argmax(1)
    hits = {
        name: _percent(int((answer[labels == n] == n).sum()), int((labels == n).sum()))
        for n, name in enumerate(classes)
    }
    counts = np.zeros((len(classes),) * 2, int)
    np.add.at(counts, (labels, answer), 1)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:10]
    pairs = [divmod(int(one), len(classes)) for one in order]
    confused = [{"is": classes[a], "called": classes[b], "times": int(counts[a, b])} for a, b in pairs]
    return {"class_top1": hits, "confused": confused}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _write(
    state: dict[str, torch.Tensor], record: Path, prepared: Preprocessing, classes: list[str], wnids: list[str],
    grouping: Grouping, measured: dict[str, Any],
) -> None:  # fmt: skip
    file = BUNDLED_FOLDER / f"{NAME}.safetensors"
    save_file(state, file)
    trained = json.loads(record.read_text(encoding="utf-8"))
    history = [{**one, "validation_error": round(1 - one["validation_top1"], 4)} for one in trained["history"]]
    note = {
        "model": NAME, "classes": classes, "wordnet_ids": wnids, "image_size": prepared.crop_size,
        "resize_size": prepared.resize_size, "interpolation": prepared.interpolation, "mean": prepared.mean,
        "std": prepared.std, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "source": "trained by this project; see LICENSE-WEIGHTS.md",
        "data_note": f"Tiny ImageNet, {len(classes)} classes",
        "recipe": {"overrides": [], "data": "tiny-imagenet", **trained["recipe"]},
        "top1": measured["top1"], "top5": measured["top5"], "grouping": _as_told(grouping, classes),
        "measured": measured | {"bytes": file.stat().st_size}, "history": history,
    }  # fmt: skip
    file.with_suffix(".json").write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    file.with_suffix(".md").write_text(card(note), encoding="utf-8")
    print(json.dumps({key: measured[key] for key in ("top1", "top5", "group_top1", "inside", "outside")}, indent=1))


def _as_told(grouping: Grouping, classes: list[str]) -> dict[str, Any]:
    return {
        "groups": [
            {"name": one.name, "said": one.said, "classes": [classes[n] for n in asdict(one)["members"]]}
            for one in grouping.groups
        ],
        "said": grouping.said, "guarded": [classes[n] for n in grouping.guarded],
        "sure": {"class": grouping.sure_class, "group": grouping.sure_group, "guarded": grouping.sure_guarded},
    }  # fmt: skip


if __name__ == "__main__":
    main()
