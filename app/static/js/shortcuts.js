// Single keys that lead where one often goes, on pages of a signed-in person; `?` lists them, and there they can be turned off.

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const OFF = "daybook.shortcuts.off";

/** Whether the system's own key for commands is held. @param {KeyboardEvent} event */
export const isCommand = (event) => (IS_APPLE ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey);

/** Whether a key belongs to an input method; Safari ends a composition before the key that ends it. @param {KeyboardEvent} event */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** Whether a key asks for saving. @param {KeyboardEvent} event */
const isSave = (event) => (event.key === "Enter" && (isCommand(event) || event.ctrlKey)) || (isCommand(event) && event.code === "KeyS");

/** Lets the keys that save work on all of a page, wherever the focus has fallen. @param {HTMLFormElement} form */
export function saveByKeys(form) {
  document.addEventListener(
    "keydown",
    (event) => {
      const other = /** @type {Element} */ (event.target).closest("form, dialog");
      if (isComposing(event) || event.altKey || !isSave(event) || (other && other !== form)) return;
      event.preventDefault();
      event.stopPropagation();
      form.requestSubmit();
    },
    { capture: true },
  );
}

// Where a browser keeps nothing, shortcuts are on.
const isOff = () => {
  try {
    return Boolean(localStorage.getItem(OFF));
  } catch {
    return false;
  }
};

/** @param {boolean} off */
const turn = (off) => {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // There is nowhere to keep it.
  }
};

const isWriting = Boolean(document.querySelector("[data-writing], [data-merging]"));
/** @type {HTMLDialogElement | null} */
const help = document.querySelector("#shortcuts");

/** The first place of a name that can be seen, or that opens. @param {string} name @returns {HTMLElement | undefined} */
function place(name) {
  const mark = `[data-shortcut="${name}"]`;
  const found = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`main ${mark}`), ...document.querySelectorAll(mark)]);
  return found.find((one) => one.checkVisibility() || one.closest("details:not([open])"));
}

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

// By the letter, where the layout has Latin ones, and by where the key is on others. A mark is where each layout has it.
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
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.getModifierState("AltGraph") || help?.open) return;
  if (target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (isOff() || (isWriting && event.key !== "?")) return;
  const letter = /^[a-z]$/i.test(event.key) ? `Key${event.key.toUpperCase()}` : event.code;
  const act = KEYS[event.key] ?? (event.shiftKey ? undefined : KEYS[letter]);
  if (act?.()) event.preventDefault();
}

if (help) {
  document.addEventListener("keydown", press);
  /** @type {HTMLInputElement} */
  const choice = help.querySelector("input[type=checkbox]");
  help.querySelector("button").addEventListener("click", () => help.close());
  if (IS_APPLE) for (const key of help.querySelectorAll("[data-command]")) key.textContent = "⌘";
  choice.checked = !isOff();
  choice.addEventListener("change", () => turn(!choice.checked));
  /** @type {HTMLButtonElement | null} */
  const opener = document.querySelector("[data-shortcuts]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => help.showModal());
  }
}
