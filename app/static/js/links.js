// Typing `[[` offers one's own entries: arrows choose, Enter takes one, Escape leaves what was typed as it is.

import { insert } from "./marks.js";

const PAUSE = 180;
const MAX_LENGTH = 60;

// Behind a fence that nothing closed a line is code (CommonMark 0.31, 4.5), where brackets are brackets.
export function isInCode(before) {
  let open = "";
  for (const [, marks, rest] of before.matchAll(/^ {0,3}(`{3,}(?=[^`\n]*$)|~{3,})(.*)$/gm)) {
    // A line between marks (~~~ morning ~~~) is no fence.
    if (!open) open = /[~`]{3,}\s*$/.test(rest) ? "" : marks;
    else if (marks[0] === open[0] && marks.length >= open.length && !rest.trim()) open = "";
  }
  return Boolean(open);
}

/** What was typed after the last `[[` of the line, before the caret, and where; null where none is open. */
export function asked(value, at) {
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const open = value.slice(start, at).lastIndexOf("[[");
  if (open < 0 || isInCode(value.slice(0, start))) return null;
  const typed = value.slice(start + open + 2, at);
  return typed.length > MAX_LENGTH || /[[\]]/.test(typed) ? null : { typed, start: start + open };
}

export class Links {
  /** @param {WritingForm} form @param {HTMLTextAreaElement} text @param {HTMLElement} box */
  constructor(form, text, box) {
    this.address = form.dataset.offerUrl;
    this.text = text;
    this.box = box;
    /** @type {{ name: string, day: string, markdown: string }[]} */
    this.offers = [];
    this.chosen = this.pause = this.number = 0;
    // Where the brackets stand that were dismissed, and what the offers were made for.
    this.left = -1;
    this.answered = this.unknown = "";
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-haspopup", "listbox");
    text.addEventListener("input", () => this.ask());
    document.addEventListener("selectionchange", () => {
      if (!box.hidden && this.asked()?.typed !== this.answered) this.close();
    });
    text.addEventListener("blur", () => this.close());
    box.addEventListener("pointerdown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      const option = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest("[role=option]"));
      if (option?.dataset.number) this.take(Number(option.dataset.number));
    });
  }

  asked() {
    return asked(this.text.value, this.text.selectionEnd);
  }

  ask() {
    clearTimeout(this.pause);
    const now = this.asked();
    if (!now || now.start === this.left) return this.close();
    this.left = -1;
    // What no entry begins with, no entry goes on with.
    if (this.unknown && now.typed.startsWith(this.unknown)) return;
    this.pause = setTimeout(() => this.fetch(now.typed).catch(() => this.close()), PAUSE);
  }

  async fetch(typed) {
    this.number += 1;
    const mine = this.number;
    const answer = await fetch(`${this.address}?${new URLSearchParams({ q: typed })}`, { redirect: "manual" });
    const offers = answer.ok ? await answer.json() : [];
    if (mine !== this.number || this.asked()?.typed !== typed) return;
    this.answered = typed;
    this.unknown = answer.ok && !offers.length ? typed : "";
    this.show(offers);
  }

  show(offers) {
    this.offers = offers;
    this.box.hidden = false;
    this.text.setAttribute("aria-controls", this.box.id);
    this.box.replaceChildren(...offers.map((offer, number) => this.option(offer, number)));
    if (!offers.length) this.box.append(this.option({ name: this.box.dataset.none, day: "", markdown: "" }, -1));
    this.choose(0);
  }

  option(offer, number) {
    const option = document.createElement("div");
    const [name, day] = [document.createElement("bdi"), document.createElement("span")];
    name.textContent = offer.name;
    day.textContent = offer.day === offer.name ? "" : offer.day;
    option.role = "option";
    option.id = `offer-${number}`;
    if (number < 0) option.ariaDisabled = "true";
    else option.dataset.number = number;
    option.append(name, day);
    return option;
  }

  choose(number) {
    this.chosen = number;
    const options = [...this.box.children];
    for (const [at, option] of options.entries()) option.ariaSelected = String(at === number && this.offers.length > 0);
    options[number]?.scrollIntoView({ block: "nearest" });
    if (this.offers.length) this.text.setAttribute("aria-activedescendant", options[number].id);
  }

  /** @param {string} key @returns {boolean} whether the key was meant for the list */
  press(key) {
    if (this.box.hidden) return false;
    if (key === "Escape") {
      this.left = this.asked()?.start ?? -1;
      this.close();
      return true;
    }
    if (!this.offers.length) return false;
    if (key === "Enter" || key === "Tab") this.take(this.chosen);
    else if (key === "ArrowDown" || key === "ArrowUp") {
      this.choose((this.chosen + (key === "ArrowDown" ? 1 : -1) + this.offers.length) % this.offers.length);
    } else return false;
    return true;
  }

  take(number) {
    const [now, at, { markdown }] = [this.asked(), this.text.selectionEnd, this.offers[number]];
    this.close();
    if (now) insert(this.text, markdown, now.start, at);
  }

  close() {
    clearTimeout(this.pause);
    this.number += 1;
    this.offers = [];
    this.box.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}
