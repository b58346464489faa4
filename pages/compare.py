"""Compare: its old address. It is a view of Architecture now."""

from pages._views import moved

moved("pages/architecture.py", "Compare", size="both")
