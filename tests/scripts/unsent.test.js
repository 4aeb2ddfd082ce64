// Text that could not be sent: kept, sent in order, and let go of only once the journal itself has acknowledged it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { forgetHere, keepHere, nameOf, sendWaiting, takeOver, waitingOf } from "../../app/static/js/unsent.js";
import { openPage, Server } from "./browser.js";

const draft = (key, serial, more = {}) => ({ writer: "7", key, serial: String(serial), body: `text of ${key}`, ...more });
const secret = { told: { secret: "fresh", writer: 7 } };
const kept = ({ key, serial }) => ({ told: { key, serial: Number(serial) } });
const answering = (drafts) => new Server(({ address, fields, number }) => (address.startsWith("/secret") ? secret : drafts(fields, number)));
const send = (except = "") => sendWaiting("/entry/draft", "/secret", except);

beforeEach(openPage);

test("what is kept is found again by its writer alone", () => {
  keepHere(draft("a", 1));
  keepHere(draft("b", 1, { writer: "8" }));
  assert.deepEqual(waitingOf("7").map(({ key }) => key), ["a"]);
});

test("a state that another tab has replaced is not let go of", () => {
  keepHere(draft("a", 2));
  forgetHere(draft("a", 1));
  assert.equal(waitingOf("7").length, 1);
  forgetHere(draft("a", 2));
  assert.equal(waitingOf("7").length, 0);
});

test("what cannot be read is passed over", () => {
  localStorage.setItem(nameOf("7", "broken"), "{");
  keepHere(draft("a", 1));
  assert.deepEqual(waitingOf("7").map(({ key }) => key), ["a"]);
});

test("everything is sent with a fresh secret, and let go of", async () => {
  const server = answering(kept);
  keepHere(draft("a", 1));
  keepHere(draft("b", 4));
  await send();
  assert.deepEqual(server.drafts.map(({ key, csrf_token }) => [key, csrf_token]), [["a", "fresh"], ["b", "fresh"]]);
  assert.equal(waitingOf("7").length, 0);
});

test("the form that is open sends its own text", async () => {
  const server = answering(kept);
  keepHere(draft("a", 1));
  await send("a");
  assert.equal(server.drafts.length, 0);
  assert.equal(waitingOf("7").length, 1);
});

for (const [what, answer] of [
  ["another site's page", { status: 200, told: null }],
  ["an acknowledgement of another state", { status: 200, told: { key: "a", serial: 99 } }],
  ["a log-in page", { status: 401 }],
  ["a redirection", { status: 0, type: "opaqueredirect" }],
  ["a server in trouble", { status: 503 }],
]) {
  test(`${what} acknowledges nothing, and the text stays`, async () => {
    answering(() => answer);
    keepHere(draft("a", 1));
    await send().catch(() => 0);
    assert.equal(waitingOf("7").length, 1);
  });
}

test("a state that was saved already is let go of", async () => {
  answering(() => ({ status: 409, told: { reason: "saved", serial: 5 } }));
  keepHere(draft("a", 5));
  await send();
  assert.equal(waitingOf("7").length, 0);
});

test("a state newer than what was saved goes on as a draft of its own", async () => {
  const server = answering((fields, number) => (number === 2 ? { status: 409, told: { reason: "saved", serial: 5 } } : kept(fields)));
  keepHere(draft("a", 6));
  await send();
  const [first, second] = server.drafts;
  assert.equal(first.key, "a");
  assert.notEqual(second.key, "a");
  assert.equal(second.serial, "6");
  assert.equal(second.body, first.body);
  assert.equal(waitingOf("7").length, 0);
});

// As two pages that are closed by now kept it.
const left = (page, fields) => localStorage.setItem(`${nameOf("7", fields.key)}.${page}`, JSON.stringify({ base: 4, sent: "", ...fields }));

test("a number that another window's save came to lets go of nothing", async () => {
  const server = answering((fields) => (fields.key === "a" ? { status: 409, told: { reason: "saved", serial: 705 } } : kept(fields)));
  left("x", draft("a", 17));
  await send();
  assert.deepEqual(server.drafts.map(({ body }) => body), ["text of a", "text of a"]);
  assert.equal(waitingOf("7").length, 0);
});

test("two texts of one form are taken up in turn, and both are there", () => {
  left("x", draft("a", 17, { body: "One" }));
  left("y", draft("a", 705, { body: "Other" }));
  for (const fields of waitingOf("7")) takeOver(fields);
  assert.deepEqual(waitingOf("7").map(({ body }) => body).sort(), ["One", "Other"]);
});

test("where nothing more can be kept, what is there stays", () => {
  left("x", draft("a", 17));
  const [fields] = waitingOf("7");
  localStorage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  takeOver(fields);
  assert.equal(waitingOf("7").length, 1);
});

test("what another page took up while this one waited is not sent", async () => {
  const server = answering(kept);
  left("open", draft("a", 5));
  left("closed", draft("b", 5));
  const request = (name) => {
    if (!name.endsWith("open")) return Promise.resolve(true);
    localStorage.removeItem(`${nameOf("7", "b")}.closed`);
    return Promise.reject(new DOMException("", "TimeoutError"));
  };
  Object.defineProperty(globalThis, "navigator", { value: { platform: "", locks: { request } }, configurable: true });
  await send();
  assert.deepEqual(server.drafts, []);
  assert.deepEqual(waitingOf("7").map(({ key }) => key), ["a"]);
});

test("two pages that send what came late make one draft of it", async () => {
  const server = answering((fields) => (fields.key === "a" ? { status: 409, told: { reason: "late", serial: 9 } } : kept(fields)));
  left("closed", draft("a", 5));
  await Promise.all([send(), send()]);
  left("closed", draft("a", 6));
  await send();
  assert.equal(new Set(server.drafts.map(({ key }) => key).filter((key) => key !== "a")).size, 1);
});
