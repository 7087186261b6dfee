"""The page in a real browser, from a file: no error, no request; search, filters, sorting and links to them work."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from reports.checker import Element, read
from reports.reporting import report
from support import need_tool

from virgem.modules import reports
from virgem.modules.reports.page.listing import HTML_LIMIT

MANY = HTML_LIMIT + 100
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--enable-logging=stderr",
    "--virtual-time-budget=4000",
)


@dataclass(frozen=True)
class Shown:
    """A page as the browser shows it: its tree, what its console said."""

    root: Element
    console: tuple[str, ...]

    def rows(self, table: str) -> list[list[str]]:
        """Return the rows of a table that are shown."""
        body = next(self.root.one(f"t-{table}").all("tbody"))
        return [[cell.text for cell in row.children] for row in body.all("tr") if "hidden" not in row.attributes]

    def status(self, table: str) -> str:
        """Return what is said to screen readers about a table."""
        section = self.root.one(f"t-{table}")
        return next(e.text for e in section.all("p") if e.attributes.get("role") == "status")


class _Counter(http.server.BaseHTTPRequestHandler):
    """A proxy for everything: it refuses and remembers."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(403)

    do_CONNECT = do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[tuple[int, list[str]]]:
    """Yield the port of a proxy and the addresses that were asked of it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, _Counter.asked
    server.shutdown()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two reports: few devices and many."""
    folder = tmp_path_factory.mktemp("report")
    reports.write(folder / "few", report())
    reports.write(folder / "many", report(devices=MANY))
    return folder


