"""What the package offers: __all__, the lazy map and the imports for type checkers are one and the same list."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

PACKAGES = ["resnet_core", "resnet_core.figures"]


def typed_imports(package):
    """Name -> module, of the imports under TYPE_CHECKING in a package's __init__.py."""
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    found = [(alias, node.module) for node in guarded.body for alias in node.names]
    assert all(alias.asname == alias.name for alias, _ in found), "`X as X` tells type checkers that X is public"
    return {alias.name: module for alias, module in found}


def lazy_map(package):
    """Name -> module, as the package's __getattr__ looks it up."""
    return {name: f"{package.__name__}.{home}" for name, home in package._HOME_OF.items()}


@pytest.fixture(params=PACKAGES)
def package(request):
    return importlib.import_module(request.param)


def test_what_type_checkers_see_is_what_is_loaded(package):
    submodules = {"figures": "resnet_core"} if package.__name__ == "resnet_core" else {}
    assert typed_imports(package) == lazy_map(package) | submodules


def test_all_is_the_lazy_map(package):
    assert sorted(package.__all__) == sorted(typed_imports(package))
    assert len(set(package.__all__)) == len(package.__all__)


def test_every_name_can_be_imported_and_comes_from_its_home(package):
    for name, home in lazy_map(package).items():
        value = getattr(package, name)
        assert value is getattr(importlib.import_module(home), name)
        assert value.__module__ == home, f"{name} is defined in {value.__module__}"


def test_every_name_has_a_docstring(package):
    for name in package.__all__:
        assert len((inspect.getdoc(getattr(package, name)) or "").strip()) > 15, name


def test_public_methods_that_a_class_offers_are_documented():
    import resnet_core as rc

    for name in ("BottleneckComparison", "Trace", "Classifier", "ModelSpec"):
        for member, value in vars(getattr(rc, name)).items():
            if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property | classmethod)):
                assert inspect.getdoc(value), f"{name}.{member}"


def test_a_name_that_does_not_exist_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match=rf"module '{package.__name__}' has no attribute 'resnet_9000'"):
        _ = package.resnet_9000


def test_dir_lists_what_can_be_used():
    import resnet_core as rc

    assert set(rc.__all__) <= set(dir(rc))


def test_the_errors_are_one_tree():
    from resnet_core import errors

    classes = [value for value in vars(errors).values() if inspect.isclass(value)]
    assert all(issubclass(value, errors.ResNetCoreError) for value in classes)
    assert {value.__name__ for value in classes} == set(lazy_names("errors"))
    assert all(value.__name__ in errors.__doc__ for value in classes)


def lazy_names(home):
    import resnet_core as rc

    return rc._HOMES[home]
