"""bench_inference(): a forward pass as the app runs it, beside torchvision, ONNX Runtime and OpenVINO."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import nn

from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.bench.agreement import agreement
from resnet_core.bench.matrix_peak import matrix_peak
from resnet_core.bench.measure import Watch, median_ms_in_turn, unwatched
from resnet_core.bench.peers import Peer, Run, peers
from resnet_core.bench.photo import bench_photo
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.bench.trace import check_model
from resnet_core.errors import require
from resnet_core.inference.engine.choice import choices_for
from resnet_core.inference.engine.engine import Engine
from resnet_core.models.compute import PRECISIONS, pick_device
from resnet_core.models.network import ResNet, build_model

BASELINE = "torchvision-eager"
PHOTO_NOTE = (
    "photo_ms: a decoded photograph of a megapixel to its answer by the bundled network; photos_per_s: 32 of them at "
    "once."
)


def bench_inference(
    model: str = "resnet50",
    batches: Sequence[int] = (1, 16),
    repeats: int = 10,
    device: str = "auto",
    backend: str = "auto",
    agreement_folder: Path | None = None,
    watch: Watch = unwatched,
) -> Report:
    """Measure from a batch of pictures on the CPU to logits on the CPU, all engines in turn, with the same weights.

    Before that the same of the bundled network, beside torchvision's of its form alone, and a photograph end to end,
    while no other engine is loaded: as on a visitor's machine.

    Args:
        model: a name that torchvision has too; its weights are drawn, which changes no duration.
        batches: pictures at once.
        repeats: how often each is measured, after a first time that does not count.
        device, backend: of ours, as for `Classifier.load`.
        agreement_folder: pictures for which automatic precision is compared with fp32, by the bundled network.
        watch: is told how far it is.

    Raises:
        UnknownModelError: for a model that torchvision does not have.
        InvalidSpecError: for less than one repeat or picture, or a device or backend that is not here.
        DataError: for a folder without pictures.
    """
    check_model(model)
    require(all(batch > 0 for batch in batches), "batch", list(batches), "at least 1 picture")
    from torchvision import models

    chosen = pick_device(device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        theirs = models.get_model(model, weights=None).eval().requires_grad_(False)
    ours = build_model(model, device="meta").eval().requires_grad_(False)
    ours.load_state_dict(theirs.state_dict(), assign=True)
    size = (3, *ours.spec.input_size)
    own_rows, own_facts = bench_photo(batches, repeats, device, backend, watch)

    engines = _engines(ours, theirs, chosen, backend)
    rows = [row for batch in batches for row in _measure(engines.ways, batch, size, repeats, watch)]
    facts = engines.ready_s | _shares(rows, engines.computed_in, chosen, walk_spec(ours.spec).total_macs)
    facts |= agreement(agreement_folder, device) if agreement_folder else {}
    return Report(
        title=f"{model} at {size[-1]}x{size[-2]} pixels on {chosen.type}, from pictures to logits",
        rows=(*rows, *own_rows),
        facts=facts | own_facts,
        notes=(*engines.notes, PHOTO_NOTE, *(sentence for batch in batches for sentence in _compare(rows, batch))),
    )


@dataclass(frozen=True, slots=True)
class _Engines:
    """What is measured, by engine and precision; how long each took until it was ready; and what is to be said."""

    ways: dict[tuple[str, str], Run] = field(default_factory=dict)
    computed_in: dict[str, str] = field(default_factory=dict)  # our precisions as asked for -> as chosen
    ready_s: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _engines(ours: ResNet, theirs: nn.Module, device: torch.device, backend: str) -> _Engines:
    """Ours at each precision, and those of others that are here."""
    found, size = _Engines(), (3, *ours.spec.input_size)
    for precision in _precisions(device, backend):
        started = time.perf_counter()
        engine = Engine(ours, size, device, precision, backend)
        choice = engine.wait()
        found.ready_s[f"ready_s {OURS} {precision}"] = time.perf_counter() - started
        found.notes.append(f"Ours at {precision}: {choice}. {choice.why}")
        found.ways[OURS, precision] = engine.run
        found.computed_in[precision] = choice.precision
    for peer in peers(theirs, device, size[-1]):
        if isinstance(peer, Peer):
            found.ways[peer.engine, peer.precision] = peer.run
            found.ready_s[f"ready_s {peer.engine} {peer.precision}"] = peer.ready_s
        else:
            found.notes.append(peer)
    return found


def _precisions(device: torch.device, backend: str) -> list[str]:
    """Automatic, fp32, and those 16-bit formats for which there is more than PyTorch's own slow way on a CPU."""
    ways = {precision: choices_for(device, precision, backend)[0] for precision in ("auto", "fp32")}
    if backend == "auto":
        ways |= {precision: choices_for(device, precision)[0] for precision in PRECISIONS[2:]}
    fast = {name for name, way in ways.items() if device.type != "cpu" or way.backend != "eager"}
    return [name for name in ways if name in fast | {"auto", "fp32"}]


def _measure(
    ways: dict[tuple[str, str], Run], batch: int, size: tuple[int, int, int], repeats: int, watch: Watch
) -> list[BenchRow]:
    pictures = torch.randn(batch, *size, generator=torch.Generator().manual_seed(0))
    turns = {" ".join(way): partial(run, pictures) for way, run in ways.items()}
    medians = median_ms_in_turn(turns, repeats, watch, f"batch {batch}")
    return [
        BenchRow(
            engine=engine, precision=precision, batch=batch, median_ms=ms, images_per_s=batch * 1000 / ms
        )
        for (engine, precision), ms in zip(ways, medians.values(), strict=True)
    ]  # fmt: skip


def _shares(rows: Sequence[BenchRow], computed_in: dict[str, str], device: torch.device, macs: int) -> dict[str, float]:
    """Our multiply-adds per second in percent of what large matrices reach on this GPU in the same number format.

    Nothing on a CPU: PyTorch's own product of matrices is far from the peak of some.
    """
    if device.type == "cpu":
        return {}
    peaks = {precision: matrix_peak(device, precision) for precision in set(computed_in.values())}
    return {
        f"matrix_peak_percent {row.precision} batch {row.batch}": 100
        * (row.images_per_s or 0) * macs / peaks[computed_in[row.precision]]
        for row in rows
        if row.engine == OURS
    }  # fmt: skip


def _compare(rows: Sequence[BenchRow], batch: int) -> list[str]:
    """Our share of torchvision's time at each precision, and of the fastest peer's at the same precision."""
    here = [row for row in rows if row.batch == batch]
    ours = [row for row in here if row.engine == OURS]
    base = next(row for row in here if row.engine == BASELINE)
    sentences = [
        f"Batch {batch}, {row.precision}: {row.median_ms / base.median_ms:.2f} of {BASELINE}'s time, "
        f"{base.median_ms / row.median_ms:.1f} times its images/s."
        for row in ours
    ]
    for row in ours:
        same = [peer for peer in here if peer.engine != OURS and peer.precision == row.precision]
        if same:
            best = min(same, key=lambda peer: peer.median_ms)
            ratio = row.median_ms / best.median_ms
            sentences.append(f"Batch {batch}, {row.precision}: {ratio:.2f} of the best peer's time ({best.engine}).")
    return sentences
