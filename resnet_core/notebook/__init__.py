"""The drawings of the app as live widgets in a notebook, and what our types look like when they end a cell.

Nothing here loads with `import resnet_core`; the widgets need `pip install "resnet-explainer[notebook]"`.
"""
