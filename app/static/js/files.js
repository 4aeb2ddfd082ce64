// Photos and files for the text: chosen, dropped or pasted, sent one after the other, and shown below it, where each has a small menu.

import { endOfLine, insert } from "./marks.js";
import { session } from "./unsent.js";

const MOST = 500;
const reference = (uid) => new RegExp(`(!?\\[)([^\\]\\n]{0,${MOST}})(\\]\\(attachment:${uid}\\))`);
const paragraph = (uid) => new RegExp(`(^|\\n+)[ \\t]*${reference(uid).source}[ \\t]*(\\n+|$)`);

const SLOWEST = 15 * 60 * 1000;

// Word and Excel put a picture of the text beside the text: where there are words, they are what is pasted. A Mac's Finder puts the names
// of the files there.
function hasWords(clipboard) {
  const words = clipboard.getData("text/plain").normalize().trim();
  const names = [...clipboard.files].map((file) => file.name.normalize());
  return words !== "" && !words.split("\n").every((line) => names.some((name) => line.trim().endsWith(name)));
}

/** Where the caret of a field is, where it has one. @param {Element} field @returns {[number, number] | null} */
function rangeOf(field) {
  const { selectionStart, selectionEnd } = /** @type {HTMLInputElement} */ (field);
  return typeof selectionStart === "number" ? [selectionStart, selectionEnd] : null;
}

