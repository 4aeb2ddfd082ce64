// How many words a text has: the same rule as the server's, which hands its patterns over (app/text/words.py).

const SHOWN = /!\[[^\]\n]*\]\(attachment:[^)\n]*\)/g;
// A document that stands alone in its line; within a sentence what it is called are words.
const DOCUMENTS = /^[ \t>*+-]*(?:\d{1,9}[.)][ \t]+)?(?:\[[^\]\n]*\]\(attachment:[^)\n]*\)[ \t]*)+$/gm;
const TARGET = /\]\([^)\n]*\)/g;

export class Counter {
  constructor({ counted, letters, words }) {
    this.counted = new RegExp(counted, "gu");
    this.letters = new RegExp(letters, "u");
    this.words = new RegExp(words, "u");
  }

  count(text) {
    const plain = text.replace(SHOWN, " ").replace(DOCUMENTS, " ").replace(TARGET, "] ");
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
