"""Basics: five minutes for whoever never saw a convolution, and all words that the pages explain."""

from pages._layout import next_pages
from pages._views import View, views
from pages.before.view_filter import show_filter
from pages.before.view_norm import show_norm
from pages.before.view_relu import show_relu
from pages.before.view_softmax import show_softmax
from pages.before.view_words import show_words

VIEWS = {
    View(
        "Filter", "What does a filter see?",
        "Nine numbers under a window, times nine weights, added up: one number comes out.",
    ): show_filter,
    View(
        "ReLU", "Why are negative numbers thrown away?", "What is below zero becomes zero. All else passes."
    ): show_relu,
    View(
        "Batch norm", "What does batch norm do to a channel?",
        "Channels come with means and spreads of all sizes. It gives each the same.",
    ): show_norm,
    View(
        "Softmax", "How do ten numbers become an answer?",
        "A network gives each class a number. The softmax makes shares of them.",
    ): show_softmax,
    View(
        "Words", "What does that word mean?", "Pages explain a word where they first say it. Here all of them are."
    ): show_words,
}  # fmt: skip

shown = views(*VIEWS)
next(show for view, show in VIEWS.items() if view.name == shown)()
next_pages(
    ("pages/race.py", "Networks of such filters, trained in front of you"),
    ("pages/bottleneck.py", "What filters cost"),
    ("pages/classify.py", "A network at work on your photo"),
)
