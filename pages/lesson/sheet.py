"""The lesson on paper, as HTML: the handout asks, the key answers. Pure text in, text out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import ascii_uppercase
from urllib.parse import urlencode

from pages.lesson.pictures import picture
from pages.lesson.question import Question
from pages.lesson.steps import Form, Opens, Step, frame, steps_of
from pages.room.judging import range_words

STYLE = Path(__file__).parents[2] / "assets" / "lesson" / "sheet.css"
THEME = "light large"  # small on paper, so its text is large
BLOCK_AGAIN = ("price",)  # it is drawn in an earlier step


def handout_html(form: Form, address: str) -> str:
    """Questions with room to answer, for who learns.

    Args:
        address: of the app, with its slash.
    """
    said = frame()
    head = (
        "<header><h2>Why do deep networks need shortcuts?</h2>"
        "<p class='name'><span>Name</span><span>Date</span></p></header>"
        f"<section><h3>After this lesson</h3><ul class='boxes'>{_items(said.objectives)}</ul></section>"
    )
    steps = "".join(_question(number, step, form) for number, step in enumerate(steps_of(form), 1))
    claim = (
        f"<section><h3>Ticket, second half</h3><p class='ask'>True or false, and why? <q>{escape(said.claim)}</q></p>"
        f"{_lines(3)}</section>"
    )
    home = (
        f"<section><h3>At home</h3><p class='ask'>{escape(said.homework)}</p>{_lines(4)}"
        f"<p class='where'>{_link(said.homework_page, address)}</p></section>"
    )
    return _page(head + steps + claim + home)


def key_html(form: Form, address: str) -> str:
    """Answers, what a class often says, and what to say to it, for who teaches."""
    said = frame()
    head = (
        "<header><h2>Key: why do deep networks need shortcuts?</h2></header>"
        f"<section><h3>Before the lesson</h3><ul>{_items(said.before)}</ul></section>"
    )
    steps = "".join(_answer(number, step, form, address) for number, step in enumerate(steps_of(form), 1))
    rest = (
        f"<section><h3>Ticket, second half</h3><p class='ask'><q>{escape(said.claim)}</q></p>"
        f"<p><strong>{escape(said.claim_right.capitalize())}.</strong> {escape(said.claim_why)}</p></section>"
        f"<section><h3>At home</h3><p class='ask'>{escape(said.homework)}</p>"
        f"<p>{escape(said.homework_answer)}</p></section>"
    )
    return _page(head + steps + rest, "key")


def _page(body: str, kind: str = "") -> str:
    return f"<style>{STYLE.read_text('utf-8')}</style><article class='sheet {kind}'>{body}</article>"


def _head(number: int, step: Step, form: Form) -> str:
    begin, end = step.time(form)
    return f"<h3>{number}. {escape(step.title)} <small>minutes {begin} to {end}</small></h3>"


def _question(number: int, step: Step, form: Form) -> str:
    figure = _figure(step, shown=False)
    text = (
        f"<p class='ask'>{escape(step.question.ask)}</p>{_blanks(step.question)}"
        "<p class='blank'><span>I think so because</span></p><p class='blank'><span>Measured</span></p>"
    )
    return (
        f"<section class='step'>{_head(number, step, form)}<div class='two'><div>{text}</div>{figure}</div></section>"
    )


def _blanks(question: Question) -> str:
    if question.options:
        return f"<ul class='boxes'>{_items(question.options)}</ul>"
    return f"<p class='blank'><span>My guess, {escape(range_words(question))}</span></p>"


def _answer(number: int, step: Step, form: Form, address: str) -> str:
    question = step.question
    right = str(question.right) if question.options else f"About {question.right:g} {question.unit}"
    letter = f"{ascii_uppercase[question.options.index(right)]}: " if right in question.options else ""
    rows = "".join(
        f"<tr><th scope='row'>{escape(said)}</th><td>{escape(reply)}</td></tr>" for said, reply in step.wrong
    )
    figure = _figure(step, shown=True)
    text = (
        f"<p class='ask'>{escape(question.ask)}</p><p><strong>{letter}{escape(right)}.</strong> {escape(step.see)}</p>"
        f"<p>{escape(step.say)}</p>"
    )
    table = f"<table><thead><tr><th>They say</th><th>You say</th></tr></thead><tbody>{rows}</tbody></table>"
    where = "".join(f"<p class='where'>{_link(opens, address, step.key)}</p>" for opens in step.links)
    return (
        f"<section class='step'>{_head(number, step, form)}<div class='two'><div>{text}</div>{figure}</div>"
        f"{table}<p>{escape(step.notes)}</p>{where}</section>"
    )


def _figure(step: Step, *, shown: bool) -> str:
    """The step's picture, once if it is the same in several steps."""
    again = BLOCK_AGAIN if shown else (*BLOCK_AGAIN, "split")
    return "" if step.key in again else f"<figure>{picture(step.key, shown, THEME)}</figure>"


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{escape(text)}</li>" for text in texts)


def _lines(count: int) -> str:
    return "<p class='blank'></p>" * count


def _link(opens: Opens, address: str, step: str = "") -> str:
    """A link with its address in full, for paper."""
    path = "" if opens.page == "home" else opens.page
    query = urlencode({**opens.query, **({"lesson": step} if step else {})}, doseq=True)
    full = f"{address}{path}?{query}" if query else f"{address}{path}"
    return f"{escape(opens.label)}: <a href='{escape(full)}'>{escape(full)}</a>"
