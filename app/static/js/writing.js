// The writing page: marks, preview, a text area that grows, Ctrl+Enter, files, drafts, the number of words, a screen of its own.

import { Autosave } from "./autosave.js";
import { Files } from "./files.js";
import { mark } from "./marks.js";
import { Sight } from "./sight.js";
import { suggestTags } from "./tags.js";
import { cleanHTML } from "./trusted.js";
import { Counter } from "./words.js";

/** @type {WritingForm} */
const form = document.querySelector("form[data-writing]");
/** @type {HTMLTextAreaElement} */
const textarea = form.elements.body;
/** @type {HTMLElement} */
const toolbar = form.querySelector("[data-toolbar]");
/** @type {HTMLElement} */
const pane = form.querySelector("[data-preview-pane]");
/** @type {HTMLElement} */
const shownWords = form.querySelector("[data-words]");
const counter = new Counter(JSON.parse(shownWords.dataset.patterns));
const SHORTCUTS = { KeyB: "bold", KeyI: "italic", KeyK: "link" };
const [LONG, LONG_PAUSE] = [50000, 600];
/** @type {number | undefined} */
let counting;
const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  textarea.style.height = "auto";
  textarea.style.height = `${textarea.scrollHeight + 2}px`;
}

async function preview(button) {
  const shown = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!shown));
  pane.hidden = shown;
  textarea.hidden = !shown;
  if (shown) return textarea.focus();
  const fields = new URLSearchParams({ body: textarea.value, csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.preview, { method: "POST", body: fields }).catch(() => null);
  if (answer?.ok) pane.innerHTML = cleanHTML(await answer.text());
  else pane.textContent = "…";
  pane.focus();
}

function count() {
  const words = counter.count(textarea.value);
  shownWords.hidden = !words;
  shownWords.textContent = `${words.toLocaleString(document.documentElement.lang)} ${shownWords.dataset.words}`;
}

function standAlone(button) {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : form.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => button.setAttribute("aria-pressed", String(document.fullscreenElement === form)));
}

form.addEventListener("input", grow);
form.addEventListener("input", () => {
  clearTimeout(counting);
  if (textarea.value.length < LONG) count();
  else counting = setTimeout(count, LONG_PAUSE);
});

// By where a key is, so that they work on every layout; with the key that the system itself uses.
form.addEventListener("keydown", (event) => {
  const isCommand = IS_APPLE ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (event.isComposing || event.altKey) return;
  if (event.key === "Enter" && (isCommand || event.ctrlKey)) form.requestSubmit();
  else if (event.key === "Enter" && event.target === form.elements.title) textarea.focus();
  else if (isCommand && event.code === "KeyS") form.requestSubmit();
  else if (isCommand && event.target === textarea && event.code in SHORTCUTS) mark(textarea, SHORTCUTS[event.code]);
  else return;
  event.preventDefault();
});

suggestTags(form);
new Files(form, form.querySelector("[data-files]"));
new Sight(textarea, form.querySelector(".bar"));
new Autosave(form, form.querySelector("[data-state]"));

toolbar.hidden = false;
toolbar.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (button?.dataset.mark === "preview") preview(button);
  else if (button) mark(textarea, button.dataset.mark);
});
standAlone(form.querySelector("[data-fullscreen]"));
grow();
count();
