"""Classify: photos in, the likeliest classes out; and why the network said so."""

from pages._layout import next_pages
from pages._views import View, views
from pages.photo.choice import in_the_drawing, photo_and_weights
from pages.photo.pictures import FIRST_SAMPLE
from pages.photo.travelling import is_carried, offer_to_forget, remember, resume
from pages.photo.view_answer import show_answers
from pages.photo.view_why import show_why

VIEWS = {
    View(
        "Answer", "What does a ResNet see in your photo?",
        "It gives each class that it knows a probability. *None of these* is not among them.",
    ): show_answers,
    View(
        "Why", "Why did the network say so?",
        "See which places spoke for it; then cut blocks and shortcuts until the answer changes.",
    ): show_why,
}  # fmt: skip

shown = views(*VIEWS)
resume()
choice = photo_and_weights("classify")
remember(FIRST_SAMPLE)
if is_carried():
    with choice.row:
        offer_to_forget(FIRST_SAMPLE)
next(show for view, show in VIEWS.items() if view.name == shown)(choice)
next_pages(
    ("pages/shortcut.py", "What one addition does to it"),
    ("pages/architecture.py", "The layers that the picture passes through", in_the_drawing(choice.weights)),
    ("pages/race.py", "The race that the shortcuts win"),
)  # fmt: skip
