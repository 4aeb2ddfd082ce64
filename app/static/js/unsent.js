// Text that could not be sent: kept in this browser under its writer's id, and sent as drafts, in order, as soon as that works.

import { put, recover, remove } from "./disk.js";

const PREFIX = "daybook.unsent.";
const SLOWEST = 20;
const SHORT = 2000;
const MAX_ALIVE = 60000;
const CHECK_TIMEOUT = 5000;
const CLOSING = 5000;
const LONGEST_KEY = 60;

// Each page keeps what is typed in it under a name of its own: of two windows on one draft neither replaces what the other has.
const PAGE = Math.random().toString(36).slice(2);
const names = new WeakMap();

export const nameOf = (writer, key) => `${PREFIX}${writer}.${key}.${PAGE}`;

const keptAs = (fields) => names.get(fields) ?? nameOf(fields.writer, fields.key);

const pageOf = (fields) => keptAs(fields).split(".").at(-1);

export const isOwn = (fields) => keptAs(fields) === nameOf(fields.writer, fields.key);

// Not every address that people serve a journal at is one at which browsers make such keys themselves.
export const newKey = () =>
  crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function read(name) {
  try {
    const fields = JSON.parse(localStorage.getItem(name));
    if (fields) names.set(fields, name);
    return fields;
  } catch {
    return null;
  }
}

// A text as it lies there now: while a page waited, another may have taken it up, or have put a later state there.
export const again = (fields) => read(keptAs(fields));

// Which states of a text that waits the server may have: those that were sent, and the last one, whose answer may have come too late.
export const sentOf = ({ sent = "", serial }) => [...String(sent).split(",").filter(Boolean), serial].map(Number);

function drop(name) {
  localStorage.removeItem(name);
  remove(name);
}

// On the disk only once it is known that nothing later lies there: a browser that was killed may have left it.
export function keepHere(fields, { isOnDisk = true } = {}) {
  const [name, text] = [nameOf(fields.writer, fields.key), JSON.stringify({ ...fields, at: Date.now() })];
  if (isOnDisk) put(name, text);
  try {
    localStorage.setItem(name, text);
    return true;
  } catch {
    // A full or forbidden storage leaves the page itself as the only place.
    return false;
  }
}

// Only the very state that was sent is let go of: its page may have put a newer one there meanwhile.
export function forgetHere(fields) {
  const name = keptAs(fields);
  if (Number(read(name)?.serial) === Number(fields.serial)) drop(name);
}

// Lets a state go on as a draft of its own.
export function setAside(fields) {
  if (keepHere({ ...fields, key: newKey(), serial: 1, base: 0, sent: "" })) drop(keptAs(fields));
}

// Lets this page go on with what another one left; another state of that text, which it had before, is set aside.
export function takeOver(fields) {
  if (isOwn(fields)) return;
  const had = read(nameOf(fields.writer, fields.key));
  if (had) setAside(had);
  if (keepHere({ ...fields })) forgetHere(fields);
}

export const recoverUnsent = () => recover(serialOf);

function serialOf(text) {
  try {
    return Number(JSON.parse(text).serial);
  } catch {
    return 0;
  }
}

const isOf = (writer) => (name) => name.startsWith(`${PREFIX}${writer}.`);

export function waitingOf(writer) {
  const names = Object.keys(localStorage).filter(isOf(writer));
  const texts = names.map(read).filter((fields) => fields?.key);
  return texts.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
}

export const othersWait = (writer) => Object.keys(localStorage).some((name) => name.startsWith(PREFIX) && !isOf(writer)(name));

export async function forgetAllOf(writer) {
  const names = Object.keys(localStorage).filter(isOf(writer));
  for (const name of names) localStorage.removeItem(name);
  await Promise.all(names.map(remove));
}

