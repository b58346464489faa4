"""What a visitor shows: classes with their photos, and photos from elsewhere. It goes with the visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from pages.photo.held import count_too
from resnet_core.errors import DataError
from resnet_core.notation import megabytes

if TYPE_CHECKING:
    from resnet_core.lab.teach.photos import Shot

FEWEST, MOST_CLASSES, MOST_PHOTOS = 2, 10, 500
MOST_BYTES = 100_000_000  # of all photos as they are kept; 500 of a camera have a third of it
LONGEST_NAME = 40  # letters
NO_ROOM = (
    f"There is room for {MOST_PHOTOS:,} photos in ten classes, of {megabytes(MOST_BYTES)} as they are kept, small. "
    "On the command line `resnet-explainer teach` takes thousands."
)
ASK = 0  # the number of no class: a photo to ask about


@dataclass(slots=True, eq=False)
class Tray:
    """A class: its number within the visit, which stays, the name that the visitor gives it, and its photos."""

    number: int
    name: str = ""
    shots: list[Shot] = field(default_factory=list)
    elsewhere: list[Shot] = field(default_factory=list)

    @property
    def called(self) -> str:
        """Its name; "class 3" as long as it has none."""
        return " ".join(self.name.split())[:LONGEST_NAME] or f"class {self.number}"

    def take_back(self) -> None:
        """Forget the last photo."""
        del self.shots[-1:]


@dataclass(slots=True, eq=False, weakref_slot=True)
class Collection:
    """All that a visitor has shown.

    Attributes:
        trays: the classes, in the order in which they came.
        asked: the photo that was asked about last, while nobody has said what it shows.
        remarks: why something that was sent is not here.
        taken: photos of an upload that are here already, should a run that takes them in be cut off.
    """

    trays: list[Tray] = field(default_factory=list)
    asked: Shot | None = None
    remarks: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        count_too(self)
        while len(self.trays) < FEWEST:
            self.add_class()

    @property
    def photos(self) -> int:
        """How many photos there are in all."""
        return sum(len(tray.shots) + len(tray.elsewhere) for tray in self.trays)

    @property
    def full(self) -> bool:
        """Whether there is room for no more."""
        return self.photos >= MOST_PHOTOS or self.kept_bytes >= MOST_BYTES

    @property
    def kept_bytes(self) -> int:
        """What they take, as they are kept."""
        shots = (shot for tray in self.trays for shot in (*tray.shots, *tray.elsewhere))
        return sum(len(shot.source) for shot in shots if isinstance(shot.source, bytes))

    def add_class(self, name: str = "") -> Tray | None:
        """A class more; None where there are ten."""
        if len(self.trays) >= MOST_CLASSES:
            return None
        self.trays.append(Tray(next(self._numbers), name))
        return self.trays[-1]

    def drop_class(self, number: int) -> None:
        """A class less, its photos too; two always stay."""
        self.trays = [tray for tray in self.trays if tray.number != number]
        while len(self.trays) < FEWEST:
            self.add_class()

    def tray(self, number: int) -> Tray | None:
        """The class with this number."""
        return next((tray for tray in self.trays if tray.number == number), None)

    def named(self, name: str) -> Tray | None:
        """The class with this name: one that is there, an empty one without a name, or a new one; None if it is one
        too many."""
        wanted = " ".join(name.split())[:LONGEST_NAME]
        for tray in self.trays:
            if tray.called == wanted:
                return tray
        for tray in self.trays:
            if not tray.name and not tray.shots:
                tray.name = wanted
                return tray
        return self.add_class(wanted)

    def add(self, number: int, shot: Shot) -> bool:
        """Put a photo into a class, or ask about it; False if there are too many already."""
        if number == ASK:
            self.asked = shot
            return True
        tray = self.tray(number)
        if tray is None or self.full:
            return False
        tray.shots.append(shot)
        return True

    def tell(self, number: int) -> None:
        """The photo that was asked about shows this class: it counts among those from elsewhere, and is not learnt."""
        tray = self.tray(number)
        if self.full:
            self.remarks = [NO_ROOM]
        elif tray and self.asked:
            tray.elsewhere.append(self.asked)
            self.asked, self.remarks = None, []

    def classes(self) -> dict[str, list[Shot]]:
        """Name -> photos, of the classes that have some.

        Raises:
            DataError: if two have one name.
        """
        return {tray.called: tray.shots for tray in self._apart() if tray.shots}

    def elsewhere(self) -> dict[str, list[Shot]]:
        """Name -> photos from elsewhere.

        Raises:
            DataError: if two classes have one name.
        """
        return {tray.called: tray.elsewhere for tray in self._apart()}

    def _apart(self) -> list[Tray]:
        names = [tray.called for tray in self.trays]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise DataError(f'Two classes are called "{twice}". Name each differently.')
        return self.trays
