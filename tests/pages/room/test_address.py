import pytest

from pages.room.address import students_address, typed_address
from pages.room.card import join_card
from pages.room.limits import Limit

HERE = "192.168.1.5"


@pytest.mark.parametrize(
    ("page", "listens", "machine", "address", "says"),
    [
        ("http://192.168.1.9:8501/lesson?room=A", "", HERE, "http://192.168.1.9:8501/room/KLPX", ""),
        ("https://school.example/resnet/lesson", "", HERE, "https://school.example/resnet/room/KLPX", ""),
        ("http://localhost:8501/lesson", "", HERE, "http://192.168.1.5:8501/room/KLPX", ""),
        ("http://127.0.0.1:8501/", "0.0.0.0", HERE, "http://192.168.1.5:8501/room/KLPX", ""),
        ("http://localhost:8501/", "127.0.0.1", HERE, "http://localhost:8501/room/KLPX", "--server.address 0.0.0.0"),
        (
            "http://localhost:8501/",
            "",
            "",
            "http://localhost:8501/room/KLPX",
            "it is in no network. Many school networks",
        ),
    ],
)
def test_students_get_an_address_that_they_can_reach(page, listens, machine, address, says):
    found, sentence = students_address(page, "KLPX", listens, machine)
    assert found == address
    assert says in sentence
    assert bool(says) == bool(sentence)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("10.0.0.7:8501", "http://10.0.0.7:8501/room/KLPX"),
        ("https://school.example/resnet/", "https://school.example/resnet/room/KLPX"),
        ("http://10.0.0.7/room/KLPX", "http://10.0.0.7/room/KLPX"),
        ("10.0.0.7/join", "http://10.0.0.7/room/KLPX"),
        ("", ""), ("javascript://x", ""), ("10.0.0.7:port", ""), ("two words", ""),
    ],
)  # fmt: skip
def test_what_a_teacher_types_is_an_address_or_is_left_alone(typed, address):
    assert typed_address(typed, "KLPX") == address


def test_the_card_says_code_and_address_and_draws_them():
    card = join_card("http://10.0.0.7:8501/room/KLPX", "KLPX", "dark")
    assert "10.0.0.7:8501/join" in card
    assert ">KLPX<" in card
    assert "aria-label='QR code of http://10.0.0.7:8501/room/KLPX'" in card
    assert "<svg" in card
    assert "<script" not in join_card("http://x/<script>/room/KLPX", "KLPX", "light")


def test_a_limit_lets_so_many_through_in_a_while_each():
    now = [0.0]
    limit = Limit(2, 10.0, lambda: now[0])
    assert [limit.lets("ann") for _ in range(3)] == [True, True, False]
    assert limit.is_spent("ann")
    assert limit.lets("ben")
    now[0] = 10.0
    assert not limit.is_spent("ann")
    assert limit.lets("ann")


def test_a_limit_forgets_the_oldest_names():
    limit = Limit(1, 10.0, lambda: 0.0)
    for number in range(5000):
        limit.lets(str(number))
    assert len(limit._since) == 2000
