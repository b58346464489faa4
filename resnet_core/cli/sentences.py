"""What the command line says where something is wrong: one sentence on stderr, exit status 2, whoever found it out."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from typing import Any, cast

import typer
from typer.core import TyperGroup

from resnet_core.errors import ResNetCoreError

# typer 0.29 carries a click of its own, older ones use the one beside them
ClickException = cast("type[Exception]", typer.BadParameter.__mro__[2])
LIKENESS = {"×": "x", "–": "-", "—": "-", "−": "-", "…": "...", "·": ".", "→": "->", "≈": "~"}  # fmt: skip
QUOTE = "'"
PROSE = {  # words of the checker that typer calls, and ours for them
    "Value error, ": "",
    "Input should be a valid integer, unable to parse string as an integer": "it must be a whole number",
    "Input should be a valid number, unable to parse string as a number": "it must be a number",
    "Input should be greater than or equal to ": "it must be at least ",
    "Input should be less than or equal to ": "it must be at most ",
    "Input should be ": "it must be ",
}


class Sentences(TyperGroup):
    """A group of commands. What fails for a reason that we know is one sentence on stderr and exit status 2."""

    def main(self, *args: Any, **options: Any) -> Any:
        """As a program: always ends with SystemExit."""
        print_anything()
        sys.exit(self._status(*args, **options | {"standalone_mode": False}))

    def _status(self, *args: Any, **options: Any) -> int:
        try:
            if sys.stdout is None:
                raise typer.BadParameter("Standard output is closed, so nothing can be printed: leave away `>&-`.")
            status = super().main(*args, **options)
            sys.stdout.flush()
        except ClickException as error:
            sentence = usage_sentence(error)
            return _say(sentence) if sentence else 2
        except ResNetCoreError as error:
            return _say(str(error))
        except typer.Abort:
            return _say("Stopped.", 130)
        except OSError as error:  # of standard output: files of the commands have errors of ours
            _discard_output()
            return 1 if isinstance(error, BrokenPipeError) else _say(f"The output can't be written: {error.strerror}.")
        return status if isinstance(status, int) else 0


def usage_sentence(error: Any) -> str:
    """What is wrong with a command line, and how to read what is right; empty where typer has printed all help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    said = " ".join(error.format_message().split()).removeprefix("Invalid value: ")
    if hasattr(error.__cause__, "errors"):
        said = _refusal(said, error.__cause__.errors()[0]["input"])
    context = getattr(error, "ctx", None)
    if context is None:
        return said
    return f"{said.rstrip('.')}. `{context.command_path} --help` shows what can be given."


def _refusal(said: str, given: object) -> str:
    """The checker's sentence about a value in the form that all our refusals have."""
    name, _, why = said.removeprefix("Invalid value for ").partition(": ")
    for theirs, ours in (PROSE | {f"{given!r} is not one of ": "it must be one of "}).items():
        why = why.replace(theirs, ours)
    return f"{name.strip(QUOTE)}={given!r} does not work: {why}"


def _say(sentence: str, status: int = 2) -> int:
    print(sentence, file=sys.stderr)
    return status


def _discard_output() -> None:
    """What is still in the buffer goes nowhere, or Python would report it once more when it ends."""
    try:
        number = sys.stdout.fileno()
    except (OSError, io.UnsupportedOperation):
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def print_anything() -> None:
    """From now on stdout and stderr take every text: what their encoding lacks is written as the nearest it has."""
    codecs.register_error("nearest", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="nearest")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(likeness, error.object[error.start : error.end])), error.end


def likeness(letter: str) -> str:
    """A letter in ASCII: × is x, é is e, a byte of a file's name that is no text is written as its number."""
    if "\udc80" <= letter <= "\udcff":
        return f"\\x{ord(letter) - 0xDC00:02x}"
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return LIKENESS.get(letter) or plain or "?"
