"""Every sentence for people is there in Vietnamese, with the same blanks to fill."""

import re

import pytest

from scripts.messages import DOMAIN, LOCALE, TRANSLATED, compiled, template, translated

# When one of these fails: python -m scripts.messages, then translate what is empty in the .po.


def blanks(text: str) -> set[str]:
    return set(re.findall(r"\{\w*[^}]*\}|%\(\w+\)[sd]", text))


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_sentence_is_missing(lang: str) -> None:
    there = translated(lang)
    missing = []
    for message in template():
        if not message.id:
            continue
        found = there.get(message.id, message.context)
        strings = found.string if found is not None else ""
        if not all([strings] if isinstance(strings, str) else strings):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_translations_fill_the_same_blanks(lang: str) -> None:
    wrong = []
    for message in translated(lang):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        if ids[0] and any(blanks(string) != blanks(ids[-1]) for string in strings):
            wrong.append(ids[0])
    assert wrong == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_compiled_catalogue_is_up_to_date(lang: str) -> None:
    path = LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.mo"
    assert path.read_bytes() == compiled(translated(lang))
