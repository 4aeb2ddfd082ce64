// The arrows lead to the photos on either side, Escape back to the entry.

const LINKS = { ArrowLeft: "a[rel=prev]", ArrowRight: "a[rel=next]", Escape: "a[data-close]" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in LINKS)) return;
  /** @type {HTMLAnchorElement | null} */
  const link = document.querySelector(`main ${LINKS[event.key]}`);
  if (!link || document.querySelector("dialog[open], details.menu[open]")) return;
  event.preventDefault();
  link.click();
});
