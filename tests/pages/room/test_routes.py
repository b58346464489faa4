import json
import re

import pytest

from pages.room import routes
from pages.room.routes import DEVICE, MOST_BYTES, is_other_device
from tests.pages.room.asked import CHOICE, NUMBER, someone


def join(call, code, number=1, device=None, **how):
    """Join from a browser of its own, if no other is named."""
    cookie = (b"cookie", f"{DEVICE}={device or someone(number)}".encode())
    return call(f"/room/{code}/join", {"participant": someone(number)}, headers=[cookie], **how)


def say(call, code, answer, number=1, step="why", turn=1):
    return call(f"/room/{code}/answer", {"participant": someone(number), "step": step, "round": turn, "answer": answer})


def now(call, code):
    routes._news.clear()
    return call(f"/room/{code}/now").json


def test_a_code_leads_into_its_room(call, opened):
    typed = call(f"/join?code={opened.code.lower()}")
    assert (typed.status, typed.headers["location"]) == (303, f"room/{opened.code}")
    assert call(f"/room/{opened.code.lower()}").headers["location"] == opened.code
    page = call(f"/room/{opened.code}")
    assert page.status == 200
    assert f'data-room="{opened.code}"' in page.text


@pytest.mark.parametrize("typed", ["%21%21%21%21", "%3F", "%F0%9F%99%82"])
def test_a_code_without_a_letter_is_said_to_be_none(call, opened, typed):
    page = call(f"/join?code={typed}")
    assert (page.status, "A code has 4 letters, and there is none in that." in page.text) == (404, True)
    assert call("/join?code=").status == 200


def test_the_students_page_is_small_and_needs_nothing_but_itself(call, opened):
    page = call(f"/room/{opened.code}")
    assert len(page.body) < 14_000
    assert not re.search(r"""(src|href)=["'](?!data:)|https?://|@import|url\(""", page.text)
    rules = page.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules


def test_what_a_class_polls_is_a_few_hundred_bytes_and_tells_no_answer(call, opened, rooms):
    join(call, opened.code)
    assert say(call, opened.code, "no").json == {"answer": "no"}
    told = call(f"/room/{opened.code}/now")
    assert len(told.body) < 500
    assert (told.json["joined"], told.json["answered"], told.json["state"]) == (1, 1, "open")
    assert not {"right", "bars", "verdict", "slack"} & told.json.keys()
    opened.steered.reveal(CHOICE.key, "no")
    after = now(call, opened.code)
    assert (after["right"], after["verdict"]) == ("no", "1 of 1 of you was right. Right: no.")
    assert after["bars"] == [["yes", [0], False], ["no", [1], True]]


def test_what_a_class_polls_is_looked_up_once_for_all(call, opened, monkeypatch):
    looked = []
    monkeypatch.setattr(routes, "news", lambda rooms, code: looked.append(code) or {})
    for _ in range(20):
        call(f"/room/{opened.code}/now")
    assert looked == [opened.code]


def test_a_page_that_comes_back_hears_what_it_had_said(call, opened):
    assert join(call, opened.code).json == {"answers": {}}
    say(call, opened.code, "no")
    assert join(call, opened.code).json == {"answers": {"why 1": "no"}}


def test_the_same_answer_a_hundred_times_is_taken_each_time_and_counts_once(call, opened):
    join(call, opened.code)
    assert {say(call, opened.code, "yes").status for _ in range(100)} == {200}
    assert now(call, opened.code)["answered"] == 1


def test_a_flood_is_told_to_wait(call, opened):
    join(call, opened.code)
    last = [say(call, opened.code, "yes") for _ in range(160)][-1]
    assert (last.status, last.json["error"][:36]) == (429, "Too many answers in a few seconds. T")


@pytest.mark.parametrize("length", [MOST_BYTES, 1_000_000, 6_000_000])
def test_an_answer_of_a_million_characters_is_refused_in_a_sentence(call, opened, length):
    join(call, opened.code)
    refused = say(call, opened.code, "x" * length)
    assert refused.status == 413
    assert "That is too long: an answer has at most 2,000 characters" in refused.json["error"]


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b'{"participant": "me"}', "application/json", 400),
        (b'{"participant": 7}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 1900, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"participant=" + someone(1).encode(), "application/x-www-form-urlencoded", 415),
        (json.dumps({"participant": someone(1)}).encode(), "text/plain", 415),  # another site may send this unasked
    ],
)
def test_what_no_page_of_ours_sends_is_refused_in_a_sentence(call, opened, raw, kind, status):
    for path in ("join", "answer"):
        refused = call(f"/room/{opened.code}/{path}", raw=raw, kind=kind)
        assert refused.status == status
        assert refused.json["error"].endswith(".")


@pytest.mark.parametrize("sent", [{"step": 1}, {"round": 3}, {"round": "1"}, {"answer": None}, {"answer": ["no"]}])
def test_an_answer_without_its_parts_is_refused(call, opened, sent):
    join(call, opened.code)
    body = {"participant": someone(1), "step": "why", "round": 1, "answer": "no"} | sent
    assert call(f"/room/{opened.code}/answer", body).status == 422


def test_a_wrong_and_an_ended_code_are_said_where_one_types_the_next(call, opened):
    wrong = call("/join?code=ZZZZ") if opened.code != "ZZZZ" else call("/join?code=XXXX")
    assert wrong.status == 404
    assert "There is no room" in wrong.text
    opened.steered.close()
    ended = call(f"/room/{opened.code}")
    assert ended.status == 410
    assert "has ended" in ended.text
    assert call(f"/room/{opened.code}/now").json["error"].endswith("Ask for the code of the next one.")


