// Going back to a writing page: browsers fill in its text again, on a form that is new. Where the page's place in the history says which
// form it was, and nothing went on without it, it is that form again; what was saved or typed meanwhile is never taken for older.

import { session } from "./unsent.js";

const BESIDE_THE_TEXT = ["title", "entry_date", "entry_time", "tags", "mood", "place", "visibility"];
const KEPT = ["key", "serial", "writer", "version", ...BESIDE_THE_TEXT];

/** Notes with the page's place in the history which state of which form was sent last. */
export function remember(fields) {
  history.replaceState({ ...Object.fromEntries(KEPT.map((name) => [name, fields[name]])), length: fields.body.length }, "");
}

/** Makes a form this tab's own while it stays on its page: a copy of the tab gets no for an answer, and so does who has no locks. */
export function hold(key) {
  if (!navigator.locks) return Promise.resolve(false);
  return new Promise((resolve) => {
    const keep = (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise(() => {});
    };
    navigator.locks.request(`daybook.form.${key}`, { ifAvailable: true }, keep).catch(() => resolve(false));
  });
}

/** Whether a form holds other words than the page came with. @param {WritingForm} form */
export const isTyped = (form) => [form.elements.title, form.elements.body].some((field) => field.value !== field.defaultValue);

function empty(form) {
  form.reset();
  form.dispatchEvent(new Event("filled"));
}

/**
 * Says how a page that was filled in again goes on: null as a form of its own, else `{ isSaved, isNewer }` as the one that it was.
 * What somebody else typed, and what is older than what the server has, is not shown. @param {WritingForm} form
 */
export async function resume(form, isUntouched) {
  const [was, { elements }] = [history.state, form];
  if (!was?.key || !isTyped(form)) return null;
  if (was.writer !== elements.writer.value) return empty(form) ?? null;
  if (was.key === elements.key.value) return Number(was.serial) === Number(elements.serial.value) ? null : (empty(form) ?? null);
  const version = elements.version.value;
  elements.version.value = was.version;
  const now = await session(form.dataset.csrfUrl, was.key).catch(() => null);
  if (!now || String(now.writer) !== was.writer || !isUntouched()) return null;
  if (now.serial > Number(was.serial)) {
    empty(form);
    elements.version.value = version;
    return null;
  }
  if (now.serial !== Number(was.serial) || !(await hold(was.key)) || !isUntouched()) return null;
  for (const name of BESIDE_THE_TEXT) elements[name].value = was[name];
  elements.key.value = was.key;
  elements.serial.value = was.serial;
  elements.begun.value = "";
  form.dispatchEvent(new Event("filled"));
  return { isSaved: Boolean(now.saved), isNewer: elements.body.value.length !== was.length };
}