// A short text goes as a plain form, which is read sooner; in a long one percent signs would make three bytes of each, and six of a letter.
function encoded(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) if (name !== "at" && name !== "base") data.set(name, value);
  return fields.body.length < SHORT ? new URLSearchParams(/** @type {any} */ (data)) : data;
}

// The answer is read to its end in any case: browsers count what nobody reads as still under way, and refuse the next one in the end.
// A request that outlives its page (keepalive) may have 64 KiB, all of them together: only the last one of a page asks for that.
export async function post(address, fields, secret, { isLast = false } = {}) {
  const size = new Blob(Object.values(fields)).size;
  const signal = AbortSignal.timeout(20000 + Math.ceil(size / SLOWEST));
  const body = encoded({ ...fields, csrf_token: secret });
  const answer = await fetch(address, { method: "POST", body, keepalive: isLast && size < MAX_ALIVE, redirect: "manual", signal });
  const text = await answer.text().catch(() => "");
  return { ok: answer.ok, status: answer.status, isRedirect: answer.type === "opaqueredirect", told: parsed(text) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// Only the journal's own acknowledgement counts, which names the form and its state: any hotel's log-in page answers 200 too.
export const acknowledges = ({ ok, told }, fields) => ok && told?.key === fields.key && Number(told.serial) === Number(fields.serial);

export async function session(address, key = "") {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT);
  const asked = `${address}?${new URLSearchParams({ key })}`;
  const answer = await fetch(asked, { redirect: "manual", headers: { Accept: "application/json" }, signal });
  const told = parsed(await answer.text().catch(() => ""));
  return answer.ok && told?.secret ? told : null;
}

// A state that is newer than the one its page was saved with, or that came late, goes on as a draft of its own.
async function send(address, fields, secret) {
  const answer = await post(address, "sent" in fields ? { ...fields, known: fields.base } : fields, secret);
  if (answer.ok) return acknowledges(answer, fields) ? "sent" : "later";
  if (answer.isRedirect || answer.status === 401 || answer.status === 403 || answer.status >= 500) return "later";
  if (answer.status !== 409) return "refused";
  const { reason, serial } = answer.told ?? {};
  // Numbers of two windows say nothing of each other.
  if (reason === "saved" && ("sent" in fields ? Number(fields.serial) === serial : Number(fields.serial) <= serial)) return "sent";
  if (reason === "many") return "refused";
  // By a name that follows from the page that kept it: whoever else sends it now, or a later state of it, makes no other draft.
  const { sent, ...words } = fields;
  for (const name of [`${fields.key}.${pageOf(fields)}`.slice(-LONGEST_KEY), newKey()]) {
    const renamed = { ...words, key: name };
    if (acknowledges(await post(address, renamed, secret), renamed)) return "sent";
  }
  return "refused";
}

// What stands in an open page of this browser is that page's to send.
export const hold = (key = PAGE) => navigator.locks?.request(PREFIX + key, () => new Promise(() => 0)).catch(() => 0);

// Whether nobody has a text in an open page, or the page goes within moments: browsers take a while to close one.
export async function isLeft(fields, patience = CLOSING) {
  for (const name of [fields.key, pageOf(fields)]) {
    if (name === PAGE || !navigator.locks) continue;
    const isFree = await navigator.locks.request(PREFIX + name, { signal: AbortSignal.timeout(patience) }, () => true).catch(() => false);
    if (!isFree) return false;
  }
  return true;
}

export async function sendWaiting(address, secretAddress, except, { evenHeld = false } = {}) {
  await recoverUnsent();
  const now = await session(secretAddress);
  if (!now) return;
  const waiting = waitingOf(now.writer).filter(({ key }) => key !== except);
  const left = await Promise.all(waiting.map((fields) => evenHeld || isLeft(fields)));
  for (const [number, one] of waiting.entries()) {
    const fields = left[number] && again(one);
    if (!fields) continue;
    const outcome = await send(address, fields, now.secret);
    if (outcome === "later") return;
    if (outcome === "sent") forgetHere(fields);
  }
}
