import pytest

from pages.training.share import machine_address, watch_address


@pytest.mark.parametrize(
    ("page", "listens", "machine", "address", "said"),
    [
        ("http://10.0.0.5:8501/race", "", "10.0.0.5", "http://10.0.0.5:8501/race?run=a-1", ""),
        ("https://class.example.org/race?depth=8", "127.0.0.1", "", "https://class.example.org/race?run=a-1", ""),
        ("http://localhost:8501/race", "", "10.0.0.5", "http://10.0.0.5:8501/race?run=a-1", "came by localhost"),
        ("http://[::1]:8501/race", "::", "10.0.0.5", "http://10.0.0.5:8501/race?run=a-1", "came by ::1"),
        ("http://127.0.0.1:8501/race", "127.0.0.1", "10.0.0.5", "http://127.0.0.1:8501/race?run=a-1",
         'make run ARGS="--server.address 0.0.0.0"'),
        ("http://localhost/race", "0.0.0.0", "", "http://localhost/race?run=a-1", "it is in no network"),
    ],
)  # fmt: skip
def test_a_link_is_one_that_others_can_open_or_says_why_not(page, listens, machine, address, said):
    shared, note = watch_address(page, "a-1", listens, machine)
    assert shared == address
    assert said in note if said else not note


def test_this_machine_has_an_address_of_numbers_or_none():
    assert machine_address().replace(".", "0").isdigit() or machine_address() == ""
