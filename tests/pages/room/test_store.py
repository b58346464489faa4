import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest

from pages.room import store
from pages.room.admission import HOLDS, OF_A_DEVICE
from pages.room.records import RoomError
from pages.room.store import LASTS_S, LETTERS, REMEMBERED_S, Rooms
from tests.pages.room.asked import CHOICE, NUMBER, someone


def tally(rooms, opened, step=CHOICE.key):
    return opened.steered.tally(rooms.find(opened.code), rooms.asked(opened.code, step))


def test_a_code_is_four_letters_that_make_no_word_and_is_found_however_it_is_typed(rooms, opened):
    assert len(opened.code) == 4
    assert set(opened.code) <= set(LETTERS)
    assert not set(LETTERS) & set("AEIOUY")
    typed = f" {opened.code[:2].lower()}-{opened.code[2:].lower()} "
    assert rooms.find(typed).code == opened.code


def test_the_same_answer_a_hundred_times_is_one_and_the_last_one_counts(rooms, opened):
    rooms.join(opened.code, someone(1))
    for _ in range(100):
        rooms.answer(opened.code, someone(1), CHOICE.key, 1, "yes")
    assert tally(rooms, opened).rounds == ({"yes": 1},)
    rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    assert tally(rooms, opened).rounds == ({"no": 1},)
    assert rooms.given(opened.code, CHOICE.key) == 1
    assert rooms.join(opened.code, someone(1)) == {"why 1": "no"}  # so the page finds it again


def test_two_hundred_at_once_who_all_retry_are_counted_once_each(rooms, opened):
    def student(number):
        for _ in range(3):
            rooms.join(opened.code, someone(number))
            rooms.answer(opened.code, someone(number), CHOICE.key, 1, "yes" if number % 4 else "no")

    with ThreadPoolExecutor(HOLDS) as together:
        list(together.map(student, range(HOLDS)))  # raises what a student would meet
    counted = tally(rooms, opened)
    assert (counted.joined, counted.answered) == (HOLDS, HOLDS)
    assert counted.rounds == ({"no": 50, "yes": 150},)
    with pytest.raises(RoomError, match="is full: 200 take part already"):
        rooms.join(opened.code, someone(HOLDS))
    rooms.join(opened.code, someone(7))  # who is in comes back


def test_no_device_fills_a_room_alone(rooms, opened):
    for number in range(HOLDS):
        rooms.join(opened.code, someone(number), "10.0.0.66")
    rooms.answer(opened.code, someone(0), CHOICE.key, 1, "no")
    for number in range(HOLDS, HOLDS + 30):
        rooms.join(opened.code, someone(number), f"10.0.0.{number}")
    assert rooms.find(opened.code).joined == HOLDS
    assert rooms.takes_part(opened.code, someone(0)), "who has answered keeps the place"
    assert not rooms.takes_part(opened.code, someone(1))
    with pytest.raises(RoomError, match="is full"):
        rooms.join(opened.code, someone(999), "10.0.0.66")


def test_one_browser_has_a_few_places_and_keeps_them(rooms, opened):
    for number in range(OF_A_DEVICE):
        rooms.join(opened.code, someone(number), "10.0.0.1", "phone")
    with pytest.raises(RoomError, match="This browser has joined 3 times already"):
        rooms.join(opened.code, someone(90), "10.0.0.2", "phone")
    rooms.join(opened.code, someone(90), "10.0.0.1", "another phone")
    assert rooms.join(opened.code, someone(0), "10.0.0.1", "phone") == {}
    other, _ = rooms.open()
    assert rooms.join(other, someone(91), "10.0.0.1", "phone") == {}, "each room counts for itself"
    assert rooms.find(opened.code).joined == OF_A_DEVICE + 1


def test_nobody_else_gets_in_once_the_opener_says_so_and_who_is_in_stays(rooms, opened):
    rooms.join(opened.code, someone(1))
    opened.steered.take_in(False)
    with pytest.raises(RoomError, match="takes nobody else in"):
        rooms.join(opened.code, someone(2))
    rooms.join(opened.code, someone(1))
    rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    opened.steered.take_in(True)
    rooms.join(opened.code, someone(2))
    assert (rooms.find(opened.code).joined, tally(rooms, opened).answered) == (2, 1)


