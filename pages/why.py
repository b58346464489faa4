"""Why it works: the theory measured, one experiment at a time, in the order of the argument."""

from pages._layout import next_pages
from pages._views import View, views
from pages.lesson.asked import of_lesions
from pages.lesson.check import check_yourself
from pages.theory.added import show_addition
from pages.theory.cures import show_cures
from pages.theory.early import show_forgetting, show_gradients, show_noise
from pages.theory.judged import show_claims
from pages.theory.lesions import show_lesions
from pages.theory.started import show_copy, show_open
from pages.theory.trained import show_growing, show_paths

VIEWS = {
    View(name, question, answer): show
    for name, question, answer, show in (
        ("Grow", "Can a plain network hold the same functions?", "Let both grow, and train on.", show_growing),
        ("Gradients", "Do gradients vanish in a plain network?", "Measured before the first step.", show_gradients),
        ("Cures", "Is it only a matter of the learning rate?", "Thirteen ways to train it.", show_cures),
        (
            "Forgetting", "How deep does a picture still come through?", "Read behind each block.",
            show_forgetting,
        ),
        ("Noise", "Do neighbours have the same gradient?", "On the way from one digit to another.", show_noise),
        ("Addition", "Which way back does the addition open?", "The gradient's two parts.", show_addition),
        ("Copy", "Can a deep network learn without shortcuts?", "The counter-example.", show_copy),
        ("Paths", "Which way does the gradient take?", "All paths, counted exactly.", show_paths),
        ("Lesions", "What is one block of a trained network worth?", "Replaced, one at a time.", show_lesions),
        ("Claims", "Which of these sentences are true?", "Twenty-two of them, each judged by numbers.", show_claims),
        ("Open", "What does none of this explain?", "Four things, and an argument that does not hold.", show_open),
    )
}  # fmt: skip

shown = views(*VIEWS)
next(show for view, show in VIEWS.items() if view.name == shown)()
check_yourself("Why", of_lesions)
next_pages(
    ("pages/race.py", "Race the networks"),
    ("pages/shortcut.py", "The addition, value by value"),
    ("pages/bug_lab.py", "One wrong line, measured"),
)
