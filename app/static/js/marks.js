// Putting Markdown marks round what is selected in a textarea; the browser's own undo keeps working.

const INLINE = { bold: "**", italic: "*" };
const LINE = { heading: "## ", quote: "> ", list: "- ", task: "- [ ] " };

export function insert(textarea, text, start, end) {
  textarea.focus();
  textarea.setSelectionRange(start, end);
  const before = textarea.value;
  // Firefox takes an insertion of nothing for done, and deletes nothing.
  const isDone = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!isDone || (textarea.value === before && (text || start < end))) textarea.setRangeText(text, start, end, "end");
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
}

function wrap(textarea, mark) {
  const { selectionStart: start, selectionEnd: end, value } = textarea;
  insert(textarea, mark + value.slice(start, end) + mark, start, end);
  textarea.setSelectionRange(start + mark.length, end + mark.length);
}

function prefix(textarea, mark) {
  const start = textarea.value.lastIndexOf("\n", textarea.selectionStart - 1) + 1;
  const end = textarea.selectionEnd;
  const lines = textarea.value.slice(start, end).split("\n");
  const marked = lines.every((line) => line.startsWith(mark));
  insert(textarea, lines.map((line) => (marked ? line.slice(mark.length) : mark + line)).join("\n"), start, end);
}

function link(textarea) {
  const { selectionStart: start, selectionEnd: end, value } = textarea;
  const label = value.slice(start, end);
  insert(textarea, `[${label}](https://)`, start, end);
  const address = start + label.length + 3;
  textarea.setSelectionRange(address, address + 8);
}

export function mark(textarea, name) {
  if (name in INLINE) wrap(textarea, INLINE[name]);
  else if (name in LINE) prefix(textarea, LINE[name]);
  else if (name === "link") link(textarea);
}
