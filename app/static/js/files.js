// Photos and files for the text: chosen, dropped or pasted, sent one after the other, and shown below it, where each has a small menu.

import { insert } from "./marks.js";
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

export class Files {
  /** @param {WritingForm} form @param {HTMLElement} box */
  constructor(form, box) {
    this.form = form;
    this.box = box;
    /** @type {HTMLTextAreaElement} */
    this.text = form.elements.body;
    this.rows = 0;
    /** @type {{ file: File, row: HTMLElement }[]} */
    this.waiting = [];
    this.busy = false;
    this.wantsSave = false;
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
    form.addEventListener("submit", (event) => this.submit(event), { capture: true });
  }

  drop(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop") this.add(event.dataTransfer.files);
  }

  submit(event) {
    if (!this.busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.wantsSave = true;
    this.say(this.list.lastElementChild, this.box.dataset.waiting);
  }

  add(files) {
    for (const file of files) this.waiting.push({ file, row: this.row(file) });
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
      this.waiting.push({ file, row });
      this.next();
    });
    this.list.append(row);
    return row;
  }

  async next() {
    if (this.busy || !this.waiting.length) return;
    this.busy = true;
    const { file, row } = this.waiting.shift();
    this.offerAgain(row, false);
    this.say(row, "");
    await this.send(file, row).catch(() => this.failed(row, "unreachable"));
    this.busy = false;
    if (this.waiting.length) this.next();
    else if (this.wantsSave) this.form.requestSubmit();
  }

  async send(file, row) {
    const now = await session(this.form.dataset.csrfUrl);
    if (!now) return this.failed(row, "signedOut");
    if (String(now.writer) !== this.form.elements.writer.value) return this.failed(row, "other");
    const answer = await this.post(file, now.secret, row.querySelector("progress"));
    if (answer.status === 201) return this.added(JSON.parse(answer.responseText), row);
    if (answer.status === 422) this.say(row, JSON.parse(answer.responseText).sentence);
    else this.failed(row, answer.status === 413 ? "large" : "unreachable");
    this.wantsSave = false;
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

  added(file, row) {
    this.say(row, file.remark || this.box.dataset.added, { isQuiet: !file.remark });
    row.dataset.uid = file.uid;
    row.dataset.kind = file.kind;
    row.dataset.markdown = file.markdown;
    if (file.thumbnail) {
      const picture = Object.assign(document.createElement("img"), { src: file.thumbnail, alt: file.name, width: 96, height: 96 });
      row.querySelector("summary").replaceChildren(picture);
    }
    this.put(file.markdown, { isOwnAct: document.activeElement === this.text });
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
        this.text.focus();
      });
    };
    act("insert", () => this.put(row.dataset.markdown, { isOwnAct: true }));
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

  // With the browser's undo where the writer is in the text; an upload that ends takes the focus from nobody.
  put(markdown, { isOwnAct }) {
    const { selectionEnd: at, value } = this.text;
    const before = at === 0 || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
    const words = before + markdown + (value.slice(at).startsWith("\n") ? "" : "\n\n");
    if (isOwnAct) return insert(this.text, words, at, at);
    this.text.setRangeText(words, at, at, "end");
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

  failed(row, why) {
    this.wantsSave = false;
    this.say(row, this.box.dataset[why]);
    this.offerAgain(row, why !== "large");
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
