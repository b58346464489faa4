"""Every error that this package raises on purpose.

    ResNetCoreError
    |-- UnknownModelError    no variant of that name
    |-- InvalidSpecError     a model, an input size or a run that can't work
    |   `-- TraceError       a pass that failed midway; it carries the calls so far (anatomy.counting.calls)
    |-- ImageError           bytes that are not a picture we can read
    |-- WeightsError         weights that are missing, broken or of another network
    |   `-- DownloadCancelledError   someone stopped a download (weights.cancellation)
    |-- DataError            a data set that is missing or unusable
    |-- QueueFullError       too many people at once
    `-- MissingPackageError  a package that only an extra brings

Each message says what was given, what is allowed and what to do next, so that a page or the
command line can show it as it stands.
"""

from __future__ import annotations


class ResNetCoreError(Exception):
    """The root: catch this one to show any of them as a sentence."""


class UnknownModelError(ResNetCoreError):
    """No variant has that name."""


class InvalidSpecError(ResNetCoreError):
    """A choice that contradicts another, or an input that the network can't take.

    Attributes:
        field: the name of the choice that was refused, or "" where it is none in particular.
    """

    def __init__(self, message: str = "", *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ImageError(ResNetCoreError):
    """An upload that is not a picture we can read safely."""


class WeightsError(ResNetCoreError):
    """Weights that are missing, damaged, refused or made for another network."""


class DataError(ResNetCoreError):
    """A data set that is missing, empty or unreadable."""


class QueueFullError(ResNetCoreError):
    """More work than the machine takes on at once."""


class MissingPackageError(ResNetCoreError, ImportError):
    """A package that is not installed. The message says which extra brings it."""


def require(holds: bool, field: str, given: object, allowed: str) -> None:
    """Refuse a choice in the one form that all our refusals have: field, value given, values allowed.

    Raises:
        InvalidSpecError: unless `holds`.
    """
    if not holds:
        raise InvalidSpecError(f"{field}={given!r} does not work: it must be {allowed}.", field=field)
