"""The journey that a network of one's own makes: sent, named, answering, explained; and its link given to a friend."""

import re

import pytest
import torch
from playwright.sync_api import expect
from torchvision import models

CLASSES = "heron\negret\nibis\nstork\ncrane"


@pytest.fixture(scope="module")
def best(tmp_path_factory):
    """torchvision's resnet18 with five classes, of which `stork` always wins, as a training script leaves it."""
    torch.manual_seed(0)
    model = models.resnet18(num_classes=5)
    model.fc.bias.data[3] = 50
    file = tmp_path_factory.mktemp("own") / "best.ckpt"  # a path: as bytes it would go through the test's pipe
    torch.save({"epoch": 7, "model_state_dict": model.state_dict()}, file)
    return file


@pytest.mark.slow
def test_a_checkpoint_is_sent_named_answers_and_gets_its_heat_map(page, new_page, visit, wait_idle, best):
    visit(page, "/classify?sample=car")
    page.get_by_role("button", name="Your own").click()
    page.locator('input[type="file"]').set_input_files(best)
    headline = page.get_by_role("heading", level=2)
    expect(headline.first).to_contain_text("class 3")
    expect(page.get_by_text("is a resnet18 with 5 classes")).to_be_visible()
    names = page.get_by_label("Its classes, in the order of its outputs")
    names.fill(CLASSES)
    names.press("Control+Enter")
    expect(headline.first).to_contain_text("stork")
    size = page.get_by_test_id("stNumberInputField")
    size.fill("96")
    size.press("Enter")
    expect(page.get_by_text("The shorter side becomes 96 pixels")).to_be_attached()
    expect(page).to_have_url(re.compile("weights=yours"))
    page.keyboard.press("Escape")
    wait_idle(page)
    page.get_by_role("radio", name="Why").or_(page.get_by_role("button", name="Why", exact=True)).click()
    page.get_by_role("heading", level=2, name=re.compile("stork")).wait_for()
    page.get_by_role("img", name=re.compile("conv5_x, 3×3")).wait_for()
    wait_idle(page)
    assert not re.search("stork|best|ckpt", page.url)
    friend = new_page()
    visit(friend, page.url.partition("//")[2].partition("/")[2].join(("/", "")))
    expect(friend.get_by_test_id("stAlert")).to_contain_text("its sender's own network, which stays in their visit")
    friend.get_by_text("Explained here").wait_for()
