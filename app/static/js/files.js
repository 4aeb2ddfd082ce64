// Pictures and files for the text: chosen, dropped or pasted, sent one after the other, and shown where the caret was.

import { session } from "./unsent.js";

const reference = (uid) => new RegExp(`(!?\\[)[^\\]\\n]*(\\]\\(attachment:${uid}\\))`);

const SLOWEST = 15 * 60 * 1000;

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
    this.input = box.querySelector("input[type=file]");
    this.list = box.querySelector("[data-file-list]");
    this.input.addEventListener("change", () => {
      this.add(this.input.files);
      this.input.value = "";
    });
    for (const name of ["dragover", "drop"]) this.text.addEventListener(name, (event) => this.drop(event));
    this.text.addEventListener("paste", (event) => {
      // Word and Excel put a picture of the text beside the text: where there are words, they are what is pasted.
      if (!event.clipboardData.files.length || event.clipboardData.types.includes("text/plain")) return;
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

  row(file) {
    const row = /** @type {HTMLElement} */ (this.box.querySelector("template").content.firstElementChild.cloneNode(true));
    const [label, field] = [row.querySelector("label"), row.querySelector("input")];
    this.rows += 1;
    field.id = label.htmlFor = `description-${this.rows}`;
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("button").addEventListener("click", () => {
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
    row.querySelector("button").hidden = true;
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
    this.say(row, file.remark || this.box.dataset.added);
    this.put(file.markdown);
    if (file.kind !== "photo") return;
    const field = row.querySelector("input");
    row.querySelector("[data-describe]").hidden = false;
    field.addEventListener("input", () => this.describe(file.uid, field.value));
  }

  put(markdown) {
    const { selectionEnd: at, value } = this.text;
    const before = at === 0 || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
    const after = value.slice(at).startsWith("\n") ? "" : "\n\n";
    this.text.setRangeText(before + markdown + after, at, at, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  describe(uid, words) {
    const found = reference(uid).exec(this.text.value);
    if (!found) return;
    const plain = found[1] + words.replace(/[[\]\\\n]/g, " ") + found[2];
    this.text.setRangeText(plain, found.index, found.index + found[0].length, "preserve");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  failed(row, why) {
    this.wantsSave = false;
    this.say(row, this.box.dataset[why]);
    row.querySelector("button").hidden = why === "large";
  }

  say(row, sentence) {
    row.querySelector("[data-status]").textContent = sentence;
  }
}
