// One's own tags as buttons below the field: pressed once a tag is added, pressed again it is taken away.

const SEPARATORS = /[,，、،､]/;
// As the server reads it: a sign before a name is none of its letters.
const same = (name) => name.replace(/^[#@]+/, "").trim().toLowerCase();

/** @param {string} line */
export const namesIn = (line) => line.split(SEPARATORS).map((name) => name.trim()).filter(Boolean);

/** @param {string} line @param {string} name */
export function toggled(line, name) {
  const names = namesIn(line);
  const others = names.filter((one) => same(one) !== same(name));
  return (others.length < names.length ? others : [...names, name]).join(", ");
}

/** @param {WritingForm} form */
export function suggestTags(form) {
  /** @type {HTMLElement | null} */
  const box = form.querySelector("[data-tag-suggestions]");
  if (!box) return;
  /** @type {HTMLInputElement} */
  const field = form.elements.tags;
  const mark = () => {
    const names = namesIn(field.value).map(same);
    for (const button of box.querySelectorAll("button")) button.ariaPressed = String(names.includes(same(button.textContent)));
  };
  box.classList.remove("until-script");
  box.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button || field.readOnly) return;
    field.value = toggled(field.value, button.textContent);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const name of ["input", "filled"]) form.addEventListener(name, mark);
  mark();
}
