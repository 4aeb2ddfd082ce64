// The writing page: marks, lists, links, preview, a text area that grows, keys, files, drafts, the number of words, a screen of its own.

import { tellAbout } from "./about.js";
import { Autosave } from "./autosave.js";
import { Files } from "./files.js";
import { Links } from "./links.js";
import { goOn, indent } from "./lists.js";
import { mark } from "./marks.js";
import { isCommand, isComposing, saveByKeys } from "./shortcuts.js";
import { Sight } from "./sight.js";
import { suggestTags } from "./tags.js";
import { rove, stayAboveKeyboard } from "./toolbar.js";
import { cleanHTML } from "./trusted.js";
import { Counter } from "./words.js";

/** @type {WritingForm} */
const form = document.querySelector("form[data-writing]");
/** @type {HTMLTextAreaElement} */
const textarea = form.elements.body;
/** @type {HTMLElement} */
const toolbar = form.querySelector("[data-toolbar]");
/** @type {HTMLElement} */
const foot = form.querySelector(".writing-foot");
/** @type {HTMLElement} */
const pane = form.querySelector("[data-preview-pane]");
/** @type {HTMLElement} */
const shownWords = form.querySelector("[data-words]");
const counter = new Counter(JSON.parse(shownWords.dataset.patterns));
const links = new Links(form, textarea, form.querySelector("[data-offers]"));
const MARKS = "[data-mark], [data-choose]";
const SHORTCUTS = { KeyB: "bold", KeyI: "italic", KeyK: "link" };
const [LONG, LONG_PAUSE] = [50000, 600];
/** @type {number | undefined} */
let counting;
let isLeaving = false;
let rendering = 0;

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  textarea.style.height = "auto";
  textarea.style.height = `${textarea.scrollHeight + 2}px`;
}

async function render() {
  rendering += 1;
  const mine = rendering;
  const fields = new URLSearchParams({ body: textarea.value, csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.preview, { method: "POST", body: fields }).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  // An earlier answer may come later.
  if (mine !== rendering) return;
  if (answer?.ok) pane.innerHTML = cleanHTML(html);
  else pane.textContent = "…";
}

async function preview(button) {
  const shown = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!shown));
  pane.hidden = shown;
  textarea.hidden = !shown;
  // What they would change is out of sight.
  for (const other of toolbar.querySelectorAll(MARKS)) if (other !== button) /** @type {HTMLButtonElement} */ (other).disabled = !shown;
  if (shown) return textarea.focus();
  await render();
  // Whoever went on to another field meanwhile stays there.
  if ([button, document.body].includes(document.activeElement)) pane.focus();
}

function count() {
  const words = counter.count(textarea.value);
  shownWords.hidden = !words;
  const { word, words: several } = shownWords.dataset;
  shownWords.textContent = `${words.toLocaleString(document.documentElement.lang)} ${words === 1 ? word : several}`;
}

function standAlone(button) {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : form.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => button.setAttribute("aria-pressed", String(document.fullscreenElement === form)));
}

form.addEventListener("input", grow);
// A photo may come or go while the text is shown as it will be read.
textarea.addEventListener("input", () => {
  if (!pane.hidden) render();
});
form.addEventListener("filled", () => {
  grow();
  count();
});
form.addEventListener("input", () => {
  clearTimeout(counting);
  if (textarea.value.length < LONG) count();
  else counting = setTimeout(count, LONG_PAUSE);
});

/** Keys of the text itself; those that do nothing there are the browser's. @param {KeyboardEvent} event */
function pressInText(event) {
  const isPlain = !event.ctrlKey && !event.metaKey;
  const wasLeaving = isLeaving;
  if (event.key !== "Shift") isLeaving = event.key === "Escape";
  if (isPlain && !event.shiftKey && links.press(event.key)) return true;
  if (event.key === "Enter" && isPlain && !event.shiftKey) return goOn(textarea);
  // Escape lets the next Tab out of a list (WCAG 2.1.2).
  return event.key === "Tab" && isPlain && !wasLeaving && indent(textarea, event.shiftKey);
}

// By where a key is, so that they work on every layout; with the key that the system itself uses.
form.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (isComposing(event) || event.altKey) return;
  if (isCommand(event) && target === textarea && event.code in SHORTCUTS) mark(textarea, SHORTCUTS[event.code]);
  else if (event.key === "Enter" && target === form.elements.title) textarea.focus();
  else if (event.key === "Enter" && target instanceof HTMLInputElement && target.type !== "file") event.stopPropagation();
  else if (target !== textarea || !pressInText(event)) return;
  event.preventDefault();
});

saveByKeys(form);
tellAbout(form);
suggestTags(form);
const files = new Files(form, form.querySelector("[data-files]"));
new Sight(textarea, form.querySelector(".writing-bar"), foot);
new Autosave(form, form.querySelector("[data-state]"));

for (const button of toolbar.querySelectorAll(MARKS)) /** @type {HTMLElement} */ (button).hidden = false;
toolbar.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (button?.dataset.mark === "preview") preview(button);
  else if (button?.dataset.mark) mark(textarea, button.dataset.mark);
  else if (button && "choose" in button.dataset) files.choose();
});
standAlone(form.querySelector("[data-fullscreen]"));
rove(toolbar);
stayAboveKeyboard(foot);
grow();
count();
