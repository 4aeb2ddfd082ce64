// Typing `[[` offers one's own entries: arrows choose, Enter takes one, Escape leaves what was typed as it is.

import { insert } from "./marks.js";

const PAUSE = 180;
const MAX_LENGTH = 60;

/** What was typed after the last `[[` of the line, before the caret; null where none is open. */
export function asked(value, at) {
  const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
  const open = line.lastIndexOf("[[");
  if (open < 0) return null;
  const typed = line.slice(open + 2);
  return typed.length > MAX_LENGTH || /[[\]]/.test(typed) ? null : typed;
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
    /** @type {string | null} */
    this.left = null;
    text.addEventListener("input", () => this.ask());
    text.addEventListener("blur", () => this.close());
    box.addEventListener("pointerdown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      const option = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest("[role=option]"));
      if (option?.dataset.number) this.take(Number(option.dataset.number));
    });
  }

  ask() {
    clearTimeout(this.pause);
    const typed = asked(this.text.value, this.text.selectionEnd);
    if (typed === null || typed === this.left) return this.close();
    this.left = null;
    this.pause = setTimeout(() => this.fetch(typed).catch(() => this.close()), PAUSE);
  }

  async fetch(typed) {
    this.number += 1;
    const mine = this.number;
    const answer = await fetch(`${this.address}?${new URLSearchParams({ q: typed })}`, { redirect: "manual" });
    const offers = answer.ok ? await answer.json() : [];
    if (mine === this.number && asked(this.text.value, this.text.selectionEnd) !== null) this.show(offers);
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
      this.left = asked(this.text.value, this.text.selectionEnd);
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
    const { value, selectionEnd: at } = this.text;
    const typed = asked(value, at);
    const { markdown } = this.offers[number];
    this.close();
    if (typed !== null) insert(this.text, markdown, at - typed.length - 2, at);
  }

  close() {
    clearTimeout(this.pause);
    this.number += 1;
    this.offers = [];
    this.box.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}
