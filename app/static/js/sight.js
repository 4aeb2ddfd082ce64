// The line that is typed stays in sight: browsers scroll the caret into the window, and know nothing of bars that cover its ends.

const MARGIN = 12;
const MAX_TAIL_LENGTH = 20000;
const SETTLED = 80;

export class Sight {
  /** @param {HTMLTextAreaElement} text @param {Element} above @param {Element} below */
  constructor(text, above, below) {
    this.text = text;
    this.above = above;
    this.below = below;
    this.asked = false;
    const mirror = document.createElement("textarea");
    Object.assign(mirror, { className: "mirror", tabIndex: -1, readOnly: true, ariaHidden: "true" });
    this.mirror = mirror;
    text.after(mirror);
    for (const name of ["input", "keyup", "focus", "pointerup"]) text.addEventListener(name, () => this.ask());
  }

  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.look();
      setTimeout(() => this.look(), SETTLED);
    });
  }

  // Where the caret's line ends: as far above the end of the text as what stands behind the caret is high.
  look() {
    const tail = this.text.value.slice(this.text.selectionEnd);
    if (document.activeElement !== this.text || tail.length > MAX_TAIL_LENGTH) return;
    const style = getComputedStyle(this.text);
    const line = parseFloat(style.lineHeight);
    this.mirror.value = tail;
    const below = tail ? this.mirror.scrollHeight - line : 0;
    const bottom = this.text.getBoundingClientRect().bottom - parseFloat(style.paddingBottom) - this.slack() - below;
    const hidden = bottom + MARGIN - this.below.getBoundingClientRect().top;
    const top = this.above.getBoundingClientRect().bottom;
    if (hidden > 0) scrollBy({ top: hidden, behavior: "instant" });
    else if (bottom - line < top) scrollBy({ top: bottom - line - top - MARGIN, behavior: "instant" });
  }

  // What a text area is higher than its text.
  slack() {
    if (this.text.scrollHeight > this.text.clientHeight) return 0;
    this.mirror.value = this.text.value.length < MAX_TAIL_LENGTH ? this.text.value : "";
    if (!this.mirror.value) return 0;
    const style = getComputedStyle(this.text);
    const inside = this.text.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const slack = Math.max(0, inside - this.mirror.scrollHeight);
    this.mirror.value = "";
    return slack;
  }
}
