// Markdown marks round what is selected.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { mark } from "../../app/static/js/marks.js";
import { openPage, TextArea } from "./browser.js";

beforeEach(openPage);

const CASES = [
  ["bold", "a walk", 2, 6, "a **walk**", "walk"],
  ["italic", "a walk", 2, 6, "a *walk*", "walk"],
  ["bold", "прогулка", 0, 8, "**прогулка**", "прогулка"],
  ["heading", "one\ntwo", 5, 5, "one\n## two", ""],
  ["list", "one\ntwo", 0, 7, "- one\n- two", "- one\n- two"],
  ["list", "- one\n- two", 0, 11, "one\ntwo", "one\ntwo"],
  ["list", "- one\ntwo", 0, 9, "- one\n- two", "- one\n- two"],
  ["list", "one\ntwo\nthree", 0, 4, "- one\ntwo\nthree", "- one"],
  ["list", "one\n\ntwo", 0, 8, "- one\n\n- two", "- one\n\n- two"],
  ["list", "- [ ] milk", 10, 10, "- milk", ""],
  ["task", "- milk\n  1. eggs", 0, 16, "- [ ] milk\n  - [ ] eggs", "- [ ] milk\n  - [ ] eggs"],
  ["task", "- [ ] milk", 3, 3, "milk", ""],
  ["heading", "# one", 2, 2, "## one", ""],
  ["quote", "one\n\n- two", 0, 10, "> one\n> \n> - two", "> one\n> \n> - two"],
  ["quote", "> one\n> \n> - two", 0, 16, "one\n\n- two", "one\n\n- two"],
  ["bold", "word next", 0, 5, "**word** next", "word"],
  ["bold", "a\n\nb", 0, 4, "**a**\n\n**b**", "**a**\n\n**b**"],
  ["bold", "**a**\n\n**b**", 0, 12, "a\n\nb", "a\n\nb"],
  ["bold", "- one\n- two", 0, 11, "- **one**\n- **two**", "- **one**\n- **two**"],
  ["bold", "a **word**", 4, 8, "a word", "word"],
  ["bold", "a **word**", 2, 10, "a word", "word"],
  ["bold", "****", 2, 2, "", ""],
  ["italic", "**word**", 2, 6, "***word***", "**word**"],
  ["italic", "***word***", 3, 7, "**word**", "**word**"],
  ["italic", "*2 * 3 = 6*", 0, 11, "2 * 3 = 6", "2 * 3 = 6"],
  ["bold", "a - b", 2, 5, "a **- b**", "- b"],
  ["bold", "*word*", 1, 5, "***word***", "*word*"],
  ["task", "water the plants", 3, 3, "- [ ] water the plants", ""],
  ["quote", "", 0, 0, "> ", ""],
  ["link", "see there", 4, 9, "see [there](https://)", "https://"],
  ["bold", "> q\n\n> r", 0, 8, "> **q**\n\n> **r**", "> **q**\n\n> **r**"],
  ["bold", "# title", 0, 7, "# **title**", "title"],
  ["bold", "  \n", 0, 3, "  \n", "  \n"],
  ["heading", "> q\n> r", 0, 7, "> ## q\n> ## r", "> ## q\n> ## r"],
  ["list", "> q", 2, 2, "> - q", ""],
  ["list", "> - q", 5, 5, "> q", ""],
  ["link", "see https://example.org/x", 4, 25, "see [](https://example.org/x)", ""],
  ["link", "[beta](https://)", 7, 15, "[beta](https://)", "https://"],
  ["nothing of ours", "a", 0, 1, "a", "a"],
];

for (const [name, before, start, end, after, selected] of CASES) {
  test(`${name} makes ${JSON.stringify(after)} of ${JSON.stringify(before)}`, () => {
    const area = new TextArea(before, start, end);
    mark(area, name);
    assert.equal(area.value, after);
    assert.equal(area.selected, selected);
  });
}

test("whoever listens hears of it", () => {
  const area = new TextArea("a", 0, 1);
  let heard = 0;
  area.addEventListener("input", () => {
    heard += 1;
  });
  mark(area, "bold");
  assert.equal(heard, 1);
});

for (const [name, text] of [["bold", "one\ntwo\nthree"], ["italic", "one\ntwo"], ["list", "one\ntwo"], ["quote", "one\n\ntwo"], ["heading", "one\ntwo"]]) {
  test(`${name} pressed twice leaves ${JSON.stringify(text)} as it was`, () => {
    const area = new TextArea(text, 0, text.length);
    mark(area, name);
    assert.notEqual(area.value, text);
    mark(area, name);
    assert.equal(area.value, text);
  });
}
