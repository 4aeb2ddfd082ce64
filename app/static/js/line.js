// The line of the journal page: Enter sends it, as a line is sent; what was typed and not sent waits in this browser and comes back.

import { isComposing } from "./shortcuts.js";
import { forgetHere, hold, isLeft, keepHere, recoverUnsent, sendWaiting, session, takeOver, waitingOf } from "./unsent.js";

const KEPT_EVERY = 200;

/** @type {HTMLTextAreaElement} */
const line = document.querySelector("[data-line]");
/** @type {WritingForm} */
const form = line.form;
const { draftUrl, csrfUrl } = document.body.dataset;
let keeping = 0;

function keep() {
  clearTimeout(keeping);
  keeping = 0;
  const { csrf_token, ...fields } = Object.fromEntries(new FormData(form));
  keepHere({ ...fields, base: 0 });
  if (!line.value.trim()) forgetHere(fields);
}

line.addEventListener("input", () => {
  if (form.elements.serial.value === "0") hold(form.elements.key.value);
  form.elements.serial.value = Number(form.elements.serial.value) + 1;
  keeping ||= setTimeout(keep, KEPT_EVERY);
});
for (const name of ["submit", "focusout"]) form.addEventListener(name, () => keeping && keep());
addEventListener("pagehide", () => keeping && keep());

line.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.repeat || isComposing(event)) return;
  event.preventDefault();
  form.requestSubmit();
});

// A line that the server has as an entry, or as a draft, does not come back; nor does one that another tab is typing.
async function comeBack() {
  const { key, writer, serial } = form.elements;
  const left = waitingOf(writer.value).findLast((fields) => fields.quick);
  if (!left || line.value || !(await isLeft(left))) return;
  const now = await session(csrfUrl, left.key);
  if (!now || String(now.writer) !== writer.value || now.serial || line.value) return;
  [key.value, serial.value, line.value] = [left.key, left.serial, left.body];
  hold(left.key);
  takeOver(left);
}

recoverUnsent()
  .then(comeBack)
  .catch(() => 0)
  .finally(() => sendWaiting(draftUrl, csrfUrl, form.elements.key.value).catch(() => 0));
