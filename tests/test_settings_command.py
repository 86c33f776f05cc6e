"""`/papers settings`: what holds for all of a person's subscriptions."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage.database import Database
from storage.models import Change, Delivery, Person
from tests.factories import DAY, at
from tests.someone import Someone, reader, stage_over
from tests.stored import list_papers

ONE = timedelta(days=1)


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Someone]:
    """Somebody whose profile says Europe/Paris."""
    async with stage_over(database) as stage:
        someone = reader(stage)
        someone.profile.name = "Europe/Paris"
        yield someone


async def subscribe(ana: Someone, text: str = "diffusion daily 09:00 on mon-sun") -> None:
    assert "is set up" in await ana.say(f"subscribe {text}")


async def test_settings_begin_with_what_the_platform_tells(ana: Someone) -> None:
    said = await ana.say("settings")
    assert said.splitlines()[:4] == [
        "Settings",
        "Time zone: Europe/Paris, from your profile",
        "Usual time: 09:00, for new subscriptions",
        "Quiet weekdays: none",
    ]
    assert await ana.stage.rows(Person) == []  # to look is to leave nothing behind


async def test_where_nothing_is_told_the_zone_is_not_known(ana: Someone) -> None:
    ana.profile.name = None
    assert "Time zone: not known yet" in await ana.say("settings")


async def test_a_zone_that_was_set_goes_before_the_profile(ana: Someone) -> None:
    assert "Time zone: Asia/Tokyo\n" in await ana.say("settings zone asia/tokyo")
    await subscribe(ana)
    assert await ana.stage.due(1) == at(DAY + ONE, 0)  # 09:00 in Tokyo


async def test_the_usual_time_is_for_subscriptions_to_come(ana: Someone) -> None:
    await subscribe(ana)
    assert "Usual time: 08:30" in await ana.say("settings time 8:30")
    assert await ana.stage.due(1) == at(DAY, 7)
    await subscribe(ana, "agents on mon-sun")
    assert await ana.stage.due(2) == at(DAY, 6, 30)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Paris", "Without a time it is 08:30 on weekdays, Europe/Paris. "),
        (None, "Without a time it is 08:30 on weekdays, in your time zone. "),
    ],
)
async def test_how_to_subscribe_names_the_time_that_a_digest_would_come_at(
    ana: Someone, zone: str | None, said: str
) -> None:
    ana.profile.name = zone
    assert "Without a time it is 09:00 on weekdays" in await ana.say("subscribe")
    await ana.say("settings time 8:30")
    assert said in await ana.say("subscribe")


async def test_quiet_days_hold_for_all_subscriptions(ana: Someone) -> None:
    await subscribe(ana)
    await subscribe(ana, "agents weekly fri 09:00")
    said = await ana.say("settings quiet wed,thu")
    assert "2 subscriptions follow." in said
    assert "Quiet weekdays: Wed, Thu" in said
    assert await ana.stage.due(1) == at(DAY + 2 * ONE, 7)
    await subscribe(ana, "vision on mon-sun")
    assert await ana.stage.due(3) == at(DAY + 2 * ONE, 7)  # those to come as well

    assert "Quiet weekdays: none" in await ana.say("settings quiet none")
    assert await ana.stage.due(1) == at(DAY, 7)


@pytest.mark.parametrize(
    ("other", "quiet"),
    [("agents weekly fri 09:00", "fri"), ("agents each", "mon-sun"), ("agents", "mon-fri")],
)
async def test_no_subscription_can_be_left_without_a_day(ana: Someone, other: str, quiet: str) -> None:
    await subscribe(ana)
    await subscribe(ana, other)
    await ana.say("delete 1")
    before = await ana.stage.subscriptions()
    assert await ana.say(f"settings quiet {quiet}") == (
        "Subscription 2: every day of this schedule is a quiet day; choose other weekdays or quiet days."
    )
    assert ana.wrong_fields() == {"quiet"}
    assert await ana.stage.subscriptions() == before
    assert "Quiet weekdays: none" in await ana.say("settings")


async def test_each_edition_is_announced_for_a_day_that_is_not_quiet(ana: Someone) -> None:
    await subscribe(ana, "diffusion each")
    await ana.say("settings quiet wed,thu")
    friday = DAY + 2 * ONE
    assert await ana.stage.due(1) == at(friday, 12)
    assert "by Fri 31 Jul 2026, 14:00 Europe/Paris" in await ana.say("subscriptions")
    await list_papers(ana.stage.database, 1, title="Diffusion on a quiet day")
    assert await ana.stage.come(DAY, 12) == []
    await list_papers(ana.stage.database, 2, day=friday, title="Diffusion")
    [came] = await ana.stage.come(friday, 12)
    assert "Diffusion on a quiet day" in came
    assert await ana.stage.due(1) == at(friday + ONE, 12)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ("zone Mars/Olympus", "zone", '"Mars/Olympus" is not a time zone'),
        ("time 25:00", "time", '"25:00" is not a time'),
        ("time 9", "time", '"9" is not a time'),
        ("quiet caturday", "quiet", '"caturday" is not a list of weekdays'),
        ("zone \u202e../../etc/passwd", "zone", "is not a time zone"),
    ],
)
async def test_what_cannot_be_read_changes_nothing(ana: Someone, typed: str, field: str, said: str) -> None:
    assert said in await ana.say(f"settings {typed}")
    assert ana.wrong_fields() == {field}
    assert await ana.stage.rows(Person) == []


@pytest.mark.parametrize(
    "typed",
    [
        "zone Asia/Tokyo, time 08:30, quiet sat,sun",
        "zone Asia/Tokyo time 08:30 quiet sat,sun",
        "quiet sat, sun, TIME 8:30,Zone asia/tokyo",
    ],
)
async def test_several_settings_in_one_line(ana: Someone, typed: str) -> None:
    assert (await ana.say(f"settings {typed}")).splitlines()[1:4] == [
        "Time zone: Asia/Tokyo",
        "Usual time: 08:30, for new subscriptions",
        "Quiet weekdays: Sat, Sun",
    ]


async def test_the_line_that_the_settings_show_works_when_it_is_copied(ana: Someone) -> None:
    said = (await ana.say("settings")).splitlines()[-1]
    shown = said.removeprefix("To change them: /papers ").removesuffix("; one alone works as well.")
    assert "Time zone: Europe/Paris\nUsual time: 08:30" in await ana.say(shown)


async def test_one_mistake_among_several_changes_nothing(ana: Someone) -> None:
    assert '"25:00" is not a time' in await ana.say("settings zone Asia/Tokyo, time 25:00")
    assert "Time is said twice; keep one of them" in await ana.say("settings time 08:00 time 09:00")
    assert await ana.stage.rows(Person) == []


async def test_the_name_of_utc_is_short(ana: Someone) -> None:
    ana.profile.name = "Etc/UTC"
    assert "Time zone: UTC, from your profile" in await ana.say("settings")
    assert "Time zone: UTC\n" in await ana.say("settings zone etc/utc")


async def test_another_setting_is_named_as_unknown(ana: Someone) -> None:
    assert (await ana.say("settings colour red")).startswith("colour is no setting. There are zone ")


@pytest.mark.parametrize("typed", ["settings zone", "settings time", "settings quiet", "settings  "])
async def test_a_setting_without_a_value_shows_what_is(ana: Someone, typed: str) -> None:
    await ana.say("settings quiet sat")
    assert "Quiet weekdays: Sat" in await ana.say(typed)


class TestForm:
    """The same in a form."""

    async def test_it_shows_what_is(self, ana: Someone) -> None:
        await ana.say("settings quiet sat,sun")
        await ana.say("settings time 07:45")
        form = (await ana.ask("settings edit")).form
        assert form is not None
        shown = {field.name: field.value for field in form.fields}
        assert shown == {"zone": "Europe/Paris", "time": "07:45", "quiet": "sat,sun"}

    async def test_all_of_it_is_kept(self, ana: Someone) -> None:
        await subscribe(ana)
        said = await ana.say("settings", zone="Asia/Kolkata", time="07:30", quiet="wed")
        assert said.splitlines()[1:5] == [
            "1 subscription follows.",
            "Time zone: Asia/Kolkata",
            "Usual time: 07:30, for new subscriptions",
            "Quiet weekdays: Wed",
        ]
        assert await ana.stage.due(1) == at(DAY + ONE, 3, 30)

    async def test_what_was_shown_and_left_changes_no_subscription(self, ana: Someone) -> None:
        await subscribe(ana, "diffusion daily 09:00 on mon-sun in Asia/Tokyo")
        said = await ana.say("settings", zone="Europe/Paris", time="07:30", quiet="")
        assert "follow" not in said
        assert "Usual time: 07:30" in said
        assert "from your profile" in said
        assert (await ana.stage.subscriptions())[0].zone == "Asia/Tokyo"

    async def test_empty_quiet_days_are_none(self, ana: Someone) -> None:
        await subscribe(ana)
        await ana.say("settings quiet wed")
        await ana.say("settings", zone="Europe/Paris", time="09:00", quiet="")
        assert "Quiet weekdays: none" in await ana.say("settings")
        assert await ana.stage.due(1) == at(DAY, 7)

    async def test_a_mistake_keeps_it_open(self, ana: Someone) -> None:
        reply = await ana.ask("settings", {"zone": "Europe/Paris", "time": "noon", "quiet": "sat"})
        assert set(reply.errors) == {"time"}
        assert await ana.stage.rows(Person) == []

    async def test_a_field_that_is_none_is_refused(self, ana: Someone) -> None:
        assert "vacation_until is no setting" in await ana.say("settings", vacation_until="2030-01-01")


async def test_each_change_leaves_a_line(ana: Someone) -> None:
    await subscribe(ana)
    await ana.say("settings zone Asia/Tokyo")
    await ana.say("settings zone Asia/Tokyo")
    changes = await ana.stage.rows(Change)
    assert [change["what"] for change in changes] == ["made it", "changed their settings"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("UTC", "Pacific/Auckland"),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago"),
        ("Asia/Tokyo", "Europe/Paris"),
    ],
)
@pytest.mark.parametrize("hour", [0, 9, 21])
async def test_a_change_of_zone_neither_doubles_nor_drops_a_day(
    ana: Someone, first: str, second: str, hour: int
) -> None:
    """Each edition comes once, whenever its reader flies round the world and back."""
    stage = ana.stage
    await ana.say(f"settings zone {first}")
    await subscribe(ana, "diffusion daily 12:00 on mon-sun")
    got: list[str] = []
    titles = [f"Diffusion {step + 1}" for step in range(6)]
    for step in range(7):
        day = DAY + step * ONE
        for now in range(0, 24, 3):
            if now == 9 and step < 6:
                await list_papers(stage.database, step + 1, day=day, title=titles[step])
            if (step, now) in ((2, hour), (3, hour)):
                await ana.say(f"settings zone {second if step == 2 else first}")
            got += await stage.come(day, now, 30)

    held = [title for text in got for title in titles if title in text]
    assert held == titles
    dates = [row["local_date"] for row in await stage.rows(Delivery)]
    assert dates == sorted(set(dates))


async def test_what_is_no_zone_is_not_repeated_without_end(ana: Someone) -> None:
    said = await ana.say(f"settings zone {'x' * 1500}")
    assert said.endswith("is not a time zone; write a name such as Europe/Paris or UTC.")
    assert len(said) < 150
