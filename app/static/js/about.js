// The line that stands for the day, the time, the place and the readers of an entry says what its fields say.

/** @type {Intl.DateTimeFormatOptions} */
const DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric" };

/** @param {WritingForm} form */
export function tellAbout(form) {
  /** @type {HTMLElement} */
  const box = form.querySelector("[data-about]");
  const part = (name) => /** @type {HTMLElement} */ (box.querySelector(`[data-${name}]`));
  const lang = document.documentElement.lang;
  const tell = () => {
    const { entry_date: day, entry_time: clock, place, visibility } = form.elements;
    // A day is one of its own, and no moment: noon in UTC is on that day, and told there.
    const noon = day.value && new Date(`${day.value}T12:00:00Z`);
    const isDay = noon && !Number.isNaN(noon.getTime());
    part("day").textContent = isDay ? noon.toLocaleDateString(lang, { ...DAY, timeZone: "UTC" }) : part("day").dataset.none;
    const moment = new Date(`1970-01-01T${clock.value}Z`);
    const isClock = !Number.isNaN(moment.getTime());
    part("clock").textContent = isClock ? moment.toLocaleTimeString(lang, { timeStyle: "short", timeZone: "UTC" }) : "";
    part("place").textContent = place.value;
    part("audience").textContent = part("audience").dataset[visibility.value] ?? "";
  };
  // The time that was filled in is that of the day that was: another day has none until one is typed.
  form.addEventListener("input", ({ target }) => {
    const { entry_date: day, entry_time: clock, begun } = form.elements;
    const [filledDay, filledClock] = begun.value.split("T");
    if (target === clock) begun.value = "";
    if (target !== day || !filledClock) return;
    if (day.value === filledDay) clock.value ||= filledClock;
    else if (clock.value === filledClock) clock.value = "";
  });
  for (const name of ["input", "filled"]) form.addEventListener(name, tell);
}
