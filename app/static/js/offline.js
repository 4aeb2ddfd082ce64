// The writing page without a network: a new page of today, and what waits in this browser to be sent.

import { waitingOf } from "./unsent.js";

/** @type {WritingForm} */
const form = document.querySelector("form[data-writing]");
/** @type {HTMLElement} */
const waiting = document.querySelector("[data-waiting]");

function begin() {
  const now = new Date();
  const day = new Date(now.getTime() - Number(form.dataset.dayEndsAt) * 3600000);
  const two = (number) => String(number).padStart(2, "0");
  form.elements.key.value = crypto.randomUUID();
  form.elements.serial.value = 0;
  const asked = new URLSearchParams(location.search).get("date");
  form.elements.entry_date.value = asked ?? `${String(day.getFullYear()).padStart(4, "0")}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  form.elements.entry_time.value = !asked && day.getDate() === now.getDate() ? `${two(now.getHours())}:${two(now.getMinutes())}` : "";
  form.elements.begun.value = form.elements.entry_time.value && `${form.elements.entry_date.value}T${form.elements.entry_time.value}`;
  form.dispatchEvent(new Event("filled"));
}

function goOn(fields) {
  for (const [name, value] of Object.entries(fields)) if (form.elements[name]) form.elements[name].value = value;
  form.elements.begun.value = "";
  form.action = fields.entry ? `${form.dataset.writing}/${fields.entry}/edit` : form.dataset.writing;
  form.dispatchEvent(new Event("filled"));
  form.elements.body.focus();
}

function show() {
  const texts = waitingOf(form.elements.writer.value).filter((fields) => fields.key !== form.elements.key.value);
  waiting.hidden = !texts.length;
  waiting.querySelector("ul").replaceChildren(
    ...texts.map((fields) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button--link";
      button.textContent = (fields.title || fields.body).slice(0, 60) || fields.entry_date;
      button.addEventListener("click", () => {
        goOn(fields);
        show();
      });
      item.append(button);
      return item;
    }),
  );
}

begin();
show();
