"""How a visitor's own photos come in: from the camera, as files or in a zip, or as a folder of folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal
from pages._server import decoding_slot
from pages.photo.camera import has_camera
from pages.photo.held import forget, keep_only, refusal
from pages.photo.kept import SHELF
from pages.teaching.collected import ASK, NO_ROOM, Collection
from pages.teaching.snapping import snaps

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from resnet_core.lab.teach.archive import Sent

WAYS = ("camera", "files", "folder")
TURN = "_teach_turn"  # of the field's key: another key is an empty field
MOST_MB = 200  # of one file: a zip may be as large as the server takes
NAMED = 5  # refused files that are named
NO_CAMERA = (
    "A browser lends a page its camera only over https, or on the machine that serves it. On a phone this field offers "
    "the phone's own."
)


def bring(collection: Collection) -> None:
    """Ask what the next photos show and how they come, and take them in."""
    numbers = [tray.number for tray in collection.trays] + [ASK]
    names = {tray.number: tray.called for tray in collection.trays} | {ASK: "a new photo"}
    if st.session_state.get("teach_to") not in numbers:
        st.session_state.pop("teach_to", None)
    way = st.segmented_control("Photos come from", WAYS, default=WAYS[0], key="teach_way", required=True)
    to = st.pills(  # ten of them take several lines
        "The next ones show", numbers, default=numbers[0], key="teach_to", required=True,
        format_func=lambda number: literal(names[number]),
        help="Choose *a new photo* to ask what it says, without teaching it.",
    )  # fmt: skip
    if way == "camera" and has_camera(st.context.url):
        _take_snaps(collection, to, "Ask" if to == ASK else "Take a photo")
    else:
        _take_files(collection, to, way)
    for remark in collection.remarks:
        st.warning(remark, icon=":material/inventory_2:")


def _take_snaps(collection: Collection, to: int, label: str) -> None:
    from resnet_core.lab.teach.small import small_shot

    new, said = False, []
    for snap in snaps(to, label):
        if snap.to != ASK and (refused := refusal()):
            said = [refused]
            continue
        try:
            with decoding_slot():
                shot = small_shot(snap.data, "Your snapshot", snap.taken_s)
            if collection.add(snap.to, shot):
                new = True
            else:
                said = [NO_ROOM]
        except rc.ResNetCoreError as error:
            said = [literal(error)]
    if new or said:
        collection.remarks = said
    if new:
        st.rerun()  # the trays stand above


def _take_files(collection: Collection, to: int, way: str) -> None:
    """Files of any kind; a zip is unpacked, and its folders, or those of a folder, are classes."""
    turn = st.session_state.setdefault(TURN, 0)
    if way == "camera":
        st.caption(NO_CAMERA)
    sent = st.file_uploader(
        {"camera": "Take photos", "files": "Photos, or a zip of them", "folder": "A folder of folders"}[way],
        type="image" if way == "camera" else None,
        accept_multiple_files="directory" if way == "folder" else True,
        key=f"teach_{way}_{turn}", max_upload_size=MOST_MB,
        help="A folder in a folder, or in a zip, is a class of its name. All stays in this server's memory, and is "
        "gone when you leave or reload the page.",
    )  # fmt: skip
    if not sent:
        return
    if refused := refusal():
        shelves = [value for key, value in st.session_state.items() if str(key).startswith(SHELF)]
        keep_only([file for shelf in shelves for file in (*shelf.before, *shelf.now)])
        collection.remarks = [refused]
    else:
        collection.remarks = list(_take_in(collection, to, sent))
        forget(sent)
    collection.taken.clear()
    st.session_state[TURN] = turn + 1
    st.rerun()


def _take_in(collection: Collection, to: int, sent: list[UploadedFile]) -> Iterator[str]:
    """Sentences on what became of it otherwise than one would think."""
    from resnet_core.lab.teach.archive import where
    from resnet_core.lab.teach.small import small_shot

    bar, unread, too_many, asked = st.empty(), [], 0, 0
    bare: list[UploadedFile] = []
    above: dict[str, set[str]] = {}  # class -> the folders that its own folder lay in
    for at, file in enumerate(sent):
        bar.progress(at / len(sent), f"Reading {at + 1:,} of {len(sent):,}")
        number = -1
        try:
            for number, (folder, name, data, place) in enumerate(_photos_of(file)):
                key = f"{file.file_id} {number}"
                if key in collection.taken:
                    asked += to == ASK
                    continue
                tray = collection.named(folder) if folder and to != ASK else collection.tray(to)
                if to != ASK and (collection.full or tray is None):
                    too_many += 1
                    continue
                try:
                    with decoding_slot():
                        shot = small_shot(data, name)
                except rc.ImageError as error:
                    unread.append(str(error))
                    continue
                collection.add(tray.number if tray else ASK, shot)
                collection.taken.add(key)
                asked += to == ASK
                if tray and folder:
                    above.setdefault(tray.called, set()).add(place)
            if number < 0:
                bare.append(file)
        except rc.ResNetCoreError as error:
            unread.append(f"{file.name}: {error}")
        bar.progress((at + 1) / len(sent), f"{at + 1:,} of {len(sent):,} are here")
    bar.empty()
    if asked > 1:
        yield f"Of {asked:,} photos the last one is asked."
    yield from _merged(above)
    if unread:
        more = f" And {len(unread) - NAMED:,} more." if len(unread) > NAMED else ""
        yield f"{len(unread):,} could not be read. {' '.join(map(literal, unread[:NAMED]))}{more}"
    if too_many:
        yield f"{too_many:,} were left out. {NO_ROOM}"
    if len(bare) < len(sent):
        bare = [file for file in bare if not where(file.name)[2].startswith(".")]  # a folder has such beside its photos
    if bare:
        more = f" and {len(bare) - NAMED:,} more" if len(bare) > NAMED else ""
        yield literal(f"No photo was found in {', '.join(file.name for file in bare[:NAMED])}{more}.")


def _merged(above: dict[str, set[str]]) -> Iterator[str]:
    """Sentences on classes whose photos come from folders of one name in several places."""
    for called, places in above.items():
        if len(places) > 1:
            short = {place.rpartition("/")[2] for place in places}
            *first, last = sorted(short if len(short) == len(places) else places)
            yield literal(f"{called} came from {', '.join(first)} and {last}; all were taken together.")


def _photos_of(file: UploadedFile) -> Iterator[Sent]:
    """The photos in a file; a zip is a place of its name."""
    from resnet_core.lab.teach.archive import Sent, is_zip, unpacked, where

    data = file.getvalue()
    above, folder, name = where(file.name)
    if is_zip(data):
        for one in unpacked(data):
            yield one._replace(above="/".join(filter(None, (name, one.above))))
    elif not name.startswith("."):
        yield Sent(folder, name[-80:], data, above)
