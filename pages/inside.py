"""Inside: its old address. It is a view of Classify now."""

from pages._views import moved

moved("pages/classify.py", "Why")
