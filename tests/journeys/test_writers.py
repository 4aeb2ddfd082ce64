"""Somebody writes, as people do: in bursts, with corrections, input methods and pastes, on good lines and bad ones, in four scripts.

All the while the page must tell the truth, keep the caret's line in sight, and bring what was typed to the server within five seconds,
with no more than one request in a second and a half. `WRITERS=all` tries every combination, `WRITERS_ROUNDS=10` each of them ten times.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving.in_process_app import InProcessApp
from tests.serving.server import Server

SENTENCES = {
    "en": "We walked to the harbour, and nobody minded the rain. ",
    "ru": "Мы дошли до гавани, и никто не заметил дождя. ",
    "zh": "我们走到港口，没有人在意下雨。",
    "ar": "مشينا إلى الميناء ولم يهتم أحد بالمطر. ",
}
LATENCIES, SIZES, SCREENS = (0, 300, 1000), (60_000, 1_000_000), ((360, 740), (1280, 800))
EVERY = list(product(LATENCIES, SENTENCES, SIZES, SCREENS))
FEW = [
    (0, "en", 60_000, (360, 740)),
    (300, "ru", 60_000, (1280, 800)),
    (1000, "zh", 60_000, (360, 740)),
    (0, "ar", 1_000_000, (1280, 800)),
]
IS_ALONE = os.environ.get("WRITERS") == "all"
COMBINATIONS = (EVERY if IS_ALONE else FEW) * int(os.environ.get("WRITERS_ROUNDS", "1"))
TRUE_STATES = {"dirty", "kept", "saving"}
SOONEST_AGAIN_MS, SENT_WITHIN_MS, SAVE_WITHIN_MS = 1_450, 5_000 if IS_ALONE else 30_000, 1_000 if IS_ALONE else 15_000
"""What is promised is measured where nothing else runs; among other tests it must only come to an end."""

WATCH = """() => {
  const form = document.querySelector("form[data-writing]");
  const [text, bar, state] = [form.elements.body, form.querySelector(".writing-foot"), form.querySelector("[data-state]")];
  window.seen = { states: [], hidden: [], posts: [], saveAfter: null };
  const style = getComputedStyle(text);
  // What is painted is what counts, and for longer than a glance.
  let wasHidden = false;
  const look = () => {
    if (state.dataset.is && window.seen.states.at(-1) !== state.dataset.is) window.seen.states.push(state.dataset.is);
    if (document.activeElement !== text || text.selectionEnd !== text.value.length) return;
    const line = text.getBoundingClientRect().bottom - parseFloat(style.paddingBottom) - text.scrollHeight + text.clientHeight;
    const bottom = bar.getBoundingClientRect().top;
    const isHidden = line > bottom + 1 || line < 0;
    if (isHidden && wasHidden) window.seen.hidden.push([Math.round(line), Math.round(bottom)]);
    wasHidden = isHidden;
  };
  setInterval(() => requestAnimationFrame(look), 150);
  const send = window.fetch;
  window.fetch = (address, options) => {
    if (String(address).endsWith("/entry/draft")) window.seen.posts.push(performance.now());
    return send(address, options);
  };
}"""
PASTE = """(words) => {
  const text = document.querySelector("#body");
  const data = new DataTransfer();
  data.setData("text/plain", words);
  data.setData("text/html", `<p style="color: red">${words}</p>`);
  data.items.add(new File([new Uint8Array(64)], "image.png", { type: "image/png" }));
  const isLeftToTheBrowser = text.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  if (isLeftToTheBrowser) document.execCommand("insertText", false, words);
  return isLeftToTheBrowser;
}"""
PUT = """(text) => {
  const field = document.querySelector("#body");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  field.setSelectionRange(text.length, text.length);
  field.scrollIntoView({ block: "end", behavior: "instant" });
}"""
IS_KEPT = """() => {
  const form = document.querySelector("form[data-writing]");
  return form.dataset.kept === form.elements.serial.value;
}"""
SAVE = """() => new Promise((resolve) => {
  const form = document.querySelector("form[data-writing]");
  const pressed = performance.now();
  form.submit = () => resolve(performance.now() - pressed);
  form.requestSubmit();
})"""


@dataclass
class Writer:
    """Somebody at the writing page; `line` is the browser's own view of the network."""

    page: Page
    sentence: str

    def type(self, words: str) -> None:
        """Type as an input method or a keyboard does, and correct the last letters once."""
        cdp = self.page.context.new_cdp_session(self.page)
        if self.sentence is SENTENCES["zh"]:
            for start in range(0, len(words), 4):
                cdp.send("Input.imeSetComposition", {"text": "pinyin", "selectionStart": 6, "selectionEnd": 6})
                cdp.send("Input.insertText", {"text": words[start : start + 4]})
        else:
            self.page.keyboard.type(words[:-3] + "xx", delay=15)
            self.page.keyboard.press("Backspace")
            self.page.keyboard.press("Backspace")
            self.page.keyboard.type(words[-3:], delay=15)
        cdp.detach()

    def is_sent_in_time(self) -> None:
        """Wait until the server has acknowledged what is typed, within five seconds of a pause."""
        self.page.wait_for_function(IS_KEPT, timeout=SENT_WITHIN_MS)

    def seen(self) -> dict[str, Any]:
        """Return what was watched."""
        found: dict[str, Any] = self.page.evaluate("() => window.seen")
        return found


