"""What stands in DISCORD_SHARDS."""

import pytest

from bot.settings import SettingsError, read_settings
from bot.shards import Shards, parse_shards

READ = {
    "0-3/16": ((0, 1, 2, 3), 16),
    "5/16": ((5,), 16),
    "0,4,8/16": ((0, 4, 8), 16),
    "8-9, 4,4-5 / 16": ((4, 5, 8, 9), 16),
    "15/16": ((15,), 16),
    "0/1": ((0,), 1),
}


@pytest.mark.parametrize("text", READ)
def test_some_shards_of_so_many(text: str) -> None:
    assert parse_shards(text) == Shards(*READ[text])
    assert read_settings(DISCORD_SHARDS=text).discord_shards == text


WRONG = {
    "nothing of how many": ("3", "write which shards of how many"),
    "no shard": ("/16", "write which shards of how many"),
    "words": ("all/16", "write which shards of how many"),
    "a gap": ("0,,3/16", "write which shards of how many"),
    "a range without an end": ("0-/16", "write which shards of how many"),
    "behind the last": ("12-16/16", "of 16 shards the last is 15, so there is no 16"),
    "upside down": ("3-0/16", "3-0 is upside down"),
    "of none": ("0/0", "there can be 1 to 10000 shards"),
    "of far too many": ("0-999999/999999", "there can be 1 to 10000 shards"),
    "a negative one": ("-1/16", "write which shards of how many"),
    "other digits": ("²/16", "write which shards of how many"),
    "spaces in a range": ("0 - 3/16", "write which shards of how many"),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_not_understood_is_named_with_an_example(text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as problem:
        read_settings(DISCORD_SHARDS=text)
    assert str(problem.value).startswith(f"DISCORD_SHARDS: {sentence}")
    assert "0-3/16, 5/16 or 0,4,8/16" in str(problem.value)


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_SHARDS", "")
    assert read_settings().discord_shards is None
