"""Dutch and English are both complete and never mixed."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from reports.reporting import page
from support import ROOT

from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.model.devices import DeviceState
from virgem.modules.problem import Severity
from virgem.modules.reports.table import tables
from virgem.modules.reports.words.sentences import SENTENCES
from virgem.modules.reports.words.speech import Speech
from virgem.modules.reports.words.values import vocabularies, vocabulary, word
from virgem.network.model import Selector, Side
from virgem.network.summary import selector_text

# Words that are the same in both languages.
ALIKE = {"estate", "contract", "router", "zone", "vlan", "ipv4", "ipv6", "servers-use", "zone-count"}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_is_there_in_both_languages_with_the_same_values(key: str) -> None:
    dutch, english = SENTENCES[key]
    assert dutch.strip()
    assert english.strip()
    assert fields(dutch) == fields(english)
    assert (dutch == english) == (key in ALIKE)


def test_the_dutch_page_says_which_messages_are_in_dutch() -> None:
    dutch, english = SENTENCES["reading-language"]
    assert "waarschuwingen van virgem zijn in het Nederlands, foutmeldingen in het Engels" in dutch
    assert "messages of virgem are in English" in english


def test_no_sentence_is_unused() -> None:
    folder = ROOT / "modules" / "reports"
    source = "".join(path.read_text("utf-8") for path in folder.rglob("*.py") if path.name != "sentences.py")
    found = re.findall(r"""f["']([a-z-]*\{[^"']*?\}[a-z-]*)["']""", source)
    patterns = [re.sub(r"\{.*?\}", "[a-z-]+", made) for made in found if re.search(r"[a-z]-\{|\}-[a-z]", made)]
    unused = {key for key in SENTENCES if not re.search(f"[\"']{key}[\"']", source)}
    assert {key for key in unused if not any(re.fullmatch(pattern, key) for pattern in patterns)} == set()


@pytest.mark.parametrize("name", vocabularies())
def test_every_word_of_a_vocabulary_is_there_in_both_languages(name: str) -> None:
    assert vocabulary(name)
    assert all(dutch and english for dutch, english in vocabulary(name).values())


@pytest.mark.parametrize(
    ("name", "values"),
    [("state", DeviceState), ("icr", Icr), ("tier", Tier), ("severity", Severity), ("side", Side)],
)
def test_a_vocabulary_knows_every_value_of_its_kind(name: str, values: type) -> None:
    assert set(vocabulary(name)) == {value.value for value in values}


@pytest.mark.parametrize(("language", "shown"), [("nl", "beheerde zone"), ("en", "managed zone")])
def test_a_flow_towards_managed_zones_says_so(language: str, shown: str) -> None:
    target = Selector(side=Side.ZONE, town="kortrijk", manager="kortrijk")
    assert word("selector", selector_text(target), language) == f"{shown} kortrijk:*"


def test_every_table_has_its_texts_in_both_languages() -> None:
    for table in tables().values():
        assert all((table.nl, table.en, table.why_nl, table.why_en))
        assert all(column.nl and column.en for column in table.columns)
        assert all(c.words in (*vocabularies(), "selector") for c in table.columns if c.words)


@pytest.mark.parametrize(("language", "index"), [("nl", 1), ("en", 0)])
def test_a_page_has_no_sentence_of_the_other_language(language: str, index: int) -> None:
    shown = page(language)
    others = {
        t[index] for k, t in SENTENCES.items() if " " in t[index] and not fields(t[index]) and k != "other-language"
    }
    assert [
        text for text in sorted(others) if text in shown and text not in {t[1 - index] for t in SENTENCES.values()}
    ] == []


def test_values_are_shown_in_words_and_what_is_not_known_as_it_is() -> None:
    assert [word("state", "in-service", name) for name in ("nl", "en")] == ["in dienst", "in service"]
    assert word("selector", "zone kortrijk:voip (user)", "nl") == "zone kortrijk:voip (gebruikerszone)"
    assert word("selector", "tier *:data", "nl") == "laag *:data"
    assert word("state", "sold", "nl") == "sold"


def test_numbers_and_days_follow_the_language() -> None:
    import datetime

    day = datetime.date(2026, 11, 3)
    told = [(s.number(1234567), s.decimal("1234.50"), s.decimal("1G"), s.date(day)) for s in map(Speech, ("nl", "en"))]
    assert told == [
        ("1.234.567", "1.234,50", "1G", "3 november 2026"),
        ("1,234,567", "1,234.50", "1G", "3 November 2026"),
    ]
