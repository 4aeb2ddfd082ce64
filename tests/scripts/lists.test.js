// Lists and links to entries, as one types them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { asked } from "../../app/static/js/links.js";
import { goOn, indent } from "../../app/static/js/lists.js";
import { openPage, TextArea } from "./browser.js";

beforeEach(openPage);

// The caret stands where | is.
const typed = (text, act) => {
  const at = text.indexOf("|");
  const area = new TextArea(text.replace("|", ""), at);
  const isDone = act(area);
  return [isDone, `${area.value.slice(0, area.selectionEnd)}|${area.value.slice(area.selectionEnd)}`];
};

const ENTERED = [
  ["- milk|", "- milk\n- |"],
  ["* milk|\nmore", "* milk\n* |\nmore"],
  ["- one| two", "- one\n- | two"],
  ["9. nine|", "9. nine\n10. |"],
  ["2) два|", "2) два\n3) |"],
  ["- [x] done|", "- [x] done\n- [ ] |"],
  ["    - deep|", "    - deep\n    - |"],
  ["> said|", "> said\n> |"],
  ["> > 他说|", "> > 他说\n> > |"],
  ["- one\n- |", "- one\n|"],
  ["- one\n    - |", "- one\n- |"],
  ["- [ ] |", "|"],
  ["> - said|", "> - said\n> - |"],
  ["> > 1. 他说|", "> > 1. 他说\n> > 2. |"],
  ["> - one\n> - |", "> - one\n> |"],
  ["~~~ evening ~~~\n- a|", "~~~ evening ~~~\n- a\n- |"],
  ["```x``` is code\n- a|", "```x``` is code\n- a\n- |"],
  ["```\n~~~\n```\n- a|", "```\n~~~\n```\n- a\n- |"],
];
for (const [before, after] of ENTERED) {
  test(`Enter makes ${JSON.stringify(after)} of ${JSON.stringify(before)}`, () => assert.deepEqual(typed(before, goOn), [true, after]));
}

for (const text of ["plain|", "-no space|", "|- before the mark", "1986 was a year|", "–– dash|", "- one\n\nplain|", "```\n- code|", "~~~\n> code|"]) {
  test(`Enter is the browser's own in ${JSON.stringify(text)}`, () => assert.deepEqual(typed(text, goOn), [false, text]));
}

for (const text of ["* * *|", "---|", "- - -|"]) {
  test(`Enter after the rule ${JSON.stringify(text)} begins no list`, () => assert.deepEqual(typed(text, goOn), [false, text]));
}

const INDENTED = [
  ["- one|", false, "    - one|"],
  ["1. one\n2. t|wo", false, "1. one\n    2. t|wo"],
  ["    - one|", true, "- one|"],
  ["\t- one|", true, "- one|"],
  ["100. a\n101. b|", false, "100. a\n     101. b|"],
  ["  - o|ne", true, "- o|ne"],
];
for (const [before, isOut, after] of INDENTED) {
  test(`Tab makes ${JSON.stringify(after)} of ${JSON.stringify(before)}`, () => {
    assert.deepEqual(
      typed(before, (area) => indent(area, isOut)),
      [true, after],
    );
  });
}

test("a selection that ends before a line leaves that line where it is", () => {
  const area = new TextArea("- a\n- b", 0, 4);
  assert.equal(indent(area, false), true);
  assert.equal(area.value, "    - a\n- b");
});

test("Tab leaves a text that is no list, and Shift+Tab an item that stands out already", () => {
  assert.equal(
    typed("plain|", (area) => indent(area, false))[0],
    false,
  );
  assert.equal(
    typed("- one|", (area) => indent(area, true))[0],
    false,
  );
});

const ASKED = [
  ["see [[har", "har"],
  ["see [[", ""],
  ["[[one]] and [[дв", "дв"],
  ["[[one]] and", null],
  ["[[one\nnext line", null],
  ["[one", null],
  [`[[${"x".repeat(61)}`, null],
  ["```\nif x = [[", null],
  ["```\na\n```\n[[sea", "sea"],
];
for (const [text, found] of ASKED) {
  test(`${JSON.stringify(text)} asks for ${JSON.stringify(found)}`, () => assert.equal(asked(text, text.length)?.typed ?? null, found));
}

test("Tab is the browser's own in code", () => assert.deepEqual(typed("```\n- a\n- b|", indent)[0], false));
