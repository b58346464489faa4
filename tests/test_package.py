"""The package as others get it: a wheel in an environment of its own, outside the checkout.

Its dependencies are linked from this environment, but only those that the wheel declares: what it imports beyond
them, it misses.
"""

import email
import json
import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NOT_PULLED = {"streamlit", "openvino", "scikit-learn", "ray", "jax", "keras", "onnxruntime", "timm"}


def requirements_of(metadata, extra=""):
    """What a distribution requires on this machine, with one of its extras or none."""
    for line in metadata.get_all("Requires-Dist") or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def pulled_by(metadata, extra=""):
    """The distributions that an installation of it brings, with one of its extras or none; it not among them."""
    own, found, done = canonicalize_name(metadata["Name"]), {}, set()
    ahead = [(own, ""), (own, extra)]
    while ahead:
        name, asked = ahead.pop()
        if (name, asked) in done:
            continue
        done.add((name, asked))
        if name != own:
            found.setdefault(name, distribution(name))
        for requirement in requirements_of(metadata if name == own else found[name].metadata, asked):
            needed = canonicalize_name(requirement.name)
            ahead += [(needed, one) for one in {"", *requirement.extras}]
    return found


def link_into(site, distributions):
    """Put what is installed here into the environment of another one."""
    for dependency in distributions:
        base = Path(str(dependency.locate_file("")))
        for top in {file.parts[0] for file in dependency.files or () if file.parts[0] != ".."}:
            if not (site / top).exists():
                (site / top).symlink_to(base / top)


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, root]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def elsewhere(wheel, metadata, tmp_path_factory):
    """Run a command in an empty environment with the wheel, in an empty folder that is not the checkout."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "venv", with_pip=False)
    (site,) = (home / "venv" / "lib").glob("python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    link_into(site, pulled_by(metadata).values())
    (home / "work").mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "RESNET"))}

    def run(*words):
        command = [home / "venv" / "bin" / "python", *map(str, words)]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=home / "work",
            env=environment | {"HOME": str(home), "RESNET_CORE_CACHE": str(home / "cache")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.slow
def test_a_plain_installation_pulls_no_app_and_no_engine(metadata):
    pulled = set(pulled_by(metadata))
    assert not pulled & NOT_PULLED
    assert {"torch", "torchvision", "pandas", "plotly", "pillow", "safetensors", "typer"} <= pulled


@pytest.mark.slow
def test_the_wheel_has_all_data_and_nothing_of_the_app(root, wheel):
    with zipfile.ZipFile(wheel) as archive:
        licences = {name.rpartition("/")[2] for name in archive.namelist() if ".dist-info/licenses/" in name}
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert licences == {"LICENSE", "LICENSE-WEIGHTS.md"}
    tracked = subprocess.run(["git", "ls-files", "resnet_core"], cwd=root, capture_output=True, text=True, check=True)
    assert names == set(tracked.stdout.split())
    assert "resnet_core/py.typed" in names


@pytest.mark.slow
@pytest.mark.parametrize("program", [("-m", "resnet_core"), ("-c", "from resnet_core.cli import main; main()")])
def test_the_wheel_counts_layers_classifies_a_sample_and_lists_runs(elsewhere, program):
    rows = json.loads(elsewhere(*program, "layers", "resnet50", "--format", "json"))
    assert sum(row["params"] for row in rows) == 25_557_032
    sample = elsewhere("-c", "from resnet_core.data import data_folder; print(data_folder('samples') / 'coffee.jpg')")
    (answer,) = json.loads(elsewhere(*program, "classify", sample.strip(), "--format", "json"))
    assert answer["top"][0]["label"] == "cup of coffee"
    runs = json.loads(elsewhere(*program, "runs", "list", "--format", "json"))
    assert {"cifar_resnet20", "cifar_resnet56", "cifar_plain20", "cifar_plain56"} <= {run["run"] for run in runs}


@pytest.mark.slow
def test_a_notebooks_first_cell_installs_the_wheel_beside_it(root, wheel, metadata, tmp_path):
    """In an environment without the package, in a folder that is not the checkout, by the cell as it is kept."""
    venv.create(tmp_path / "venv", with_pip=True)
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    link_into(site, pulled_by(metadata, "notebook").values())
    beside = tmp_path / "course"
    beside.mkdir()
    (beside / wheel.name).symlink_to(wheel)
    cells = json.loads((root / "notebooks" / "1_race.ipynb").read_text("utf-8"))["cells"]
    (first,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "install")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP"))}

    def run(code):
        done = subprocess.run(
            [tmp_path / "venv" / "bin" / "python", "-c", code], capture_output=True, text=True, cwd=beside,
            env=environment | {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    asked = "import resnet_core as rc; print(rc.__file__, rc.check('addition-back', 1.4).state)"
    assert run(asked)[0] != 0
    assert run(first) == (0, "")
    code, said = run(asked)
    assert (code, said.split()[-1]) == (0, "right"), said
    assert str(site) in said
    assert run(first) == (0, "")  # once more: it is there, and nothing is done


@pytest.mark.slow
def test_the_wheel_traces_a_module_of_ones_own(elsewhere):
    code = """
import sys, torch, resnet_core as rc
print(rc.trace_model(torch.nn.Conv2d(3, 8, 3), (1, 3, 32, 32)).total_params)
print(sorted({"streamlit", "openvino", "sklearn"} & sys.modules.keys()), rc.__file__)
"""
    params, rest = elsewhere("-c", code).splitlines()
    assert int(params) == 3 * 8 * 9 + 8
    assert rest.startswith("[] ")
    assert "site-packages" in rest


@pytest.mark.slow
def test_without_scikit_learn_its_pictures_are_refused_in_a_sentence(elsewhere):
    code = """
import resnet_core as rc
from resnet_core.inference.samples import load_sample
for ask in (lambda: next(rc.race()), lambda: load_sample("flower")):
    try: ask()
    except rc.ResNetCoreError as error: print(error)
"""
    said = elsewhere("-c", code).splitlines()
    assert len(said) == 2
    assert all("scikit-learn, which is not installed" in sentence for sentence in said)


def test_the_lock_lies_within_what_the_package_declares(root):
    """requirements.txt names what the package, the app and the fast engine declare, each within its range."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {
        canonicalize_name(r.name): r.specifier
        for r in map(Requirement, [*project["dependencies"], *extras["app"], *extras["digits"], *extras["fast"]])
        if canonicalize_name(r.name) != project["name"]
    }
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = {canonicalize_name(r.name): r.specifier for r in (Requirement(x) for x in lines if x and x[0] != "#")}
    assert locked.keys() == declared.keys()
    for name in locked:
        here = distribution(name).version
        assert here in locked[name], f"{name} {here} is installed, {locked[name]} is locked: make install"
        assert here in declared[name]
    exact = {name for name, specifier in locked.items() if str(specifier).startswith("==")}
    assert {"torch", "torchvision"} <= exact
    assert not any(str(specifier).startswith("==") for specifier in declared.values())


def test_the_version_stands_in_one_place(root):
    import resnet_core as rc

    assert tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dynamic"] == ["version"]
    assert f'VERSION = "{rc.__version__}"' in (root / "resnet_core" / "version.py").read_text(encoding="utf-8")