@pytest.fixture
def at_the_desk(
    request: pytest.FixtureRequest, chromium: Browser, journal: Server, in_process_app: InProcessApp, newcomer: str
) -> Iterator[tuple[Writer, int]]:
    """Open the writing page on such a line and screen, with so much text in it."""
    latency, language, size, (width, height) = request.param
    context = chromium.new_context(base_url=journal.address, viewport={"width": width, "height": height}, service_workers="block")
    in_process_app.sign_in(context, newcomer)
    page = context.new_page()
    page.goto("/entry")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": 2_000_000 if latency else -1},
    )
    sentence = SENTENCES[language]
    page.evaluate(WATCH)
    paragraph = sentence * 12 + "\n\n"
    page.evaluate(PUT, paragraph * (size // len(paragraph.encode())))
    yield Writer(page, sentence), latency
    context.close()


def name_of(combination: tuple[int, str, int, tuple[int, int]]) -> str:
    latency, language, size, (width, _height) = combination
    return f"{language}-{size // 1000}k-{latency}ms-{width}px"


@pytest.mark.parametrize("at_the_desk", COMBINATIONS, indirect=True, ids=map(name_of, COMBINATIONS))
def test_the_page_tells_the_truth_and_keeps_up(at_the_desk: tuple[Writer, int]) -> None:
    writer, latency = at_the_desk
    page = writer.page
    page.wait_for_function(IS_KEPT, timeout=30_000)
    for number in range(3):
        writer.type(writer.sentence)
        if number == 1:
            assert page.evaluate(PASTE, writer.sentence), "words win over a picture of them"
    writer.is_sent_in_time()
    writer.type("\n" + writer.sentence)
    writer.is_sent_in_time()
    expect(page.locator("[data-state]")).to_have_attribute("data-is", "kept")
    seen = writer.seen()
    assert set(seen["states"]) <= TRUE_STATES, seen["states"]
    assert seen["hidden"] == [], "the line that is typed is in sight"
    apart = [later - earlier for earlier, later in zip(seen["posts"], seen["posts"][1:], strict=False)]
    assert not apart or min(apart) >= SOONEST_AGAIN_MS, apart
    typed = page.get_by_label("Text", exact=True).input_value()
    assert typed.count(writer.sentence.strip()) >= 5 and "attachment:" not in typed
    assert page.evaluate(SAVE) <= SAVE_WITHIN_MS + 2 * latency
