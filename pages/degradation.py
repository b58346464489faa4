"""Full length: its old address. It is a view of Race now."""

from pages._views import moved

moved("pages/race.py", "Recorded")
