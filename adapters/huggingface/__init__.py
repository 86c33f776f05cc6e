"""The source Hugging Face Daily Papers, and the bundled sample edition. Imports neither aiohttp nor data."""

from bot.settings import Settings
from bot.source import Source


def create(settings: Settings) -> Source:
    """The live source at `settings.source_url`."""
    from adapters.huggingface.source import HuggingFace

    return HuggingFace(settings.source_url, settings.source_attempts)


def create_sample(settings: Settings) -> Source:
    """One real edition that comes with the program: needs neither a network nor settings."""
    from adapters.huggingface.sample import Sample

    return Sample()
