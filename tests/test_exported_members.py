"""What the package offers: each name of the stub loads from where the stub says it lives, and is documented."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

PACKAGES = ["resnet_core", "resnet_core.figures"]


def homes(package):
    """Name -> module, as the stub beside the package says: `from .anatomy.trace import trace_model as trace_model`."""
    tree = ast.parse(Path(package.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    aliases = [(alias, node.module) for node in imports for alias in node.names]
    assert all(alias.asname == alias.name for alias, _ in aliases), "`X as X` tells type checkers that X is public"
    return {alias.name: f"{package.__name__}.{module}" if module else package.__name__ for alias, module in aliases}


@pytest.fixture(params=PACKAGES)
def package(request):
    return importlib.import_module(request.param)


def test_all_is_what_type_checkers_see(package):
    assert sorted(package.__all__) == sorted(homes(package))


def test_every_name_can_be_imported_and_comes_from_its_home(package):
    for name, home in homes(package).items():
        value = getattr(package, name)
        if inspect.ismodule(value):
            assert value.__name__ == f"{home}.{name}"
        else:
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
    with pytest.raises(AttributeError, match=rf"{package.__name__} attribute resnet_9000"):
        _ = package.resnet_9000


def test_dir_lists_what_can_be_used(package):
    assert set(package.__all__) <= set(dir(package))


def test_the_errors_are_one_tree():
    import resnet_core as rc
    from resnet_core import errors

    classes = [value for value in vars(errors).values() if inspect.isclass(value)]
    assert all(issubclass(value, errors.ResNetCoreError) for value in classes)
    named = {name for name, home in homes(rc).items() if home == "resnet_core.errors"}
    assert {value.__name__ for value in classes} == named
    assert all(value.__name__ in errors.__doc__ for value in classes)
