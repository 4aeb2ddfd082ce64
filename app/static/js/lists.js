// Lists as one types them: Enter goes on with the next item, an empty one moves out and ends the list; Tab and Shift+Tab move an item in and out.

import { isInCode } from "./links.js";
import { endOfLine, insert, ITEM, startOfLine } from "./marks.js";

const QUOTE = /^((?:[ \t]*>)+[ \t]?)/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,})$/;
const STEP = 4;
const IS_NESTED = /^(?:\t| {1,4})/;

/** What stands before the text of the next line, and how long that is before this one's; null outside of lists and quotes. */
function opening(line) {
  const item = RULE.test(line) ? null : ITEM.exec(line);
  if (item) {
    const [whole, indent, bullet, number, dot, space, box] = item;
    return { length: whole.length, left: "", next: `${indent}${bullet ?? Number(number) + 1 + dot}${space}${box ? "[ ] " : ""}` };
  }
  const quote = QUOTE.exec(line);
  const within = quote && opening(line.slice(quote[0].length));
  if (within) return { length: quote[0].length + within.length, next: quote[0] + within.next, left: quote[0] };
  return quote && { length: quote[0].length, left: "", next: quote[0].endsWith(" ") ? quote[0] : `${quote[0]} ` };
}

/** @param {HTMLTextAreaElement} text @returns {boolean} whether Enter has been seen to */
export function goOn(text) {
  const { value, selectionStart: at, selectionEnd } = text;
  if (at !== selectionEnd) return false;
  const start = startOfLine(value, at);
  const line = value.slice(start, endOfLine(value, at));
  const found = opening(line);
  if (!found || isInCode(value.slice(0, start)) || at - start < found.length) return false;
  if (line.trim().length > line.slice(0, found.length).trim().length) insert(text, `\n${found.next}`, at, at);
  else insert(text, IS_NESTED.test(line) ? line.replace(IS_NESTED, "") : found.left, start, start + line.length);
  return true;
}

/** How far an item goes in below the line above it: as far as that one's words begin (CommonMark 0.31, 5.2), and at least a step. */
function stepBelow(above) {
  const [, , bullet, number, , space] = ITEM.exec(above) ?? [];
  return " ".repeat(Math.max(STEP, number ? number.length + 1 + space.length : (bullet ?? "").length + 1));
}

/** @param {HTMLTextAreaElement} text @param {boolean} isOut @returns {boolean} whether there was a list to indent */
export function indent(text, isOut) {
  const { value, selectionStart, selectionEnd } = text;
  const start = startOfLine(value, selectionStart);
  const isAtStart = selectionEnd > selectionStart && value[selectionEnd - 1] === "\n";
  const end = endOfLine(value, isAtStart ? selectionEnd - 1 : selectionEnd);
  const lines = value.slice(start, end).split("\n");
  if (isInCode(value.slice(0, start))) return false;
  if (!lines.some((line) => ITEM.test(line)) || (isOut && !lines.some((line) => IS_NESTED.test(line)))) return false;
  const step = start ? stepBelow(value.slice(startOfLine(value, start - 1), start - 1)) : " ".repeat(STEP);
  const moved = lines.map((line) => (isOut ? line.replace(IS_NESTED, "") : line && step + line));
  const [first, all] = [moved[0].length - lines[0].length, moved.join("\n").length - (end - start)];
  insert(text, moved.join("\n"), start, end);
  text.setSelectionRange(Math.max(start, selectionStart + first), selectionEnd + all);
  return true;
}