def browse(path: Path, port: int, fragment: str = "", *flags: str) -> Shown:
    chromium = need_tool("chromium")
    profile = path.parent / "profile"
    command = [
        *(str(chromium), *FLAGS, f"--user-data-dir={profile}", f"--proxy-server=127.0.0.1:{port}"),
        *("--proxy-bypass-list=<-loopback>", *flags, "--dump-dom", f"file://{quote(str(path))}{fragment}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    console = tuple(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return Shown(read(done.stdout)[0], console)


def printed(path: Path, port: int) -> list[str]:
    """Return the text of every page of paper."""
    paper = path.with_suffix(".pdf")
    browse(path, port, "", "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    command = [str(need_tool("pdftotext", "poppler-utils")), "-layout", str(paper), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return text.split("\f")[:-1]


def fragment(**state: object) -> str:
    return "#" + urlencode(state)


def pages(asked: list[str]) -> list[str]:
    """What pages asked for; the browser's own calls home, where the flags leave any, are not the page's."""
    return [address for address in asked if "google" not in address and "gvt1" not in address]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_opens_without_error_and_without_request(
    folder: Path, proxy: tuple[int, list[str]], language: str
) -> None:
    shown = browse(folder / "few" / f"inventory.{language}.html", proxy[0])
    assert shown.console == ()
    assert pages(proxy[1]) == []
    html = next(shown.root.all("html"))
    assert (html.attributes["lang"], html.attributes["class"]) == (language, "js")
    assert len(shown.rows("devices")) == 5


@pytest.mark.slow
def test_a_request_and_an_error_would_be_seen(tmp_path: Path, proxy: tuple[int, list[str]]) -> None:
    page = tmp_path / "bad.html"
    page.write_text('<html lang="en"><img src="http://192.0.2.1/x.png"><script>undefined.x</script>')
    shown = browse(page, proxy[0])
    assert any("TypeError" in line for line in shown.console)
    assert any("192.0.2.1" in address for address in proxy[1])
    proxy[1].clear()


@pytest.mark.slow
def test_the_policy_stops_a_script_that_is_not_the_page_s_own(folder: Path, proxy: tuple[int, list[str]]) -> None:
    text = (folder / "few" / "inventory.en.html").read_text("utf-8")
    (folder / "few" / "bad.html").write_text(text.replace("<footer>", "<footer><script>document.title='x'</script>"))
    shown = browse(folder / "few" / "bad.html", proxy[0])
    assert any("Content Security Policy" in line for line in shown.console)
    assert next(shown.root.all("title")).text != "x"


@pytest.mark.slow
def test_on_paper_every_page_of_a_table_has_its_head_and_no_page_is_empty(
    folder: Path, proxy: tuple[int, list[str]]
) -> None:
    reports.write(folder / "paper", report(devices=150, languages=("en",)))
    pages_ = printed(folder / "paper" / "inventory.en.html", proxy[0])
    assert [number for number, text in enumerate(pages_, 1) if not text.strip()] == []
    devices = [text for text in pages_ if "S00" in text]
    assert len(devices) > 2
    assert all("Warranty" in text for text in devices)
    assert not any("Zones of bib" in text for text in pages_)


@pytest.mark.slow
def test_on_paper_the_heading_of_a_municipality_stands_on_the_page_of_its_facts(
    folder: Path, proxy: tuple[int, list[str]]
) -> None:
    pages_ = printed(folder / "few" / "inventory.en.html", proxy[0])
    headed = [text for text in pages_ if re.search(r"sites: \d+, zones: \d+", text)]
    assert len(headed) == 3
    assert "By municipality" in headed[0]
    assert all("Tenant and quota" in text and "Inhabitants" in text for text in headed)


@pytest.mark.slow
def test_paper_is_not_shrunk_to_fit_a_wide_table(folder: Path, proxy: tuple[int, list[str]]) -> None:
    page = folder / "few" / "inventory.en.html"
    printed(page, proxy[0])
    measured = ["pdftotext", "-bbox", str(page.with_suffix(".pdf")), "-"]
    words = read(subprocess.run(measured, capture_output=True, text=True, check=True).stdout)[0].all("word")
    heights = [float(w.attributes["ymax"]) - float(w.attributes["ymin"]) for w in words if w.text == "Summary"]
    assert max(heights) > 1.5 * 9 * 1.05  # h2 is 1.5 times 9 points, and a line is higher than its letters


@pytest.mark.slow
def test_a_link_restores_search_filter_and_sorting(folder: Path, proxy: tuple[int, list[str]]) -> None:
    page = folder / "few" / "inventory.en.html"
    shown = browse(page, proxy[0], fragment(t="devices", q="KORTRIJK/stadhuis", f="6:in service", s=2, d=1))
    assert [row[2] for row in shown.rows("devices")] == ["S00004", "S00000"]
    assert shown.status("devices") == "2 of 5 rows"
    sorted_heads = [
        h.attributes["aria-sort"] for h in shown.root.one("t-devices").all("th") if "aria-sort" in h.attributes
    ]
    assert sorted_heads == ["descending"]
    assert len(shown.rows("sites")) == 4
    assert shown.console == ()


@pytest.mark.slow
def test_one_word_searches_all_tables(folder: Path, proxy: tuple[int, list[str]]) -> None:
    shown = browse(folder / "few" / "inventory.nl.html", proxy[0], fragment(q="kuurne"))
    assert [row[2] for row in shown.rows("sites")] == ["kuurne/gemeentehuis"]
    assert shown.rows("devices") == []
    hits = next(e for e in shown.root.all("strong") if e.attributes.get("data-hits") == "sites")
    assert hits.text == "1 / 4"


@pytest.mark.slow
def test_a_long_table_is_shown_page_by_page_and_searched_in_full(folder: Path, proxy: tuple[int, list[str]]) -> None:
    page = folder / "many" / "inventory.nl.html"
    shown = browse(page, proxy[0], fragment(t="devices", p=17))
    rows = shown.rows("devices")
    assert (rows[0][2], len(rows)) == ("S01600", 100)
    assert "bladzijde 17 van 17" in shown.root.one("t-devices").text
    found = browse(page, proxy[0], fragment(t="devices", q="s01699"))
    assert [row[2] for row in found.rows("devices")] == ["S01699"]
    assert found.rows("devices")[0][6] == "in dienst"
    assert found.console == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "state", ["#t=none", "#t=devices&s=99&p=-5&f=6:nonsense", "#q=%3Cimg%3E", "#%", "#=", "#t-sites"]
)
def test_no_address_breaks_the_page(folder: Path, proxy: tuple[int, list[str]], state: str) -> None:
    shown = browse(folder / "few" / "inventory.en.html", proxy[0], state)
    assert shown.console == ()
    assert "rows" in shown.status("devices")


@pytest.mark.slow
def test_data_of_the_browser_s_page_and_the_file_agree(folder: Path, proxy: tuple[int, list[str]]) -> None:
    shown = browse(folder / "few" / "inventory.en.html", proxy[0])
    document = json.loads((folder / "few" / "inventory.json").read_text("utf-8"))
    serials = [row["serial"] for row in document["tables"]["devices"]]
    assert [row[2] for row in shown.rows("devices")] == serials
