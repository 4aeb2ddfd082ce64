// Putting Markdown marks round what is selected in a textarea; the browser's own undo keeps working.

const INLINE = { bold: "**", italic: "*" };
const LINE = { heading: "## ", quote: "> ", list: "- ", task: "- [ ] " };

export const ITEM = /^([ \t]*)(?:([-*+])|(\d{1,9})([.)]))([ \t]+)(\[[ xX]\][ \t]+)?/;

export const startOfLine = (value, at) => value.lastIndexOf("\n", at - 1) + 1;

export function endOfLine(value, at) {
  const found = value.indexOf("\n", at);
  return found < 0 ? value.length : found;
}

export function insert(textarea, text, start, end) {
  textarea.focus();
  textarea.setSelectionRange(start, end);
  const before = textarea.value;
  // Firefox takes an insertion of nothing for done, and deletes nothing.
  // A text that is out of sight takes no focus, and another field would get the words.
  const isDone = !textarea.hidden && (text ? document.execCommand("insertText", false, text) : document.execCommand("delete"));
  if (!isDone || (textarea.value === before && (text || start < end))) textarea.setRangeText(text, start, end, "end");
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
}

const starsRound = (before, after) => Math.min(/\**$/.exec(before)[0].length, /^\**/.exec(after)[0].length);
const isMarked = (words, mark) => {
  const stars = /^\**$/.test(words) ? words.length / 2 : starsRound(words.slice(-3), words.slice(0, 3));
  return mark.length === 2 ? stars >= 2 : stars % 2 === 1;
};

// What stands before everything else in a line: the marks of quotes, one in the other.
const QUOTES = /^(?:[ \t]*>[ \t]?)*/;
const HEADING = /^[ \t]*#{1,6}[ \t]+/;

// A line as what opens it, its words, and the space behind them.
function parted(line, isWhole) {
  const quotes = isWhole ? QUOTES.exec(line)[0] : "";
  const rest = line.slice(quotes.length);
  const head = quotes + ((isWhole && (ITEM.exec(rest) || HEADING.exec(rest))) || /^\s*/.exec(rest))[0];
  const words = line.slice(head.length).trimEnd();
  return { head, words, tail: line.slice(head.length + words.length) };
}

// Each line has marks of its own, within its spaces (CommonMark 0.31, 6.2). Words that have them already lose them.
function wrap(textarea, mark) {
  const { selectionStart, selectionEnd, value } = textarea;
  const round = starsRound(value.slice(Math.max(0, selectionStart - 3), selectionStart), value.slice(selectionEnd, selectionEnd + 3));
  const [start, end] = [selectionStart - round, selectionEnd + round];
  const lines = value.slice(start, end).split("\n").map((line, number) => parted(line, number > 0 || start === startOfLine(value, start)));
  const meant = lines.length > 1 ? lines.filter(({ words }) => words) : lines;
  const isOff = meant.every(({ words }) => isMarked(words, mark));
  for (const line of meant) line.words = isOff ? line.words.slice(mark.length, -mark.length) : mark + line.words + mark;
  const now = lines.map(({ head, words, tail }) => head + words + tail).join("\n");
  insert(textarea, now, start, end);
  if (lines.length > 1) return textarea.setSelectionRange(start, start + now.length);
  const [{ head, words }] = lines;
  const inside = isOff ? 0 : mark.length;
  textarea.setSelectionRange(start + head.length + inside, start + head.length + words.length - inside);
}

// What opens a line, besides its indentation: a mark takes the place of another one. A quote stands before all of them.
const OPENING = /^([ \t]*)((?:#{1,6}|[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?/;

function prefix(textarea, mark) {
  const { value, selectionStart, selectionEnd } = textarea;
  const start = startOfLine(value, selectionStart);
  const isAtStart = selectionEnd > selectionStart && value[selectionEnd - 1] === "\n";
  const end = endOfLine(value, isAtStart ? selectionEnd - 1 : selectionEnd);
  const lines = value.slice(start, end).split("\n");
  const isQuote = mark === LINE.quote;
  // A quote goes before all of a line, every other mark behind its quotes.
  const behind = (line) => (isQuote ? 0 : QUOTES.exec(line)[0].length);
  const opens = (line) => (isQuote ? (line.startsWith(mark) ? mark : "") : (OPENING.exec(line.slice(behind(line)))[2] ?? ""));
  const meant = (line) => isQuote || lines.length === 1 || line.slice(behind(line)).trim() !== "";
  const isOff = lines.filter(meant).every((line) => opens(line) === mark);
  const changed = (line) => {
    const at = isQuote ? 0 : behind(line) + OPENING.exec(line.slice(behind(line)))[1].length;
    const rest = line.slice(at + (isOff || !isQuote ? opens(line).length : 0));
    return meant(line) ? line.slice(0, at) + (isOff ? "" : mark) + rest : line;
  };
  const now = lines.map(changed).join("\n");
  insert(textarea, now, start, end);
  if (selectionEnd > selectionStart) return textarea.setSelectionRange(start, start + now.length);
  const caret = Math.max(start, Math.min(selectionEnd, end) + now.length - (end - start));
  textarea.setSelectionRange(caret, caret);
}

const ADDRESS = /^(?:https?:\/\/|www\.)[^\s()<>]+$/i;

function link(textarea) {
  const { selectionStart: start, selectionEnd: end, value } = textarea;
  const label = value.slice(start, end);
  if (value.slice(0, start).endsWith("](") && value.slice(end).startsWith(")")) return;
  if (ADDRESS.test(label)) {
    insert(textarea, `[](${label})`, start, end);
    return textarea.setSelectionRange(start + 1, start + 1);
  }
  insert(textarea, `[${label}](https://)`, start, end);
  const address = start + label.length + 3;
  textarea.setSelectionRange(address, address + 8);
}

export function mark(textarea, name) {
  if (name in INLINE) wrap(textarea, INLINE[name]);
  else if (name in LINE) prefix(textarea, LINE[name]);
  else if (name === "link") link(textarea);
}
