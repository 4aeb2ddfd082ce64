// Rows of buttons: one Tab stop for all of them, arrows between them (WAI-ARIA, toolbar); and the one that stays above a keyboard.

/** @param {HTMLElement} box */
export function rove(box) {
  const all = () => [...box.querySelectorAll("button")].filter((button) => button.offsetParent !== null && !button.disabled);
  const give = (stop) => {
    for (const button of box.querySelectorAll("button")) button.tabIndex = button === stop ? 0 : -1;
  };
  give(box.querySelector("button:not([hidden])"));
  box.addEventListener("focusin", (event) => give(/** @type {Element} */ (event.target).closest("button")));
  box.addEventListener("keydown", (event) => {
    const buttons = all();
    const isRightToLeft = getComputedStyle(box).direction === "rtl";
    const steps = { ArrowRight: isRightToLeft ? -1 : 1, ArrowLeft: isRightToLeft ? 1 : -1 };
    const now = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    let next = null;
    if (event.key in steps) next = buttons[(now + steps[event.key] + buttons.length) % buttons.length];
    else if (event.key === "Home") next = buttons[0];
    else if (event.key === "End") next = buttons.at(-1);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

// A telephone's keyboard covers the end of the window without making it smaller; what sticks there is lifted by as much.
/** @param {HTMLElement} row */
export function stayAboveKeyboard(row) {
  const view = globalThis.visualViewport;
  if (!view) return;
  const lift = () => row.style.setProperty("--keyboard", `${Math.max(0, Math.round(innerHeight - view.height - view.offsetTop))}px`);
  for (const name of ["resize", "scroll"]) view.addEventListener(name, lift);
}
