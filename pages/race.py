"""Race: a plain and a residual network in lockstep, live, or recorded in full length."""

from pages._layout import next_pages
from pages._views import View, views
from pages.training.view_live import show_live
from pages.training.view_recorded import show_recorded

VIEWS = {
    View("Live", "How wrong will the plain network be?", ""): show_live,
    View(
        "Recorded", "What happens in a longer training?",
        "Plain and residual networks learn CIFAR-10, recorded epoch by epoch. Figure 6 of the paper asks this: "
        "does the deeper network reach the lower error, in training as well?",
    ): show_recorded,
}  # fmt: skip

shown = views(*VIEWS)
next(show for view, show in VIEWS.items() if view.name == shown)()
next_pages(
    ("pages/architecture.py", "The layers of the two networks"), ("pages/bottleneck.py", "What deep blocks cost"),
    ("pages/published.py", "The paper's other tables"),
)  # fmt: skip
