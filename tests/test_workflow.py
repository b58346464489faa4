"""What GitHub runs on each push: the README's own commands, where a browser and an accepted checkout are."""

import re

import pytest
import yaml


@pytest.fixture(scope="module")
def job(root):
    (path,) = (root / ".github" / "workflows").glob("*.yml")
    (job,) = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return job


def test_it_runs_the_readmes_commands(root, job):
    readme = (root / "README.md").read_text(encoding="utf-8")
    promised = sorted(set(re.findall(r"(?:^|`)(make test[a-z-]*)", readme, re.MULTILINE)))
    assert promised == ["make test", "make test-slow"]
    assert [step["run"] for step in job["steps"] if step.get("run", "").startswith("make")] == promised


def test_it_has_a_browser_and_misses_it_aloud(job):
    (prepare,) = [step["run"] for step in job["steps"] if "apt-get install" in step.get("run", "")]
    assert "chromium" in prepare
    assert job["env"]["REQUIRE_BROWSER"] == "1"


def test_it_takes_the_oldest_python_that_is_supported(root, job):
    supported = re.search(r'requires-python = ">=([\d.]+)', (root / "pyproject.toml").read_text(encoding="utf-8"))[1]
    assert job["runs-on"] == "ubuntu-latest"
    assert job["container"].startswith(f"python:{supported}-")
