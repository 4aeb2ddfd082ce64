// What every page gets better with: relative times, the browser's time zone, a menu that closes, writing without a network.

import "./shell.js";
import "./shortcuts.js";

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

function sinceThen(instant) {
  const seconds = (instant.getTime() - Date.now()) / 1000;
  /** @type {[Intl.RelativeTimeFormatUnit, number]} */
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return relative.format(Math.round(seconds / size), unit);
}

/** @type {NodeListOf<HTMLTimeElement>} */
const times = document.querySelectorAll("time[data-relative]");
for (const time of times) {
  time.title = time.textContent;
  time.textContent = sinceThen(new Date(time.dateTime));
}

/** @type {NodeListOf<HTMLInputElement>} */
const zones = document.querySelectorAll("input[data-zone]");
for (const field of zones) {
  field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

// Menus close when one turns to something else, and on Escape, which leaves the focus at their button.
/** @param {EventTarget} place @returns {HTMLDetailsElement | null} */
const menuAt = (place) => /** @type {Element} */ (place).closest?.("details[data-closes]");
document.addEventListener("click", (event) => {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const menus = document.querySelectorAll("details[data-closes][open]");
  for (const menu of menus) if (menu !== menuAt(event.target)) menu.open = false;
});
document.addEventListener("focusout", (event) => {
  const menu = menuAt(event.target);
  if (menu && event.relatedTarget && !menu.contains(/** @type {Node} */ (event.relatedTarget))) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" ? menuAt(event.target) : null;
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// An act that the password interrupted goes on by itself, once: whoever comes back to the page by the browser's buttons decides anew.
/** @type {HTMLFormElement | null} */
const act = document.querySelector("form[data-continue]");
const [way] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
if (act && way?.type === "navigate") {
  act.requestSubmit();
  /** @type {HTMLElement} */
  const told = document.querySelector("[data-sent]");
  told.textContent = told.dataset.sent;
}

// On a narrow window the picture of this year begins where today is.
/** @type {HTMLElement | null} */
const year = document.querySelector("[data-today]");
if (year?.dataset.today) year.scrollLeft = year.scrollWidth * Number(year.dataset.today) - year.clientWidth * 0.8;
