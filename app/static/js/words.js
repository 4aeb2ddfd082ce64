// How many words a text has: the same rule as the server's, which hands its patterns over (app/text/words.py).

// Every pattern stops at the next bracket: a line of nothing but brackets is gone through once.
const SHOWN = /!\[[^[\]\n]{0,500}\]\(attachment:[^()\n]{0,500}\)/g;
// A document that stands alone in its line; within a sentence what it is called are words.
const DOCUMENTS = /^[ \t>*+-]{0,50}(?:\d{1,9}[.)][ \t]{1,9})?(?:\[[^[\]\n]{0,500}\]\(attachment:[^()\n]{0,500}\)[ \t]{0,9})+$/gm;
const LINK = /\[([^[\]\n]{0,500})\]\([^()\n]{0,2000}\)/g;
// What a reader sees no word of: the language of code, boxes of lists, marks of footnotes, where links lead, entities.
const UNREAD = [
  [/^[ \t>]{0,50}(?:`{3,20}|~{3,20})[^\n]*$/gm, ""],
  [/\[\^[^[\]\s]{1,60}\]:?/g, " "],
  [/^ {0,3}\[[^[\]\n]{1,300}\]:[ \t]{0,9}[^ \t\n][^\n]*$/gm, ""],
  [/^([ \t>]{0,50}[*+-]?[ \t]{1,9})\[[ xX]\](?=[ \t])/gm, "$1"],
  [/&shy;/gi, ""],
  [/&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w{1,30});/gi, " "],
  [/\\([!-/:-@[-`{-~])/g, "$1"],
];
const NUMBER = /^([ \t>]{0,50}(?:[*+-][ \t]{1,9}){0,9})(\d{1,9})[.)](?=[ \t])/;
const FENCE = /^[ \t>]{0,50}(?:`{3}|~{3})/;
const PAIRED = /(\*{1,3}|~~)(?=[^\s*~])([^*~\n]{1,200}?)(?<=[^\s*~])\1/gu;
const LETTER = /\p{L}/u;
const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

// Numbers that only count a list are no words; a year or a day is. A line of text at the margin ends all lists.
function withoutNumbers(text) {
  let reached = new Map();
  let inCode = false;
  const line = (one) => {
    if (FENCE.test(one)) inCode = !inCode;
    const found = inCode ? null : NUMBER.exec(one);
    if (!found) {
      if (/^[^\s>*+-]/.test(one)) reached = new Map();
      return one;
    }
    const [all, before, digits] = found;
    const number = Number(digits);
    const follows = number <= 1 || number === (reached.get(before.length) ?? Number.NaN) + 1;
    reached.set(before.length, number);
    return follows ? before + one.slice(all.length) : one;
  };
  return text.split("\n").map(line).join("\n");
}

// Marks within a word part it from nothing.
function whole(text) {
  return text.replace(PAIRED, (all, _mark, inner, at, line) => {
    const [before, after] = [LETTER.test(line[at - 1] ?? ""), LETTER.test(line[at + all.length] ?? "")];
    // CommonMark 0.31, 6.2: behind a letter a mark opens before a letter alone, and so it ends.
    const opens = (!before || LETTER_OR_NUMBER.test(inner[0])) && (!after || LETTER_OR_NUMBER.test(inner.at(-1)));
    return (before || after) && opens ? inner : all;
  });
}

export class Counter {
  constructor({ unseen, counted, letters, words }) {
    this.unseen = new RegExp(unseen, "gu");
    this.counted = new RegExp(counted, "gu");
    this.letters = new RegExp(letters, "u");
    this.words = new RegExp(words, "u");
  }

  count(text) {
    const shown = text.replace(this.unseen, "").replace(SHOWN, " ").replace(DOCUMENTS, " ").replace(LINK, "$1");
    const plain = UNREAD.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), whole(withoutNumbers(shown)));
    return (plain.match(this.counted) ?? []).reduce((sum, word) => sum + this.inRun(word), 0);
  }

  inRun(word) {
    const run = [...word].filter((letter) => this.words.test(letter)).join("");
    const letters = [...word].filter((letter) => this.letters.test(letter) && !/\p{M}/u.test(letter)).length;
    if (!run && !letters) return 1;
    return letters + (run ? segments(run) : 0);
  }
}

function segments(run) {
  if (!Intl.Segmenter) return Math.ceil([...run].length / 4);
  return [...new Intl.Segmenter("th", { granularity: "word" }).segment(run)].filter((piece) => piece.isWordLike).length;
}
