"""One file from the network to the disk: resumed where it broke, checked before it gets its name."""

from __future__ import annotations

import errno
import hashlib
import http.client
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from filelock import FileLock, Timeout

from resnet_core.errors import WeightsError
from resnet_core.weights.cancellation import Cancellation, DownloadCancelledError, cancelled_sentence

# Called with (bytes on disk, bytes in all, or 0 where the server does not say). What it raises ends the download.
Progress = Callable[[int, int], None]

_CHUNK = 1 << 18
_NETWORK_ERRORS = (URLError, http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError)


class StaysEncrypted(HTTPRedirectHandler):
    """Follows redirects, but never from https to http: nobody on the way may choose the bytes."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> Request | None:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise URLError(f"it redirects from https to {newurl}, which is not encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _BrokenError(Exception):
    """The connection ended before the file did."""


def download(
    url: str,
    target: Path,
    *,
    sha256: str | None,
    limit: int | None = None,
    progress: Progress | None = None,
    timeout_s: float = 20,
    cancellation: Cancellation | None = None,
) -> Path:
    """Fetch `url` to `target`, which appears whole and checked, or not at all.

    What has arrived stays in `<target>.partial` when the connection breaks or the download is cancelled, and the
    next call goes on from there.

    Args:
        sha256: the hash of the file, or its first digits; None where none is known, and the caller checks it otherwise.
        limit: the most bytes that the file may have; what sends more is no file that was asked for.
        timeout_s: how long the server may be silent, in seconds.

    Raises:
        DownloadCancelledError: once `cancellation` asks for it.
        WeightsError: without a network, for a wrong hash, too many bytes, a redirect from https to http, a full disk,
            or while someone else fetches the file.
    """
    partial = _partial(target)
    wish = cancellation or Cancellation()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock", timeout=0):
            _fetch_all(url, partial, _bounded(progress or _ignore, limit, partial, url), timeout_s, wish)
            if sha256 is not None:
                _check_hash(partial, url, sha256)
            partial.replace(target)
    except Timeout as error:
        raise WeightsError(
            f"{target.name} is being fetched already. Wait until that is done, then try again."
        ) from error
    except (_BrokenError, *_NETWORK_ERRORS) as error:
        if wish.asked:  # hanging up looks like a broken connection from here
            raise DownloadCancelledError(cancelled_sentence(target.name, _size(partial))) from error
        raise WeightsError(f"{target.name} could not be fetched from {url}: {_reason(error)}.") from error
    except OSError as error:
        full = " The disk is full: free some space and try again." if error.errno == errno.ENOSPC else ""
        raise WeightsError(f"{target} can't be written ({error.strerror or error}).{full}") from error
    return target


def kept_bytes(target: Path) -> int:
    """How much of a file an earlier download has left for the next one."""
    return _size(_partial(target))


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_all(url: str, partial: Path, progress: Progress, timeout_s: float, wish: Cancellation) -> None:
    """Go on after each break, as long as each attempt brings something. A silent server is not asked again."""
    while True:
        had = _size(partial)
        try:
            return _fetch_rest(url, partial, progress, timeout_s, wish)
        except TimeoutError:
            raise
        except (_BrokenError, *_NETWORK_ERRORS):
            if wish.asked or _size(partial) <= had:
                raise


def _fetch_rest(url: str, partial: Path, progress: Progress, timeout_s: float, wish: Cancellation) -> None:
    done = _size(partial)
    headers = {"User-Agent": "resnet-explainer", **({"Range": f"bytes={done}-"} if done else {})}
    try:
        response = build_opener(StaysEncrypted).open(Request(url, headers=headers), timeout=timeout_s)
    except HTTPError as error:
        error.close()
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        partial.unlink()  # more bytes here than there: begin again
        return _fetch_rest(url, partial, progress, timeout_s, wish)
    with response, wish.hearing(response):
        resumed = response.status == http.client.PARTIAL_CONTENT
        start = done if resumed else 0
        length = int(response.headers.get("Content-Length") or 0)
        total = start + length if length else 0
        with partial.open("ab" if resumed else "wb") as file:
            _copy(response, file, start, total, progress, wish)
    return None


def _copy(
    response: http.client.HTTPResponse, file: BinaryIO, done: int, total: int, progress: Progress, wish: Cancellation
) -> None:
    progress(done, total)
    while not wish.asked and (chunk := response.read1(_CHUNK)):
        file.write(chunk)
        done += len(chunk)
        progress(done, total)
    if wish.asked or done < total:
        raise _BrokenError(f"the connection broke after {done:,} of {total:,} bytes")


def _bounded(progress: Progress, limit: int | None, partial: Path, url: str) -> Progress:
    """Progress that ends the download once more bytes are there, or are announced, than the file may have."""

    def report(done: int, total: int) -> None:
        if limit is not None and max(done, total) > limit:
            partial.unlink(missing_ok=True)
            raise WeightsError(
                f"{url} sends more than the {limit / 1e6:,.1f} MB that its file has at most: it is another file. "
                "What had arrived was removed."
            )
        progress(done, total)

    return report


def _check_hash(partial: Path, url: str, sha256: str) -> None:
    found = hash_file(partial)
    if found.startswith(sha256):
        return
    partial.unlink()
    raise WeightsError(
        f"What {url} sent is not the published file: its SHA-256 begins with {found[:8]} instead of {sha256[:8]}. "
        "It was removed. Try again; if it happens again, a proxy on the way changes files."
    )


def _partial(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"the server answered {error.code} {error.reason}"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "the server did not answer in time"
    if isinstance(error, _BrokenError):
        return str(error)
    reason = error.reason if isinstance(error, URLError) else error
    return f"there is no connection ({reason})"


def _ignore(done: int, total: int) -> None:
    """Tell nobody."""