def test_places_are_shared_out_evenly_and_then_no_further(rooms, opened):
    for number in range(HOLDS):
        rooms.join(opened.code, someone(number), f"10.0.0.{number % 2}")
    for number in range(HOLDS, HOLDS + 100):
        with suppress(RoomError):
            rooms.join(opened.code, someone(number), "10.0.0.9")
    assert rooms.find(opened.code).joined == HOLDS
    came = sum(rooms.takes_part(opened.code, someone(number)) for number in range(HOLDS, HOLDS + 100))
    assert came in (66, 67)


def test_a_file_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    with closing(sqlite3.connect(tmp_path / "rooms.sqlite")) as old:
        old.execute(
            "CREATE TABLE rooms (code TEXT PRIMARY KEY, secret TEXT NOT NULL, opened REAL NOT NULL, ended REAL,"
            " step TEXT NOT NULL DEFAULT '', by_hands INTEGER NOT NULL DEFAULT 0,"
            " reached INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
        )
        old.execute(
            "CREATE TABLE participants (room TEXT, participant TEXT, PRIMARY KEY (room, participant)) WITHOUT ROWID"
        )
        old.commit()
    for _ in range(2):
        found = Rooms(tmp_path / "rooms.sqlite")
        code, _ = found.open()
        assert found.join(code, someone(1), "10.0.0.1") == {}
        found.shut()


def test_the_distribution_is_unreadable_before_the_reveal(rooms, opened):
    rooms.join(opened.code, someone(1))
    rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    assert rooms.revealed(opened.code, CHOICE.key) == ()
    opened.steered.vote_again(CHOICE.key)
    rooms.answer(opened.code, someone(1), CHOICE.key, 2, "yes")
    assert rooms.revealed(opened.code, CHOICE.key) == ()
    opened.steered.reveal(CHOICE.key, "no")
    assert rooms.revealed(opened.code, CHOICE.key) == ({"no": 1}, {"yes": 1})


def test_an_answer_that_comes_late_does_not_count(rooms, opened):
    rooms.join(opened.code, someone(1))
    opened.steered.vote_again(CHOICE.key)
    with pytest.raises(RoomError, match="too late"):
        rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    opened.steered.lock(CHOICE.key, "race-1")
    with pytest.raises(RoomError, match="too late"):
        rooms.answer(opened.code, someone(1), CHOICE.key, 2, "no")
    opened.steered.reveal(CHOICE.key, "no")
    with pytest.raises(RoomError, match="too late"):
        rooms.answer(opened.code, someone(1), CHOICE.key, 2, "no")
    assert tally(rooms, opened).answered == 0


@pytest.mark.parametrize("answer", ["perhaps", "", "x" * 1_000_000, "NO"])
def test_only_what_the_question_takes_is_an_answer(rooms, opened, answer):
    rooms.join(opened.code, someone(1))
    with pytest.raises(RoomError, match=r"is no answer to this question\. Choose one of: yes, no") as refused:
        rooms.answer(opened.code, someone(1), CHOICE.key, 1, answer)
    assert len(str(refused.value)) < 200


def test_equal_numbers_are_one_answer_and_others_are_refused(rooms, opened):
    opened.steered.ask(NUMBER.key, NUMBER)
    for number, answer in enumerate(["77", "77.0", "7.7e1"]):
        rooms.join(opened.code, someone(number))
        rooms.answer(opened.code, someone(number), NUMBER.key, 1, answer)
    assert tally(rooms, opened, NUMBER.key).rounds == ({"77": 3},)
    for answer in ("101", "-1", "nan", "inf", "9" * 400):
        with pytest.raises(RoomError, match="Give a number from 0 to 100"):
            rooms.answer(opened.code, someone(0), NUMBER.key, 1, answer)


def test_only_who_opened_it_steers_and_a_stranger_does_not_answer(rooms, opened):
    with pytest.raises(RoomError, match="Only who opened the room"):
        rooms.steer(opened.code, "guessed")
    with pytest.raises(RoomError, match="Only who opened the room"):
        rooms.steer(opened.code, "")
    with pytest.raises(RoomError, match="Join the room first"):
        rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    assert opened.secret.encode() not in rooms._database.path.read_bytes()


