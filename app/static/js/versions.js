// The page of two versions: what is made of both is kept while one types, as on the writing page, and no key of a field saves it.

import { Autosave } from "./autosave.js";
import { isCommand, isComposing } from "./shortcuts.js";

/** @type {WritingForm} */
const form = document.querySelector("form[data-merging]");
new Autosave(form, form.querySelector("[data-state]"));

form.addEventListener("keydown", (event) => {
  if (isComposing(event) || event.altKey) return;
  if ((event.key === "Enter" && (isCommand(event) || event.ctrlKey)) || (isCommand(event) && event.code === "KeyS")) form.requestSubmit();
  else if (event.key === "Enter" && event.target === form.elements.title) form.elements.body.focus();
  else return;
  event.preventDefault();
});
