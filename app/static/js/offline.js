// The writing page without a network: a new page of today, and what waits in this browser to be sent.

import { again, isLeft, newKey, takeOver, waitingOf } from "./unsent.js";

/** @type {WritingForm} */
const form = document.querySelector("form[data-writing]");
/** @type {HTMLElement} */
const waiting = document.querySelector("[data-waiting]");

const SOON = 1000;
const NAMES = ["title", "body", "entry_date", "entry_time", "tags", "mood", "place", "visibility", "version", "serial", "key", "entry"];
// What the form holds before anything is begun: what a text that waits says nothing of is as it was there.
const EMPTY = Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value]));

/** @type {Intl.DateTimeFormatOptions} */
const CLOCK = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

// The date and the time of the person's own zone, as the server has them; where the browser does not know that zone, its own.
function clockOf(timeZone) {
  let parts;
  try {
    parts = new Intl.DateTimeFormat("en-CA", { ...CLOCK, timeZone }).formatToParts();
  } catch {
    parts = new Intl.DateTimeFormat("en-CA", CLOCK).formatToParts();
  }
  const { year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { date: `${year.padStart(4, "0")}-${month}-${day}`, time: `${hour}:${minute}` };
}

const dayBefore = (date) => new Date(Date.parse(date) - 86400000).toISOString().slice(0, 10);

function begin() {
  const { date, time } = clockOf(form.dataset.zone);
  const today = Number(time.slice(0, 2)) < Number(form.dataset.dayEndsAt) ? dayBefore(date) : date;
  form.elements.key.value = newKey();
  form.elements.serial.value = form.dataset.base = "0";
  form.dataset.sent = "";
  const asked = new URLSearchParams(location.search).get("date");
  form.elements.entry_date.value = asked ?? today;
  form.elements.entry_time.value = !asked && today === date ? time : "";
  form.elements.begun.value = form.elements.entry_time.value && `${form.elements.entry_date.value}T${form.elements.entry_time.value}`;
  form.dispatchEvent(new Event("filled"));
}

function goOn(fields) {
  form.dispatchEvent(new Event("filling"));
  for (const name of NAMES) form.elements[name].value = fields[name] ?? EMPTY[name];
  form.elements.begun.value = "";
  form.dataset.base = fields.base ?? 0;
  form.dataset.sent = fields.sent ?? "";
  form.action = fields.entry ? `${form.dataset.writing}/${fields.entry}/edit` : form.dataset.writing;
  form.dispatchEvent(new Event("filled"));
  takeOver(fields);
  form.elements.body.focus();
}

// What another tab is open on is that tab's to go on with.
async function show() {
  const all = waitingOf(form.elements.writer.value).filter((fields) => fields.key !== form.elements.key.value);
  const left = await Promise.all(all.map((fields) => isLeft(fields, SOON)));
  const texts = all.filter((_fields, number) => left[number]);
  waiting.hidden = !texts.length;
  waiting.querySelector("ul").replaceChildren(
    ...texts.map((fields) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button--link";
      button.textContent = (fields.title || fields.body).slice(0, 60) || fields.entry_date;
      button.addEventListener("click", () => {
        const now = again(fields);
        if (now) goOn(now);
        show();
      });
      item.append(button);
      return item;
    }),
  );
}

begin();
show();
