"""The version of package and app, in its one place: pyproject.toml and `--version` read it here."""

VERSION = "0.2.0"
