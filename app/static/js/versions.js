// The page of two versions: what is made of both is kept while one types, as on the writing page, and no key of a field saves it.

import { Autosave } from "./autosave.js";
import { isComposing, saveByKeys } from "./shortcuts.js";

/** @type {WritingForm} */
const form = document.querySelector("form[data-merging]");
new Autosave(form, form.querySelector("[data-state]"));

form.addEventListener("keydown", (event) => {
  if (isComposing(event) || event.altKey || event.key !== "Enter" || event.target !== form.elements.title) return;
  event.preventDefault();
  form.elements.body.focus();
});
saveByKeys(form);
