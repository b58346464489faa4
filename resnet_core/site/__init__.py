"""The explainer as static pages: plain HTML, JSON and the drawings' own modules, with the networks run in the page."""
