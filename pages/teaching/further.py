"""What learns: a new head alone, or the network's last stage with it, fine-tuned in the background on request."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import streamlit as st

import resnet_core as rc
from pages._caches import background
from pages._layout import literal, percent
from pages.photo.held import count_too, no_room
from pages.photo.pictures import remembered
from pages.teaching.taught import YOURS, Shown

if TYPE_CHECKING:
    from resnet_core.lab.teach.lesson import Lesson
    from resnet_core.lab.theory.start import Progress

HEAD, STAGE = "the head", "the last stage too"
LEARNS = (HEAD, STAGE)
LOOK_AGAIN_S = 0.5


@dataclass(eq=False)
class Course:
    """The fine-tuning of one lesson. It belongs to the visit, or for an example to all of them, and ends with it.

    Attributes:
        lesson: what is fine-tuned, and `shown` its photos.
        found: the lesson that came of it.
        key: of the experiment in the background, which knows no photo of its own: only where this course is.
    """

    lesson: Lesson
    shown: Shown
    found: Lesson | None = None
    key: str = field(default_factory=lambda: f"teach {uuid4().hex}")

    def __post_init__(self) -> None:
        count_too(self)
        weakref.finalize(self, background().cancel, self.key)  # who has left waits for nothing

    @property
    def takes(self) -> int:
        """Bytes of a network that has learnt: its weights lie in PyTorch and in the engine that computes features."""
        return 2 * sum(one.nbytes for one in self.lesson.network.parameters())

    @property
    def kept_bytes(self) -> int:
        """What is kept of one."""
        return self.takes if self.found else 0


def choose_what_learns() -> str:
    """The control in the row above the photos."""
    chosen: str = st.segmented_control(
        "What learns", LEARNS, default=HEAD, key="learns", bind="query-params", required=True,
        help="The head is a new last layer on features that stay as they are. The last stage makes these features: a "
        "few steps of gradient descent change it too, from where the head stands.",
    )  # fmt: skip
    return chosen


def learnt(shown: Shown, lesson: Lesson) -> Lesson:
    """The fine-tuned lesson once it is there; until then the lesson itself, with a button, or how far it is."""
    course = _course(shown, lesson)
    if course.found is not None:
        return course.found
    seen = background().look(course.key)
    if seen is not None and seen.state in ("waiting", "running"):
        _watch(course.key)
        return lesson
    if seen is not None and seen.message:
        st.error(literal(seen.message), icon=":material/error:")
    st.button(
        "Fine-tune the last stage", type="primary", icon=":material/tune:", key="fine_tune", on_click=_start,
        args=(course,),
        help="A copy of the network learns, on one core: the bundled one for a quarter of a minute, a larger one for "
        "longer. You can go on meanwhile.",
    )  # fmt: skip
    if refused := st.session_state.pop("_teach_refused", ""):
        st.warning(literal(refused), icon=":material/hourglass_top:")
    return lesson


def _course(shown: Shown, lesson: Lesson) -> Course:
    weights = lesson.known.weights.name
    if shown.name == YOURS:
        return remembered("courses", (shown.key, weights), lambda: Course(lesson, shown), most=1)
    return _shared(shown.name, weights, lesson, shown)


@st.cache_resource(max_entries=2, show_spinner=False)
def _shared(name: str, weights: str, _lesson: Lesson, _shown: Shown) -> Course:
    return Course(_lesson, _shown)


def _start(course: Course) -> None:
    if refused := no_room(course.takes):
        st.session_state["_teach_refused"] = refused
        return
    try:
        background().start(course.key, partial(_run, weakref.ref(course)))
    except rc.QueueFullError as error:
        st.session_state["_teach_refused"] = str(error)


def _run(where: weakref.ref[Course], progress: Progress) -> None:
    """Fine-tune in the background's thread; nothing of it stays there."""
    from resnet_core.lab.teach.lesson import tuned_lesson

    course = where()
    if course is None:
        return
    lesson, photos = course.lesson, course.shown.example.classes
    del course  # while it runs it must not keep alive what a visitor leaves
    found = tuned_lesson(lesson, photos, progress=progress)
    if (course := where()) is not None:
        course.found = found


@st.fragment(run_every=LOOK_AGAIN_S)
def _watch(key: str) -> None:
    """How far it is; once it has ended the page is drawn again."""
    seen = background().look(key)
    if seen is None or seen.state not in ("waiting", "running"):
        st.rerun()
    words = "Another experiment runs first" if seen.state == "waiting" else f"{percent(seen.share, 0)} fine-tuned"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.progress(seen.share, text=words, width=360)
        st.button("Cancel", icon=":material/close:", key="cancel_tuning", on_click=background().cancel, args=(key,))
