"""What a page is made of: the app's own drawings, and data that can't break out of it."""

import json
import re

import pytest

from resnet_core.data.component import component
from resnet_core.errors import DataError
from resnet_core.site.build import write_site
from resnet_core.site.pieces import as_json, embedded, module_text, site_style
from resnet_core.site.topics import bottleneck_topic
from resnet_core.weights.library import list_weights


@pytest.mark.parametrize("name", ["shortcut", "cuts", "explorer", "replay", "race"])
def test_a_drawing_is_the_apps_own(name):
    assert module_text(f"drawing/{name}") == component(name, "app").js


def test_data_within_a_page_can_not_end_its_element():
    found = embedded("x.json", as_json({"title": "</script><b>"}))
    assert found.count("</script>") == 1
    inside = re.fullmatch(r"<script [^>]*>(.*)</script>", found).group(1)
    assert json.loads(inside) == {"title": "</script><b>"}


def test_every_colour_of_the_style_sheets_is_defined():
    css = (
        "".join(component(name, "app").css for name in ("shortcut", "cuts", "explorer", "replay", "race"))
        + site_style()
    )
    own = {"track", "below", "surface", "large", "one"}  # set by the drawing itself
    used = set(re.findall(r"var\(--([\w-]+)\)", css)) - own
    defined = set(re.findall(r"--([\w-]+):", site_style()))
    assert used <= defined


def test_the_page_offers_what_its_script_computes():
    known = bottleneck_topic().data["bottleneck.json"]
    assert known["offered"].keys() == known["first"].keys()
    for name, values in known["offered"].items():
        assert known["first"][name] in values
        assert f'<select name="{name}">' in bottleneck_topic().body
    assert bottleneck_topic().question == "Why 69,632 and not 1,179,648?"


def test_all_bundled_cifar_networks_with_an_addition_run_in_a_page():
    from resnet_core.figures.browser.networks import networks_for_pages

    bundled = [one for one in list_weights() if one.availability == "bundled" and one.spec.stem == "cifar"]
    added = {one.name for one in bundled if one.spec.shortcut != "none"}
    assert {one.name for one in networks_for_pages()} == added
    assert len(added) < len(bundled), "the plain ones have no addition that a page could show"


def test_a_folder_that_is_a_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "out").write_text("a file")
    monkeypatch.setattr("resnet_core.site.build.all_topics", lambda: [bottleneck_topic()])
    with pytest.raises(DataError, match="can't be written"):
        write_site(tmp_path / "out")


def test_a_single_file_asks_for_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr("resnet_core.site.build.all_topics", lambda: [bottleneck_topic()])
    (page,) = write_site(tmp_path, single_file=True)
    text = page.read_text("utf-8")
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]+"', text)
    assert "</script><" not in text.split('data-name="palettes.json"')[0].split("<body")[0].replace("</script>\n", "")
