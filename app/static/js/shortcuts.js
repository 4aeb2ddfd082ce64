// Single keys that lead where one often goes, on pages of a signed-in person; `?` lists them, and there they can be turned off.

const OFF = "daybook.shortcuts.off";

/** @type {HTMLDialogElement | null} */
const help = document.querySelector("#shortcuts");

/** @param {string} name @returns {HTMLElement | null} */
const place = (name) => document.querySelector(`[data-shortcut="${name}"]`);

/** @param {string} name */
function go(name) {
  const found = place(name);
  if (!found) return false;
  found.closest("details")?.setAttribute("open", "");
  if (found instanceof HTMLInputElement) found.focus();
  else found.click();
  return true;
}

/** @param {number} step */
function move(step) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const found = document.querySelectorAll(".entries .title a");
  const titles = [...found];
  const now = titles.findIndex((title) => title.closest("article")?.contains(document.activeElement));
  titles[Math.max(0, Math.min(titles.length - 1, now + step))]?.focus();
  return titles.length > 0;
}

// By where a key is, for letters: so they work on every layout. A mark is where each layout has it.
/** @type {Record<string, () => boolean>} */
const KEYS = {
  KeyN: () => go("write"),
  KeyT: () => go("today"),
  KeyE: () => go("edit"),
  KeyG: () => go("date"),
  KeyJ: () => move(1),
  KeyK: () => move(-1),
  "/": () => go("search"),
  "?": () => {
    help?.showModal();
    return true;
  },
};

/** @param {KeyboardEvent} event */
function press(event) {
  const target = /** @type {Element} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
  if (target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const act = KEYS[event.key] ?? (event.shiftKey ? undefined : KEYS[event.code]);
  if (event.key !== "?" && localStorage.getItem(OFF)) return;
  if (act?.()) event.preventDefault();
}

if (help && !document.querySelector("[data-writing]")) {
  document.addEventListener("keydown", press);
  /** @type {HTMLInputElement} */
  const choice = help.querySelector("input[type=checkbox]");
  help.querySelector("button").addEventListener("click", () => help.close());
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
