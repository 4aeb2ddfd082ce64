// The page of two versions: what is made of both is kept while one types, as on the writing page, and no key of a field saves it.

import { Autosave } from "./autosave.js";
import { IS_APPLE } from "./shortcuts.js";

/** @type {WritingForm} */
const form = document.querySelector("form[data-merging]");
new Autosave(form, form.querySelector("[data-state]"));

form.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.altKey) return;
  const isCommand = IS_APPLE ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if ((event.key === "Enter" && (isCommand || event.ctrlKey)) || (isCommand && event.code === "KeyS")) form.requestSubmit();
  else if (event.key === "Enter" && event.target === form.elements.title) form.elements.body.focus();
  else return;
  event.preventDefault();
});
