"""The public names: `__all__`, the table of their homes and the imports for type checkers say the same."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import resnet_core
from resnet_core import figures

PACKAGES = {"resnet_core": resnet_core, "resnet_core.figures": figures}


def imports_for_type_checkers(package):
    """Name -> module, as written under `if TYPE_CHECKING:`."""
    tree = ast.parse(Path(package.__file__).read_text("utf-8"))
    block = next(n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    froms = [statement for statement in block.body if isinstance(statement, ast.ImportFrom)]
    return {alias.asname: (statement.module, alias.name) for statement in froms for alias in statement.names}


@pytest.mark.parametrize("name", PACKAGES)
def test_type_checkers_and_the_interpreter_find_the_same_names_in_the_same_homes(name):
    package = PACKAGES[name]
    lazy = {key: (f"{name}.{home}", key) for key, home in package._HOME_OF.items()}
    submodules = {"figures": ("resnet_core", "figures")} if package is resnet_core else {}
    typed = {key: found for key, found in imports_for_type_checkers(package).items() if key in package.__all__}
    assert typed == lazy | submodules


@pytest.mark.parametrize("name", PACKAGES)
def test_all_lists_each_public_name_once(name):
    package = PACKAGES[name]
    submodules = {"figures"} if package is resnet_core else set()
    assert set(package.__all__) == set(package._HOME_OF) | submodules
    assert len(package.__all__) == len(set(package.__all__))


@pytest.mark.parametrize(("package", "name"), [(p, name) for p in PACKAGES for name in PACKAGES[p].__all__])
def test_every_public_name_can_be_imported_and_has_a_docstring(package, name):
    value = getattr(import_module(package), name)
    assert value is not None
    assert value.__doc__


def test_dir_shows_the_public_names():
    assert set(resnet_core.__all__) <= set(dir(resnet_core))


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="trace_modell"):
        resnet_core.trace_modell  # noqa: B018  reading the attribute is the test


def test_no_public_name_comes_from_elsewhere_than_its_home():
    for name, home in resnet_core._HOME_OF.items():
        assert getattr(resnet_core, name).__module__ == f"resnet_core.{home}"