export class Files {
  /** @param {WritingForm} form @param {HTMLElement} box */
  constructor(form, box) {
    this.form = form;
    this.box = box;
    /** @type {HTMLTextAreaElement} */
    this.text = form.elements.body;
    this.rows = 0;
    /** @type {{ file: File, row: HTMLElement, seen?: { selectionEnd: number, value: string } }[]} */
    this.waiting = [];
    // What could not be sent and can be tried again; whether whoever saves was told that it is left out.
    /** @type {Map<HTMLElement, File>} */
    this.lost = new Map();
    this.busy = this.wantsSave = this.isTold = this.isComposing = this.isTouched = false;
    /** @type {HTMLInputElement} */
    this.input = form.elements.files;
    this.list = box.querySelector("[data-file-list]");
    this.input.addEventListener("change", () => this.take());
    this.showMenus();
    for (const name of ["dragover", "drop"]) this.text.addEventListener(name, (event) => this.drop(event));
    this.text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length || hasWords(event.clipboardData)) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    // A caret that nobody has put anywhere stands before an old text.
    for (const name of ["pointerdown", "keydown", "input"])
      this.text.addEventListener(name, () => {
        this.isTouched = true;
      });
    for (const name of ["compositionstart", "compositionend"])
      form.addEventListener(name, () => {
        this.isComposing = name === "compositionstart";
      });
    form.addEventListener("submit", (event) => this.submit(event), { capture: true });
    addEventListener("online", () => this.tryAgain());
    addEventListener("beforeunload", (event) => {
      if ((this.busy || this.lost.size) && !("leaving" in form.dataset)) event.preventDefault();
    });
  }

  drop(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop") this.add(event.dataTransfer.files);
  }

  submit(event) {
    const isToTry = this.lost.size && !this.isTold && !this.busy;
    if (!this.busy && !isToTry) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.wantsSave = true;
    if (isToTry) {
      this.isTold = true;
      return this.tryAgain();
    }
    this.say(this.list.lastElementChild, this.box.dataset.waiting);
  }

  add(files) {
    const { selectionEnd, value } = this.text;
    for (const file of files) this.waiting.push({ file, row: this.row(file), seen: { selectionEnd, value } });
    this.next();
  }

  tryAgain() {
    for (const [row, file] of this.lost) this.waiting.push({ file, row });
    this.lost.clear();
    this.next();
  }

  // Without this script a field for files stands open; with it the button in the row of marks does.
  showMenus() {
    /** @type {HTMLElement} */ (this.form.querySelector("[data-choose-files]")).classList.add("visually-hidden");
    this.input.tabIndex = -1;
    // What was chosen before this script came is no less chosen.
    if (this.input.files.length) this.take();
    for (const row of this.list.querySelectorAll("[data-uid]")) this.offer(/** @type {HTMLElement} */ (row));
    this.form.addEventListener("input", () => this.tell());
    this.tell();
  }

  take() {
    this.add(this.input.files);
    this.input.value = "";
  }

  choose() {
    this.input.click();
  }

  row(file) {
    const row = /** @type {HTMLElement} */ (this.box.querySelector("template").content.firstElementChild.cloneNode(true));
    const [label, field] = [row.querySelector("label"), row.querySelector("input")];
    this.rows += 1;
    field.id = label.htmlFor = `description-of-${this.rows}`;
    for (const place of row.querySelectorAll("[data-name]")) place.textContent = file.name;
    row.querySelector("[data-again]").addEventListener("click", () => {
      this.lost.delete(row);
      this.waiting.push({ file, row });
      this.next();
    });
    this.list.append(row);
    return row;
  }

  async next() {
    if (this.busy || !this.waiting.length) return;
    this.busy = true;
    this.form.dataset.uploading = "";
    const { file, row, seen } = this.waiting.shift();
    this.offerAgain(row, false);
    this.say(row, "");
    await this.send(file, row, seen).catch(() => this.failed(file, row, "unreachable"));
    this.busy = false;
    if (this.waiting.length) return this.next();
    delete this.form.dataset.uploading;
    if (this.lost.size) return;
    this.isTold = false;
    const isHeld = "held" in this.form.dataset;
    delete this.form.dataset.held;
    if (this.wantsSave || isHeld) this.form.requestSubmit();
  }

  async send(file, row, seen) {
    const now = await session(this.form.dataset.csrfUrl);
    if (!now) return this.failed(file, row, "signedOut");
    if (String(now.writer) !== this.form.elements.writer.value) return this.failed(file, row, "other");
    const answer = await this.post(file, now.secret, row.querySelector("progress"));
    if (answer.status === 201) return this.added(JSON.parse(answer.responseText), row, seen);
    if (answer.status !== 422) return this.failed(file, row, answer.status === 413 ? "large" : "unreachable");
    this.stay();
    this.say(row, JSON.parse(answer.responseText).sentence);
  }

  post(file, secret, progress) {
    const body = new FormData();
    body.append("csrf_token", secret);
    body.append("file", file);
    const request = new XMLHttpRequest();
    progress.hidden = false;
    request.upload.addEventListener("progress", (event) => {
      progress.value = event.loaded / event.total;
    });
    return new Promise((resolve, reject) => {
      request.addEventListener("load", () => resolve(request));
      for (const name of ["error", "timeout", "abort"]) request.addEventListener(name, reject);
      request.addEventListener("loadend", () => {
        progress.hidden = true;
      });
      request.timeout = SLOWEST;
      request.open("POST", this.box.dataset.address);
      request.send(body);
    });
  }

  added(file, row, seen) {
    this.say(row, file.remark || this.box.dataset.added, { isQuiet: !file.remark });
    row.dataset.uid = file.uid;
    row.dataset.kind = file.kind;
    row.dataset.markdown = file.markdown;
    if (file.thumbnail) {
      const picture = Object.assign(document.createElement("img"), { src: file.thumbnail, alt: file.name, width: 96, height: 96 });
      row.querySelector("summary").replaceChildren(picture);
    }
    this.arrive(file.markdown, seen);
    this.offer(row);
  }

  /** What can be done with a file that is here. @param {HTMLElement} row */
  offer(row) {
    const { uid, kind } = row.dataset;
    row.dataset.markdown ??= reference(uid).exec(this.text.value)?.[0] ?? "";
    const description = row.querySelector("input");
    /** @type {HTMLElement} */ (row.querySelector("[data-describe]")).hidden = kind !== "photo";
    description.addEventListener("input", () => this.describe(row, description.value));
    const act = (name, action) => {
      const button = /** @type {HTMLButtonElement} */ (row.querySelector(`[data-${name}]`));
      button.hidden = false;
      button.addEventListener("click", () => {
        row.querySelector("details").open = false;
        action();
        (this.text.hidden ? /** @type {HTMLElement} */ (this.form.querySelector("[data-preview-pane]")) : this.text).focus();
      });
    };
    act("insert", () => this.put(row.dataset.markdown));
    act("remove", () => this.remove(row));
  }

  // Those that the text does not show are told from the others.
  tell() {
    const text = this.text.value;
    for (const row of this.list.querySelectorAll("[data-uid]")) {
      const { uid } = /** @type {HTMLElement} */ (row).dataset;
      if (uid) row.classList.toggle("is-out", !text.includes(`attachment:${uid}`));
    }
  }

  /** Takes a file out of the text, however often it stands there; it stays below, and can be put back. @param {HTMLElement} row */
  remove(row) {
    const { uid } = row.dataset;
    row.dataset.markdown = reference(uid).exec(this.text.value)?.[0] ?? row.dataset.markdown;
    // Between two paragraphs stays as much room as was on the wider side of the one that goes.
    this.replaceAll(paragraph(uid), (_all, above, _mark, _words, _end, below) =>
      above && below ? (above.length > below.length ? above : below) : "",
    );
    this.replaceAll(reference(uid), () => "");
  }

  replaceAll(pattern, instead) {
    for (let found = pattern.exec(this.text.value); found; found = pattern.exec(this.text.value)) {
      insert(this.text, found[0].replace(pattern, instead), found.index, found.index + found[0].length);
    }
  }

  // An upload that ends takes the focus from nobody, and cuts no word in two: who typed on meanwhile stays in that line.
  arrive(markdown, seen) {
    const active = /** @type {HTMLElement} */ (document.activeElement);
    const { selectionStart, selectionEnd, value } = this.text;
    const isTyping = active === this.text && seen && (seen.value !== value || seen.selectionEnd !== selectionEnd);
    if (isTyping) this.text.setSelectionRange(selectionEnd, endOfLine(value, selectionEnd));
    if (!this.isTouched) this.text.setSelectionRange(value.length, value.length);
    const [top, range] = [scrollY, rangeOf(active)];
    this.put(markdown, { isQuiet: this.isComposing });
    if (isTyping) this.text.setSelectionRange(selectionStart, selectionEnd);
    if (active === this.text) return;
    if (active === document.body) this.text.blur();
    else active.focus({ preventScroll: true });
    if (range) /** @type {HTMLInputElement} */ (active).setSelectionRange(...range);
    scrollTo(scrollX, top);
  }

  // With the browser's undo, but while an input method is at work.
  put(markdown, { isQuiet = false } = {}) {
    const { selectionEnd: at, value } = this.text;
    const before = at === 0 || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
    const words = before + markdown + (value.slice(at).startsWith("\n") ? "" : "\n\n");
    if (!isQuiet) return insert(this.text, words, at, at);
    this.text.setRangeText(words, at, at, "preserve");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  describe(row, words) {
    const pattern = reference(row.dataset.uid);
    const renamed = (found) => found[1] + words.replace(/[[\]\\\n]/g, " ") + found[3];
    const kept = pattern.exec(row.dataset.markdown);
    if (kept) row.dataset.markdown = renamed(kept);
    const found = pattern.exec(this.text.value);
    if (!found) return;
    this.text.setRangeText(renamed(found), found.index, found.index + found[0].length, "preserve");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Whoever waited to save reads first what is left out.
  stay() {
    this.wantsSave = false;
    delete this.form.dataset.held;
    this.form.dispatchEvent(new Event("lost"));
  }

  failed(file, row, why) {
    this.stay();
    const canBeTried = why !== "large";
    if (canBeTried) this.lost.set(row, file);
    this.say(row, this.box.dataset[why] + (canBeTried && this.isTold ? ` ${this.box.dataset.left}` : ""));
    this.offerAgain(row, canBeTried);
  }

  offerAgain(row, isOffered) {
    row.querySelector("[data-again]").hidden = !isOffered;
  }

  // "Added." is for those who do not see the picture appear.
  say(row, sentence, { isQuiet = false } = {}) {
    const place = row.querySelector("[data-status]");
    place.classList.toggle("visually-hidden", isQuiet);
    place.textContent = sentence;
  }
}