def test_what_is_typed_as_a_code_is_no_markup(call):
    page = call("/join?code=%3Cb%3E%22x").text
    assert "<b>" not in page
    assert "There is no room BX" in page


def test_who_tries_many_codes_waits_and_who_takes_part_does_not(call, opened):
    for number in range(60):
        call(f"/join?code=Q{number:03}")
    assert call(f"/room/{opened.code}").status == 429
    assert "Wait a minute" in call(f"/join?code={opened.code}").text
    assert call(f"/room/{opened.code}", client="192.168.1.21").status == 200
    assert join(call, opened.code).status == 429


def test_who_tries_many_codes_does_not_shut_a_class_behind_the_same_address_out(call, opened):
    join(call, opened.code)
    for number in range(61):
        call(f"/join?code=Q{number:03}")
    assert call("/join?code=QQQQ").status == 429
    assert call(f"/room/{opened.code}").status == 200
    assert join(call, opened.code, 2).status == 200
    assert say(call, opened.code, "no").status == 200
    me = [(b"participant", someone(1).encode())]
    assert call(f"/room/{opened.code}/now", headers=me).status == 200


def test_the_same_wrong_code_again_is_no_new_try(call, opened):
    assert {call("/room/QQQQ/now").status for _ in range(100)} == {404}
    assert call(f"/room/{opened.code}").status == 200


def test_one_device_joins_sixty_times_a_minute_and_who_is_in_stays(call, opened, rooms):
    assert [join(call, opened.code, number).status for number in range(60)] == [200] * 60
    refused = join(call, opened.code, 60)
    assert (refused.status, "it tries again" in refused.json["error"]) == (429, True)
    assert join(call, opened.code, 7).status == 200
    reply = join(call, opened.code, 61, client="192.168.1.21")
    assert (reply.status, rooms.find(opened.code).joined) == (200, 61)


def test_the_page_numbers_its_browser_and_a_script_in_it_fills_no_room(call, opened, rooms):
    given = call(f"/room/{opened.code}").headers["set-cookie"]
    device = re.match(rf"{DEVICE}=([0-9a-f]{{32}}); HttpOnly; ", given)[1]
    again = call(f"/room/{opened.code}", headers=[(b"cookie", f"{DEVICE}={device}".encode())])
    assert "set-cookie" not in again.headers, "a page that is loaded again is no other browser"
    joined = [join(call, opened.code, number, device).status for number in range(100)]
    assert joined == [200] * 3 + [403] * 97
    assert join(call, opened.code, 100).status == 200, "what was refused has taken nothing from the class"
    assert rooms.find(opened.code).joined == 4


@pytest.mark.parametrize("headers", [[], [(b"cookie", f"{DEVICE}=me".encode())]])
def test_who_has_no_number_is_told_of_the_cookie(call, opened, headers):
    refused = call(f"/room/{opened.code}/join", {"participant": someone(1)}, headers=headers)
    assert (refused.status, refused.json["error"][:32]) == (403, "A cookie keeps your place. Allow")


def test_a_full_room_says_so(call, opened, rooms):
    for number in range(200):
        rooms.join(opened.code, someone(number), "192.168.1.20")
    refused = join(call, opened.code, 200)
    assert refused.status == 403
    assert "is full: 200 take part already" in refused.json["error"]


def test_the_openers_own_link_gives_this_browser_control_and_shows_no_secret(call, opened):
    back = call(f"/room/{opened.code}/steer/{opened.secret}")
    assert (back.status, back.headers["location"]) == (303, f"../../../lesson?room={opened.code}&lesson=why")
    assert back.headers["set-cookie"].startswith(f"room_{opened.code}={opened.secret};")
    refused = call(f"/room/{opened.code}/steer/guessed")
    assert refused.status == 403
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    ("client", "here", "other"),
    [
        ("192.168.1.20", "192.168.1.5", True), ("192.168.1.5", "192.168.1.5", False), ("127.0.0.1", "127.0.0.1", False),
        ("::1", "::1", False), ("::ffff:127.0.0.1", "0.0.0.0", False), ("::ffff:10.0.0.7", "::ffff:10.0.0.1", True),
        ("testclient", "", False),
    ],
)  # fmt: skip
def test_another_device_is_told_from_this_one(client, here, other):
    assert is_other_device(client, here) is other


def test_a_room_knows_whether_another_device_has_reached_it(call, opened, rooms):
    call(f"/room/{opened.code}", client="127.0.0.1")
    assert not rooms.find(opened.code).reached
    call(f"/room/{opened.code}", client="192.168.1.20")
    assert rooms.find(opened.code).reached


def test_a_disk_that_is_full_is_said_and_the_page_tries_again(call, opened, rooms, monkeypatch):
    from resnet_core.errors import DataError

    join(call, opened.code)

    def full(*_):
        raise DataError("/secret/path can't be used: disk is full.")

    monkeypatch.setattr(rooms, "answer", full)
    refused = say(call, opened.code, "no")
    assert refused.status == 503
    assert "/secret/path" not in refused.text


def test_under_a_path_the_routes_move_with_the_app():
    (mounted,) = routes.room_routes("school")
    assert mounted.path == "/school"


def test_a_number_is_asked_with_its_bounds_and_judged_with_its_slack(call, opened):
    opened.steered.ask(NUMBER.key, NUMBER)
    join(call, opened.code)
    told = now(call, opened.code)
    assert (told["options"], told["least"], told["most"], told["unit"]) == (None, 0, 100, "%")
    say(call, opened.code, "80", step="wrong")
    opened.steered.reveal(NUMBER.key, 77.1)
    assert now(call, opened.code)["verdict"] == (
        "1 of 1 of you was right, no more than 5\u00a0points off. Measured: 77.1\u00a0%."
    )
