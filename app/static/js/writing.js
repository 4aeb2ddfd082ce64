// The writing page: marks, preview, a text area that grows, Ctrl+Enter, and a word when something is not saved.

import { mark } from "./marks.js";

const form = document.querySelector("form[data-writing]");
const textarea = form.elements.body;
const state = form.querySelector("[data-state]");
const toolbar = form.querySelector("[data-toolbar]");
const pane = form.querySelector("[data-preview-pane]");
const SHORTCUTS = { b: "bold", i: "italic", k: "link" };
let dirty = false;

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
  if (answer?.ok) pane.innerHTML = await answer.text();
  else pane.textContent = "…";
  pane.focus();
}

form.addEventListener("input", () => {
  dirty = true;
  state.textContent = state.dataset.dirty;
  grow();
});

form.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  if (event.key === "Enter") form.requestSubmit();
  else if (event.target === textarea && event.key in SHORTCUTS) mark(textarea, SHORTCUTS[event.key]);
  else return;
  event.preventDefault();
});

form.addEventListener("submit", () => {
  dirty = false;
  state.textContent = state.dataset.saving;
});

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) state.textContent = state.dataset.dirty;
});

toolbar.hidden = false;
toolbar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.mark === "preview") preview(button);
  else if (button) mark(textarea, button.dataset.mark);
});
grow();
