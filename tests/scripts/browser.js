// As much of a browser as the scripts need that are tested here: storage, a form, a text area, a server that answers as told.

export class Storage {
  #kept = new Map();
  getItem(name) {
    return this.#kept.get(name) ?? null;
  }
  setItem(name, text) {
    this.#kept.set(name, String(text));
    this[name] = String(text);
  }
  removeItem(name) {
    this.#kept.delete(name);
    delete this[name];
  }
}

export class TextArea extends EventTarget {
  constructor(value, start = value.length, end = start) {
    super();
    Object.assign(this, { value, defaultValue: value, selectionStart: start, selectionEnd: end });
  }
  focus() {}
  setSelectionRange(start, end) {
    Object.assign(this, { selectionStart: start, selectionEnd: end });
  }
  setRangeText(text, start, end) {
    this.value = this.value.slice(0, start) + text + this.value.slice(end);
    this.setSelectionRange(start + text.length, start + text.length);
  }
  get selected() {
    return this.value.slice(this.selectionStart, this.selectionEnd);
  }
}

const FIELDS = { title: "", body: "", entry_date: "2026-03-01", entry_time: "", tags: "", mood: "", place: "", visibility: "private", version: "0" };

export class Form extends EventTarget {
  constructor(values = {}) {
    super();
    const all = { ...FIELDS, key: "form-1", writer: "7", entry: "", begun: "", base: "", serial: "0", csrf_token: "secret", ...values };
    this.elements = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value, defaultValue: value }]));
    this.dataset = { draftUrl: "/entry/draft", csrfUrl: "/secret" };
    this.submitted = 0;
  }
  type(text) {
    this.elements.body.value = text;
    this.dispatchEvent(new Event("input"));
  }
  submit() {
    this.submitted += 1;
  }
}

// Answers requests in their order with what `answer` returns for each: { status, told } or an Error.
export class Server {
  constructor(answer) {
    Object.assign(this, { answer, asked: [] });
    globalThis.fetch = async (address, { body } = {}) => {
      const fields = body ? Object.fromEntries(body) : null;
      this.asked.push({ address, fields });
      const { status = 200, told = null, type = "basic" } = this.answer({ address, fields, number: this.asked.length });
      if (status === 0) throw new TypeError("unreachable");
      return { ok: status >= 200 && status < 300, status, type, text: async () => JSON.stringify(told) };
    };
  }
  get drafts() {
    return this.asked.filter(({ address }) => address === "/entry/draft").map(({ fields }) => fields);
  }
}

export function openPage() {
  Math.random = () => 0;
  globalThis.location = { href: "http://journal.test/entry", went: [], replace: (address) => location.went.push(address) };
  Object.defineProperty(globalThis, "navigator", { value: { platform: "" }, configurable: true });
  globalThis.localStorage = new Storage();
  globalThis.history = { state: null, replaceState: (state) => (history.state = state) };
  globalThis.document = Object.assign(new EventTarget(), { execCommand: () => false, documentElement: { lang: "en" }, visibilityState: "visible" });
  const page = new EventTarget();
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.dispatchEvent = page.dispatchEvent.bind(page);
  globalThis.FormData = class extends Map {
    constructor(form) {
      super(form ? Object.entries(form.elements).map(([name, { value }]) => [name, value]) : []);
    }
    get(name) {
      return super.get(name) ?? null;
    }
  };
}

// Lets everything run that waits for nothing but its turn.
export async function settle() {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
