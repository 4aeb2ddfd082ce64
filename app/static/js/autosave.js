// Sends what is typed to the server within seconds, and says truthfully what has become of it.

import { choose, clockIn, lock, refusesHalf } from "./form.js";
import { leadOn, remember } from "./resume.js";
import { acknowledges, again, forgetHere, hold, isLeft, isOwn, keepHere, newKey, post, recoverUnsent, sendWaiting, sentOf, session, setAside, waitingOf } from "./unsent.js";

const AFTER_TYPING = 1500;
const AT_THE_LATEST = 3500;
const LEAST_APART = 1500;
const STALE = 10000;
const LONG = 50000;
const KEPT_EVERY = 1000;
const RETRIES = [2000, 4000, 8000, 15000];
const TYPED = ["title", "body", "entry_date", "entry_time", "tags", "mood", "place", "visibility", "version", "serial"];
const NAMES = [...TYPED, "key", "writer", "entry"];
const [SPREAD, MOST_SENT] = [1000, 100];
const BACK_AFTER = 15000;
const ANSWERED = new Set(["busy", "refused"]);
const FINAL = new Set(["late", "saved", "other", "many"]);

export class Autosave {
  /** @param {WritingForm} form @param {HTMLElement} state */
  constructor(form, state) {
    this.form = form;
    this.state = state;
    this.dirty = this.sending = this.stopped = this.wantsSave = this.checking = this.leaving = this.isRecovered = false;
    this.heard = "";
    this.failures = this.timer = this.keeping = this.since = this.typedAt = this.sentAt = this.keptAt = 0;
    this.secret = form.elements.csrf_token.value;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("focusout", () => this.flush());
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("lost", () => {
      this.wantsSave = false;
    });
    addEventListener("online", () => this.flush());
    addEventListener("pagehide", () => this.flush({ isLast: true }));
    document.addEventListener("visibilitychange", () => this.flush({ isLast: document.visibilityState === "hidden" }));
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.stay();
    });
    addEventListener("beforeunload", (event) => {
      if (this.dirty && !this.leaving) event.preventDefault();
    });
    // The state this page began with or the server acknowledged last, and those that were sent since and may be there too.
    this.base = Number(form.elements.serial.value);
    /** @type {number[]} */
    this.sent = [];
    // Two windows that count from one state must not mean two texts by one number.
    this.step = 1 + Math.floor(Math.random() * SPREAD);
    // Without a network the page takes up what waits in this browser, which began with a state of its own.
    form.addEventListener("filling", () => {
      if (this.keeping) this.keep({ isNow: true });
    });
    form.addEventListener("filled", () => {
      clearTimeout(this.timer);
      this.dirty = this.stopped = this.wantsSave = false;
      this.since = this.failures = 0;
      this.pressed = null;
      this.heard = "";
      this.base = Number(form.dataset.base);
      this.sent = sentOf({ sent: form.dataset.sent, serial: form.elements.serial.value });
    });
    // What was typed before this script came is no less typed.
    const isTyped = [form.elements.title, form.elements.body].some((field) => field.value !== field.defaultValue);
    if (isTyped) this.changed();
    leadOn(form, () => !this.dirty && !this.wantsSave);
    hold();
    recoverUnsent()
      .catch(() => 0)
      .then(() => {
        this.isRecovered = true;
        return this.goOn();
      })
      .catch(() => 0)
      .finally(() => sendWaiting(form.dataset.draftUrl, form.dataset.csrfUrl, form.elements.key.value).catch(() => 0));
  }

  fields() {
    const data = new FormData(this.form);
    return Object.fromEntries(NAMES.map((name) => [name, data.get(name) ?? ""]));
  }

  // A tab that was closed on a draft may have left a later state of it in this browser than the server has. The page goes on with that
  // where nothing else came between; elsewhere it becomes a draft of its own, and neither replaces the other.
  async goOn() {
    const { key, writer } = this.form.elements;
    for (const waiting of waitingOf(writer.value).filter((one) => one.key === key.value && !isOwn(one))) {
      const left = (await isLeft(waiting)) && again(waiting);
      if (left && left.key === key.value) this.meet(left);
    }
  }

  meet(left) {
    const { serial } = this.form.elements;
    if (Number(left.serial) <= this.base) {
      // The answer came too late for the page that sent it: the server has this very state.
      if (!this.dirty && TYPED.every((name) => left[name] === undefined || left[name] === this.form.elements[name]?.value)) forgetHere(left);
      return;
    }
    if (this.dirty || left.base !== this.base || Number(serial.value) !== this.base || "step" in this.form.dataset) {
      setAside(left);
      return;
    }
    for (const name of TYPED) if (this.form.elements[name] && left[name] !== undefined) this.form.elements[name].value = left[name];
    this.form.elements.begun.value = "";
    // It may have been sent already, and the answer have come too late.
    this.sent = sentOf(left);
    this.form.dispatchEvent(new Event("input"));
    if (this.keep({ isNow: true })) forgetHere(left);
  }

  changed() {
    this.dirty = true;
    this.typedAt = Date.now();
    this.since ||= this.typedAt;
    this.form.elements.serial.value = Number(this.form.elements.serial.value) + this.step;
    this.step = 1;
    this.keep();
    if (!this.stopped && !this.isFresh()) this.say("dirty");
    this.later(Math.max(0, Math.min(AFTER_TYPING, this.since + AT_THE_LATEST - Date.now())));
  }

  // On this browser's disk at once; a long text once a second, or each letter would wait for all the others.
  keep({ isNow = false } = {}) {
    if (!isNow && this.form.elements.body.value.length >= LONG) {
      this.keeping ||= setTimeout(() => this.keep({ isNow: true }), KEPT_EVERY);
      return false;
    }
    clearTimeout(this.keeping);
    this.keeping = 0;
    return keepHere({ ...this.fields(), base: this.base, sent: this.sent.join() }, { isOnDisk: this.isRecovered });
  }

  // "Draft saved 13:09" stays true while one types on, for a while: what was typed since is on its way.
  isFresh() {
    return this.state.dataset.is === "kept" && Date.now() - this.keptAt < STALE;
  }

  later(wait) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.flush(), wait);
  }

  // Whoever listens hears once that a draft is saved, and of every trouble; not of each letter on its way.
  say(name, more = "") {
    const text = `${this.state.dataset[name]}${more}`;
    if (this.state.dataset.is === name && this.state.textContent === text) return;
    const isNews = name !== "dirty" && name !== this.heard;
    if (isNews) this.heard = name;
    this.state.ariaLive = isNews ? "polite" : "off";
    this.state.dataset.is = name;
    this.state.textContent = text;
  }

  async flush({ isLast = false } = {}) {
    if (isLast && this.keeping) this.keep({ isNow: true });
    if (!this.dirty || this.sending || this.stopped) return;
    const wait = this.sentAt + LEAST_APART - Date.now();
    if (wait > 0 && !isLast && !this.wantsSave) return this.later(wait);
    clearTimeout(this.timer);
    this.sending = true;
    this.sentAt = Date.now();
    const fields = this.fields();
    const sent = { ...fields, known: this.base, sent: this.sent.join() };
    if (!this.sent.includes(Number(fields.serial))) this.sent = [...this.sent, Number(fields.serial)].slice(-MOST_SENT);
    this.keep({ isNow: true });
    let outcome = await this.attempt(sent, isLast).catch(() => "unreachable");
    if (outcome === "refused" || outcome === "signedOut") outcome = await this.again(sent, outcome).catch(() => "unreachable");
    this.sending = false;
    // Another text may have taken the form meanwhile.
    if (fields.key !== this.form.elements.key.value && !this.stopped) {
      if (outcome === "kept") forgetHere(fields);
      return this.later(0);
    }
    if (outcome === "kept") this.acknowledged(fields);
    else this.failed(outcome);
  }

  async attempt(fields, isLast = false) {
    remember(fields);
    const answer = await post(this.form.dataset.draftUrl, fields, this.secret, { isLast });
    if (answer.ok) return acknowledges(answer, fields) ? "kept" : "unreachable";
    if (answer.isRedirect || answer.status === 401) return "signedOut";
    if (answer.status === 409) return answer.told?.reason ?? "busy";
    if (answer.status === 403) return "other";
    if (answer.status === 413) return "large";
    return answer.status === 400 ? "refused" : "busy";
  }

  async again(fields, outcome) {
    const now = await session(this.form.dataset.csrfUrl);
    if (!now) return "signedOut";
    if (String(now.writer) !== fields.writer) return "other";
    if (now.secret === this.secret && outcome === "refused") return "refused";
    this.secret = this.form.elements.csrf_token.value = now.secret;
    return this.attempt(fields);
  }

  acknowledged(fields) {
    this.failures = 0;
    this.keptAt = Date.now();
    this.form.dataset.kept = fields.serial;
    this.base = Number(fields.serial);
    this.sent = [];
    const isNewer = this.form.elements.serial.value !== fields.serial;
    this.dirty = isNewer;
    this.since = isNewer ? Date.now() : 0;
    if (!isNewer) {
      clearTimeout(this.keeping);
      this.keeping = 0;
      forgetHere(fields);
    }
    this.say("kept", ` ${clockIn(this.form.dataset.zone)}`);
    if (isNewer) return this.wantsSave ? this.flush() : this.later(Math.max(0, this.typedAt + AFTER_TYPING - Date.now()));
    if (this.wantsSave) this.save();
  }

  failed(outcome) {
    // What is made of two versions is no later state of either.
    if ("merging" in this.form.dataset && (outcome === "saved" || outcome === "late")) return this.beginAnew();
    this.say(outcome === "signedOut" ? "signedOut" : outcome);
    this.stopped = FINAL.has(outcome);
    if (this.wantsSave && (this.stopped || outcome === "large" || (ANSWERED.has(outcome) && this.failures))) return this.save();
    this.later(RETRIES[Math.min(this.failures++, RETRIES.length - 1)]);
  }

  beginAnew() {
    this.keep({ isNow: true });
    forgetHere(this.fields());
    this.form.elements.key.value = newKey();
    this.form.elements.serial.value = "1";
    this.base = 0;
    this.sent = [];
    this.keep({ isNow: true });
    this.sentAt = 0;
    this.flush();
  }

  // The page is left only once the server has answered: what it does not have goes first, as a draft, and then the form itself.
  submit(event) {
    this.pressed = event.submitter;
    if (refusesHalf(this.form)) return event.preventDefault();
    this.say("saving");
    if (this.stopped) {
      this.form.elements.base.value = this.base;
      this.leaving = true;
      this.form.dataset.leaving = "";
      return;
    }
    event.preventDefault();
    if (this.leaving) return;
    this.wantsSave = true;
    if (this.dirty) this.flush();
    else this.check();
  }

  // A long text that is there already need not go twice: it is only asked whether the server answers, and holds this very state.
  async check() {
    if (this.checking) return;
    const { key, serial, writer } = this.form.elements;
    this.checking = true;
    const now = await session(this.form.dataset.csrfUrl, key.value).catch(() => null);
    this.checking = false;
    if (this.leaving || !this.wantsSave) return;
    if (now && !this.dirty && String(now.writer) === writer.value && now.serial === Number(serial.value)) {
      this.secret = now.secret;
      return this.save();
    }
    if (!this.dirty) this.changed();
    this.flush();
  }

  // Nothing can be typed any more that this save would leave behind.
  save() {
    if (this.leaving) return;
    // Files that go on their way with the network come along.
    if ("uploading" in this.form.dataset) {
      this.form.dataset.held = "";
      return;
    }
    this.leaving = true;
    this.form.dataset.leaving = "";
    this.say("saving");
    lock(this.form, true);
    setTimeout(() => this.stay(), BACK_AFTER);
    this.form.elements.csrf_token.value = this.secret;
    this.form.elements.base.value = this.base;
    this.unchoose = choose(this.form, this.pressed);
    this.form.submit();
  }

  stay() {
    this.unchoose?.();
    this.unchoose = null;
    this.leaving = this.wantsSave = false;
    delete this.form.dataset.leaving;
    lock(this.form, false);
  }
}
