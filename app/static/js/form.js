// What the writing form is asked to do when it is saved, and the clock of its writer.

// What time it is for the person, as on their entries; where the browser does not know their zone, its own.
/** @param {string | undefined} timeZone */
export function clockIn(timeZone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const clock = { timeStyle: "short" };
  try {
    return new Date().toLocaleTimeString(document.documentElement.lang, { ...clock, timeZone });
  } catch {
    return new Date().toLocaleTimeString(document.documentElement.lang, clock);
  }
}

// A date or a time of which a part is missing is sent as none at all: its writer is asked. Says whether there is one.
export function refusesHalf(form) {
  const { entry_date, entry_time } = form.elements;
  const half = [entry_date, entry_time].find((field) => field.validity?.badInput);
  half?.closest("details")?.setAttribute("open", "");
  half?.reportValidity();
  return Boolean(half);
}

// A form that is sent by a script says nothing of the button that was pressed. Returns what takes that back.
export function choose(form, pressed) {
  if (!pressed?.name) return null;
  const { name, value, formAction } = pressed;
  const [field, action] = [Object.assign(document.createElement("input"), { type: "hidden", name, value }), form.action];
  form.action = formAction;
  form.append(field);
  return () => {
    form.action = action;
    field.remove();
  };
}

export function lock(form, isLocked) {
  for (const name of ["title", "body", "tags", "mood", "place", "entry_date", "entry_time"]) form.elements[name].readOnly = isLocked;
}
