"""`/papers export` and `/papers import`: own subscriptions as a file, taken back whole or not at all."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.places import Place
from bot.portable import NotPortableError, read
from bot.request import LONGEST_FILE
from bot.wishes import Wish
from storage.database import Database
from storage.models import Change, Person, Subscription
from tests.factories import DAY, at
from tests.someone import Someone, reader, stage_over

PLACE = "slack:@U0READER"
SAID = (
    "subscribe diffusion daily 08:30 on mon,wed in Asia/Tokyo style thread most 5 least 2 explain on"
    " late append",
    'subscribe "in japan" OR agents weekly fri 17:00',
    "subscribe upvotes>=50 each",
)


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Someone]:
    """Somebody with three subscriptions, the last of them paused."""
    async with stage_over(database) as stage:
        someone = reader(stage)
        for text in SAID:
            assert "is set up" in await someone.say(text)
        await someone.say("pause 3")
        yield someone


def file_of(*rows: Any, **changes: Any) -> str:
    return json.dumps({"version": 1, "subscriptions": list(rows), **changes})


async def exported(someone: Someone) -> str:
    attachment = (await someone.ask("export")).attachment
    assert attachment is not None
    assert attachment.name == "subscriptions.json"
    return attachment.text


def settings_of(subscription: Subscription) -> dict[str, Any]:
    """What its owner has set."""
    kept = subscription.model_dump()
    switches = ("explain", "append_late", "rechecks", "state")
    names = ("filter", "cadence", "weekdays", "zone", "style", "max_papers", "least_papers", *switches)
    return {name: kept[name] for name in names} | {
        "local_time": kept["local_time"] if kept["cadence"] != "each" else None
    }


async def test_a_file_from_before_may_name_weekdays_of_each_edition(ana: Someone) -> None:
    assert '"each"' in await exported(ana)
    row = {"filter": "robots", "when": "each", "days": "mon-fri"}
    assert words_of(await ana.ask("import", file=file_of(row)))[0] == "1 subscription is set up."


async def test_what_is_exported_is_taken_back_the_same(ana: Someone) -> None:
    file, before = await exported(ana), await ana.stage.subscriptions()
    for number in (1, 2, 3):
        await ana.say(f"delete {number}")
    said = words_of(await ana.ask("import", file=file))
    assert said[0] == "3 subscriptions are set up, 1 of them paused."

    after = (await ana.stage.subscriptions())[3:]
    assert list(map(settings_of, after)) == list(map(settings_of, before))
    assert {one.owner for one in after} == {ana.who}
    assert await exported(ana) == file


def words_of(reply: Any) -> list[str]:
    return "\n".join("".join(span.text for span in line) for line in reply.messages[0].lines).split("\n")


async def test_a_file_says_what_people_can_read(ana: Someone) -> None:
    found = json.loads(await exported(ana))
    assert found["version"] == 1
    assert found["subscriptions"][0] == {
        "filter": "diffusion",
        "when": "daily 08:30",
        "days": "mon,wed",
        "zone": "Asia/Tokyo",
        "style": "thread",
        "most": "5",
        "least": "2",
        "explain": "on",
        "late": "append",
        "state": "active",
    }
    assert [row["state"] for row in found["subscriptions"]] == ["active", "active", "paused"]
    assert "U0READER" not in json.dumps(found)


async def test_a_channels_post_is_nobodys_own(ana: Someone) -> None:
    ana.profile.manager = True
    await ana.say("channel robots", place=ana.stage.slack.place)
    assert "robots" not in await exported(ana)


async def test_what_is_there_already_stays_as_it_is(ana: Someone) -> None:
    file, before = await exported(ana), await ana.stage.subscriptions()
    assert words_of(await ana.ask("import", file=file)) == [
        "0 subscriptions are set up. 3 others were there already."
    ]
    assert await ana.stage.subscriptions() == before

    found = json.loads(file)
    found["subscriptions"][0]["explain"] = "off"
    said = words_of(await ana.ask("import", file=json.dumps(found)))
    assert said == ["1 subscription is set up. 2 others were there already.", '4: papers about "diffusion"']


async def test_one_that_stands_twice_in_a_file_is_set_up_once(ana: Someone) -> None:
    row = {"filter": "robots"}
    assert words_of(await ana.ask("import", file=file_of(row, row)))[0].startswith(
        "1 subscription is set up."
    )


async def test_another_person_can_take_the_file_for_themselves(ana: Someone) -> None:
    file, before = await exported(ana), await ana.stage.subscriptions()
    bob = Someone(ana.stage, "T0PAPERS:U0BOB", direct=Place("slack", "@U0BOB"))
    assert words_of(await bob.ask("import", file=file))[0] == "3 subscriptions are set up, 1 of them paused."
    after = await ana.stage.subscriptions()
    assert after[:3] == before
    assert {(one.owner, one.place) for one in after[3:]} == {("slack:T0PAPERS:U0BOB", "slack:@U0BOB")}


async def test_it_can_be_typed_and_begins_at_the_next_time(ana: Someone) -> None:
    await ana.say("import " + file_of({"filter": "robots", "when": "daily 09:00", "days": "mon-sun"}))
    assert await ana.stage.due(4) == at(DAY, 9)


async def test_quiet_days_of_who_takes_it_hold(ana: Someone) -> None:
    await ana.say("settings quiet wed")
    await ana.ask("import", file=file_of({"filter": "robots", "days": "wed,thu"}))
    assert (await ana.stage.subscriptions())[3].quiet == "wed"
    before = await ana.stage.subscriptions()
    said = words_of(
        await ana.ask("import", file=file_of({"filter": "cats"}, {"filter": "dogs", "days": "wed"}))
    )
    assert "every day of this schedule is a quiet day" in said[0]
    assert await ana.stage.subscriptions() == before


GOOD = {"filter": "robots"}
HOSTILE = {
    "no-json": ("subscriptions: 3", "it is no JSON"),
    "half-a-file": ('{"version": 1, "subscriptions": [{"filter": "x"}', "it is no JSON"),
    "deep-nesting": ("[" * 90_000, "it is no JSON"),
    "deep-values": (
        file_of(json.loads("[" * 500 + "]" * 500)),
        "subscription 1 is not made of names and texts",
    ),
    "a-huge-number": ('{"version": 1' + "0" * 50_000 + ', "subscriptions": []}', "it is no"),
    "not-a-number": ('{"version": NaN, "subscriptions": []}', "it is not of version 1"),
    "a-list": ("[]", "it holds no subscriptions"),
    "a-text": ('"subscriptions"', "it holds no subscriptions"),
    "null": ("null", "it holds no subscriptions"),
    "no-list": ('{"version": 1, "subscriptions": {"0": {}}}', "it holds no subscriptions"),
    "another-version": (file_of(GOOD, version=2), "it is not of version 1"),
    "no-version": ('{"subscriptions": []}', "it is not of version 1"),
    "too-long": (file_of({"filter": "x" * LONGEST_FILE}), "it is too long"),
    "a-long-filter": (file_of(GOOD, {"filter": "x" * 90_000}), "subscription 2: a filter has at most 512"),
    "a-long-zone": (file_of({"filter": "x", "zone": "x" * 90_000}), "subscription 1: that is too long"),
    "too-many": (file_of(*({"filter": f"x{number}"} for number in range(51))), "it holds more than 50"),
    "a-number": (file_of(GOOD, {"filter": "x", "most": 5}), "subscription 2 is not made of names and texts"),
    "a-row-that-is-none": (file_of(GOOD, "robots"), "subscription 2 is not made of names and texts"),
    "half-a-character": (
        '{"version":1,"subscriptions":[{"filter":"\\ud800x"}]}',
        "is not made of names and texts",
    ),
    "half-a-name": ('{"version":1,"subscriptions":[{"\\udfff":"x"}]}', "is not made of names and texts"),
    "a-control-character": ('{"version":1,"subscriptions":[{"filter":"a\\u0000b"}]}', "a control character"),
    "an-unknown-key": (file_of(GOOD, {"filter": "x", "colour": "red"}), 'subscription 2 has "colour"'),
    "a-column": (file_of({"filter": "x", "first_day": "2020-01-01"}), 'has "first_day", which I do not know'),
    "a-bad-filter": (file_of(GOOD, {"filter": "(x"}), "subscription 2: "),
    "a-day": (file_of(GOOD, {"filter": "x until:7d"}), 'subscription 2: a subscription takes no "until:"'),
    "a-bad-time": (file_of({"filter": "x", "when": "25:00"}), 'subscription 1: "25:00" is not a time'),
    "a-bad-zone": (file_of({"filter": "x", "zone": "../x"}), "is not a time zone"),
    "a-bad-state": (file_of({"filter": "x", "state": "ended"}), "is neither active nor paused"),
    "somebody-elses-place": (
        file_of(GOOD, {"filter": "x", "place": "slack:@U0BOB"}),
        "somebody else's place",
    ),
    "a-channel": (file_of({"filter": "x", "place": "slack:C0PAPERS"}), "somebody else's place"),
    "an-owner": (file_of({"filter": "x", "owner": "slack:T0PAPERS:U0READER"}), "somebody else's place"),
    "nothing": ("", "it holds no text, or is longer than 100 kB"),
}


@pytest.mark.parametrize(("file", "says"), HOSTILE.values(), ids=HOSTILE)
async def test_a_file_that_cannot_be_taken_changes_nothing(ana: Someone, file: str, says: str) -> None:
    before = await everything(ana)
    reply = await ana.ask("import", file=file)
    (said,) = words_of(reply)
    assert said.startswith("I cannot take this file: ")
    assert says in said
    assert said.endswith(". Nothing was changed.")
    assert len(said) < 400
    assert await everything(ana) == before


@pytest.mark.parametrize(
    ("typed", "file", "says"),
    [
        ("import", None, "Which file? A file that /papers export made belongs behind it:"),
        (
            "import mine.json",
            None,
            "I find no file mine.json. A file that /papers export made belongs behind it:",
        ),
        (
            "import mine.json",
            "",
            "I cannot take this file: mine.json holds no text, or is longer than 100 kB.",
        ),
        ("import {" + "x" * 500, "", "I cannot take this file: it holds no text, or is longer than 100 kB."),
        ("import {", None, "I cannot take this file: it is no JSON. Nothing was changed."),
    ],
)
async def test_without_a_file_it_says_what_belongs_there(
    ana: Someone, typed: str, file: str | None, says: str
) -> None:
    assert words_of(await ana.ask(typed, file=file))[0].startswith(says)


async def test_the_word_all_is_taken_back_as_the_word(ana: Someone) -> None:
    await ana.say('subscribe "all"')
    file = await exported(ana)
    await ana.say("delete 4")
    await ana.ask("import", file=file)
    assert (await ana.stage.subscriptions())[-1].filter == '"all"'


async def everything(ana: Someone) -> list[Any]:
    return [await ana.stage.rows(table) for table in (Subscription, Change, Person)]


async def test_the_own_place_may_stand_there(ana: Someone) -> None:
    said = words_of(await ana.ask("import", file=file_of({"filter": "robots", "place": PLACE})))
    assert said[0] == "1 subscription is set up."


async def test_nobody_gets_more_than_fifty_by_it(ana: Someone) -> None:
    rows = [{"filter": f"robots{number}"} for number in range(48)]
    before = await everything(ana)
    said = words_of(await ana.ask("import", file=file_of(*rows)))
    assert "with yours it would be more than 50 subscriptions. Nothing was changed." in said[0]
    assert await everything(ana) == before
    said = words_of(await ana.ask("import", file=file_of(*rows[:47])))
    assert said[0] == "47 subscriptions are set up."


async def test_who_cannot_be_written_to_takes_nothing(ana: Someone) -> None:
    stranger = Someone(ana.stage, "T0OTHER:U0READER")
    assert "I cannot write to you directly" in "".join(
        words_of(await stranger.ask("import", file=file_of(GOOD)))
    )
    assert len(await ana.stage.subscriptions()) == 3


async def test_without_subscriptions_there_is_no_file(ana: Someone) -> None:
    bob = Someone(ana.stage, "T0PAPERS:U0BOB", direct=Place("slack", "@U0BOB"))
    reply = await bob.ask("export")
    assert reply.attachment is None
    assert words_of(reply) == ["You have no subscriptions, so there is nothing to export."]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=20,
)
_ROWS = st.dictionaries(
    st.sampled_from(["filter", "when", "days", "zone", "style", "most", "least", "state", "place", "x"]),
    st.sampled_from(["", "diffusion", "daily 09:00", "mon", "UTC", "5", "paused", PLACE]) | _JSON,
    max_size=5,
)


@given(_JSON | st.fixed_dictionaries({"version": st.just(1), "subscriptions": st.lists(_ROWS, max_size=3)}))
def test_whatever_a_file_holds_is_taken_or_refused(found: Any) -> None:
    try:
        taken = read(json.dumps(found), PLACE)
    except NotPortableError:
        return
    assert all(isinstance(one.wish, Wish) for one in taken)