def test_a_room_ends_after_a_day_and_nothing_of_it_is_kept(rooms, opened, clock):
    rooms.join(opened.code, someone(1))
    rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    clock.now += LASTS_S + 1
    with pytest.raises(RoomError, match="has ended"):
        rooms.find(opened.code)
    rooms.open()
    for table in ("answers", "participants", "steps"):
        assert rooms._database.rows(f"SELECT * FROM {table}") == []
    with pytest.raises(RoomError, match="has ended"):
        rooms.join(opened.code, someone(1))
    clock.now += REMEMBERED_S
    rooms.open()
    with pytest.raises(RoomError, match="There is no room"):
        rooms.find(opened.code)


def test_a_closed_room_has_ended_for_all(rooms, opened):
    rooms.join(opened.code, someone(1))
    opened.steered.close()
    with pytest.raises(RoomError, match="has ended"):
        rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")


def test_a_server_holds_so_many_rooms_and_no_more(rooms, monkeypatch):
    monkeypatch.setattr(store, "OPEN_AT_ONCE", 2)
    rooms.open(), rooms.open()
    with pytest.raises(RoomError, match="2 rooms are open on this server"):
        rooms.open()


def test_a_step_that_one_returns_to_is_as_it_was_left_until_it_is_asked_anew(rooms, opened):
    rooms.join(opened.code, someone(1))
    rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    opened.steered.reveal(CHOICE.key, "no")
    opened.steered.ask(NUMBER.key, NUMBER)
    opened.steered.ask(CHOICE.key, CHOICE)
    assert rooms.asked(opened.code, CHOICE.key).state == "revealed"
    opened.steered.ask_anew(CHOICE.key)
    asked = rooms.asked(opened.code, CHOICE.key)
    assert (asked.state, asked.asking, asked.measured) == ("open", 2, None)
    assert tally(rooms, opened).answered == 0


def test_hands_count_in_hands_mode_and_phones_do_not(rooms, opened):
    rooms.join(opened.code, someone(1))
    rooms.answer(opened.code, someone(1), CHOICE.key, 1, "no")
    opened.steered.use_hands(True)
    opened.steered.raise_hands(CHOICE.key, 1, {"yes": 12, "no": 3})
    opened.steered.raise_hands(CHOICE.key, 1, {"yes": 12, "no": 4})  # told again: not added
    assert tally(rooms, opened).rounds == ({"yes": 12, "no": 4},)
    opened.steered.use_hands(False)
    assert tally(rooms, opened).rounds == ({"no": 1},)


def test_a_race_settles_a_locked_step_once(rooms, opened):
    rooms.settle(opened.code, CHOICE.key, "yes")
    assert rooms.asked(opened.code, CHOICE.key).state == "open"  # no race had begun
    opened.steered.lock(CHOICE.key, "race-1")
    rooms.settle(opened.code, CHOICE.key, "no")
    rooms.settle(opened.code, CHOICE.key, "yes")
    assert rooms.asked(opened.code, CHOICE.key).measured == "no"
    opened.steered.lock(CHOICE.key, "race-2")  # too late
    assert rooms.asked(opened.code, CHOICE.key).state == "revealed"


KILLED = """
import os, signal, sys
from pathlib import Path
from pages.room.store import Rooms
rooms = Rooms(Path(sys.argv[1]), lambda: float(sys.argv[3]))
for number in range(20):
    rooms.join(sys.argv[2], f"{number:032x}")
    rooms.answer(sys.argv[2], f"{number:032x}", "why", 1, "no")
os.kill(os.getpid(), signal.SIGKILL)  # after the last commit, before anything could be answered
"""


def test_what_is_written_outlives_a_killed_server_and_a_retry_changes_nothing(rooms, opened, root):
    command = [sys.executable, "-c", KILLED, rooms._database.path, opened.code, "1e6"]
    done = subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
    assert done.returncode == -signal.SIGKILL
    restarted = Rooms(rooms._database.path, rooms._clock)
    restarted.join(opened.code, someone(19))
    restarted.answer(opened.code, someone(19), CHOICE.key, 1, "no")  # the phone never heard of its answer
    assert restarted.given(opened.code, CHOICE.key) == 20
    assert restarted.find(opened.code).step == CHOICE.key
    assert restarted.steer(opened.code, opened.secret).code == opened.code
    restarted.shut()


def test_a_damaged_file_is_said(tmp_path):
    from resnet_core.errors import DataError

    (tmp_path / "rooms.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(DataError, match=r"rooms\.sqlite can't be used: .*remove that file"):
        Rooms(tmp_path / "rooms.sqlite").open()
