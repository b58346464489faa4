"""Architecture: a network as a drawing that opens, as a list of all its layers, or beside another one."""

from pages._layout import next_pages
from pages._views import View, views
from pages.network.view_compare import show_compare
from pages.network.view_explore import show_explore
from pages.network.view_layers import show_layers

VIEWS = {
    View(
        "Explore", "What is inside a ResNet, layer by layer?",
        "A stem, then stages of one repeated block, each at half the size and twice the channels of the one before.",
    ): show_explore,
    View(
        "Layers", "What does each layer take in and give out?",
        "Every call of the network, at any batch, height and width. The rows add up to the totals.",
    ): show_layers,
    View(
        "Compare", "How do two variants differ?",
        "Both are drawn on one scale and aligned by stage. Framed stages differ; the table says in what.",
    ): show_compare,
}  # fmt: skip

shown = views(*VIEWS)
next(show for view, show in VIEWS.items() if view.name == shown)()
next_pages(
    ("pages/bottleneck.py", "Why the blocks squeeze their channels"), ("pages/variants.py", "What each change bought"),
    ("pages/classify.py", "The network at work on your photo"),
)  # fmt: skip
