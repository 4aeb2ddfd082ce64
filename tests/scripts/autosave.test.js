// What is typed reaches the server within seconds, seldom enough, and the page says what has become of it.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Autosave } from "../../app/static/js/autosave.js";
import { nameOf, waitingOf } from "../../app/static/js/unsent.js";
import { Form, openPage, Server, settle } from "./browser.js";

const NOW = Date.UTC(2026, 10, 25, 13, 9);
const SAID = { dirty: "Saving…", saving: "Saving…", kept: "Draft saved", unreachable: "Offline", busy: "Offline", signedOut: "Log in", saved: "Saved elsewhere" };
const unsent = { key: "form-1", writer: "7", title: "", body: "Half a sentence, then", entry_date: "2026-03-01", visibility: "private" };
const acknowledged = ({ key, serial }) => ({ told: { key, serial: Number(serial) } });

beforeEach(() => {
  openPage();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
});
afterEach(() => mock.timers.reset());

function page(answer = acknowledged, values = {}, before = (_fields) => undefined, serial = 0) {
  const secret = { told: { secret: "fresh", writer: 7, serial } };
  const server = new Server(({ address, fields }) => (address.startsWith("/secret") ? secret : answer(fields, server)));
  const [form, state] = [new Form(values), { dataset: { ...SAID }, textContent: "" }];
  before(form.elements);
  return { server, form, state, autosave: new Autosave(form, state) };
}

async function wait(milliseconds) {
  for (let gone = 0; gone < milliseconds; gone += 100) {
    mock.timers.tick(100);
    await settle();
  }
}

test("a draft is sent a second and a half after the last letter", async () => {
  const { server, form, state } = page();
  form.type("Fog");
  await wait(1400);
  assert.equal(server.drafts.length, 0);
  assert.equal(state.textContent, "Saving…");
  await wait(200);
  assert.deepEqual(server.drafts.map(({ body, serial }) => [body, serial]), [["Fog", "1"]]);
  assert.match(state.textContent, /^Draft saved \d+:09/);
});

test("somebody who never pauses is saved all the same, and not too often", async () => {
  const { server, form } = page();
  for (let letter = 1; letter <= 100; letter += 1) {
    form.type("x".repeat(letter));
    await wait(100);
  }
  assert.ok(server.drafts.length >= 2 && server.drafts.length <= 10000 / 1500 + 1, `${server.drafts.length} drafts in ten seconds`);
});

// A tab goes back to a page that it had left, on which the server's answer is a new form.
async function goBack({ address = "/drafts/3", type = "", ...values } = {}) {
  page().form.type("Fog");
  await wait(1600);
  const server = new Server(({ fields }) => (fields ? acknowledged(fields) : { told: { secret: "fresh", writer: 7, serial: 1, address } }));
  const form = new Form({ key: "form-2", ...values });
  new Autosave(form, { dataset: { ...SAID }, textContent: "" });
  if (type) form.type(type);
  await wait(1600);
  return { server, form };
}

test("going back to a page leads on to where its form went", async () => {
  const { server } = await goBack();
  assert.deepEqual([location.went, server.drafts], [["/drafts/3"], []]);
});

test("whoever types at once is led nowhere, and writes in a form of their own", async () => {
  const { server } = await goBack({ type: "Sun" });
  assert.deepEqual([location.went, server.drafts.map(({ key, body }) => [key, body])], [[], [["form-2", "Sun"]]]);
});

test("a form that is nowhere any more leads nowhere", async () => {
  assert.deepEqual((await goBack({ address: null })) && location.went, []);
});

test("going back to a page that somebody else typed in leads to an empty one", async () => {
  const { form } = await goBack({ writer: "8" });
  assert.deepEqual([location.went, form.hidden, history.state], [["http://journal.test/entry"], true, null]);
});

test("a page that is opened afresh is a form of its own", async () => {
  page().form.type("Fog");
  await wait(1600);
  assert.equal(page(acknowledged, { key: "form-2" }).form.elements.key.value, "form-2");
});

test("what is typed is kept in the browser until the server has it", async () => {
  const { form } = page();
  form.type("Fog");
  assert.equal(waitingOf("7")[0].body, "Fog");
  await wait(1600);
  assert.equal(waitingOf("7").length, 0);
});

test("a server that is away is tried again, and nothing is lost meanwhile", async () => {
  let isAway = true;
  const { server, form, state } = page((fields) => (isAway ? { status: 0 } : acknowledged(fields)));
  form.type("Fog");
  await wait(1600);
  assert.equal(state.textContent, "Offline");
  assert.equal(waitingOf("7")[0].body, "Fog");
  isAway = false;
  await wait(16000);
  assert.match(state.textContent, /^Draft saved/);
  assert.equal(server.drafts.at(-1).body, "Fog");
});

test("a hotel's log-in page is taken for no acknowledgement", async () => {
  const { form, state } = page(() => ({ status: 200, told: null }));
  form.type("Fog");
  await wait(1600);
  assert.equal(state.textContent, "Offline");
  assert.equal(waitingOf("7").length, 1);
});

test("a form that was saved in another tab stops, and says so", async () => {
  const { server, form, state } = page(() => ({ status: 409, told: { reason: "saved", serial: 9 } }));
  form.type("Fog");
  await wait(1600);
  assert.equal(state.textContent, "Saved elsewhere");
  const sent = server.drafts.length;
  form.type("Fog again");
  await wait(20000);
  assert.equal(server.drafts.length, sent);
});

test("Save sends the last letters first, and then the form", async () => {
  const { server, form } = page();
  form.type("Fog, and then");
  const press = new Event("submit", { cancelable: true });
  form.dispatchEvent(press);
  assert.ok(press.defaultPrevented);
  await settle();
  assert.equal(server.drafts.at(-1).body, "Fog, and then");
  assert.equal(form.submitted, 1);
  assert.ok(form.elements.body.readOnly);
});

const press = (form) => form.dispatchEvent(new Event("submit", { cancelable: true }));

test("Save of what the server has sends the form alone, once", async () => {
  const { server, form } = page(acknowledged, { serial: "4" }, undefined, 4);
  press(form);
  press(form);
  await settle();
  assert.equal(server.drafts.length, 0);
  assert.equal(form.submitted, 1);
});

test("Save of another state than the server has sends a draft first", async () => {
  const { server, form } = page(acknowledged, { serial: "4" }, undefined, 3);
  press(form);
  await settle();
  assert.equal(server.drafts.length, 1);
  assert.equal(form.submitted, 1);
});

test("a page that was left and came back is not saved by what was asked before", async () => {
  const { form, autosave } = page(acknowledged, { serial: "4" }, undefined, 4);
  press(form);
  autosave.stay();
  await settle();
  assert.equal(form.submitted, 0);
});

test("a draft says which state of its own the server may have", async () => {
  const { server, form } = page(acknowledged, { serial: "4" });
  form.type("Fog");
  await wait(1600);
  form.type("Fog, and");
  await wait(3200);
  assert.deepEqual(server.drafts.map(({ known }) => Number(known)), [4, 5]);
});

test("a draft says which of its states were sent without an answer, and no others", async () => {
  const { server, form } = page(({ serial }) => (serial === "4" ? acknowledged({ serial, key: "form-1" }) : { status: 503 }), { serial: "4" });
  form.type("Fog");
  await wait(1600);
  form.type("Fog, and");
  await wait(3200);
  assert.deepEqual(server.drafts.map(({ known, sent }) => [known, sent]).slice(0, 2), [["4", ""], ["4", "5"]]);
});

test("two windows that begin with one state do not count alike", async () => {
  const numbers = [0.1, 0.7].map((chance) => {
    const { form } = page(acknowledged, { serial: "4" }, () => {
      Math.random = () => chance;
    });
    form.type("Fog");
    return form.elements.serial.value;
  });
  assert.deepEqual(numbers, [105, 705]);
});

test("text that was there before the script is as typed", async () => {
  openPage();
  const server = new Server(({ fields }) => (fields ? acknowledged(fields) : { told: null }));
  const form = new Form();
  form.elements.body.value = "Typed while the page was loading";
  new Autosave(form, { dataset: { ...SAID }, textContent: "" });
  await wait(1600);
  assert.equal(server.drafts.at(-1).body, "Typed while the page was loading");
});

// As a page that is closed by now kept it.
const left = (fields) => localStorage.setItem(`${nameOf(fields.writer, fields.key)}.closed`, JSON.stringify({ ...fields, at: 1 }));

test("a draft goes on with the later state that a closed tab left in this browser", async () => {
  left({ ...unsent, serial: 4, base: 2 });
  const { server, form } = page(acknowledged, { serial: "2", body: "Half a" });
  await settle();
  assert.equal(form.elements.body.value, "Half a sentence, then");
  await wait(1600);
  assert.deepEqual(server.drafts.map(({ body, serial, base }) => [body, serial, base]), [["Half a sentence, then", "5", undefined]]);
  assert.equal(waitingOf("7").length, 0);
});

test("what an older page left here knows nothing of a field that is new, which stays as it is", async () => {
  left({ ...unsent, place: undefined, serial: 4, base: 2 });
  const { form } = page(acknowledged, { serial: "2", body: "Half a", place: "Sintra" });
  await settle();
  assert.deepEqual([form.elements.body.value, form.elements.place.value], ["Half a sentence, then", "Sintra"]);
});

for (const [why, serial, typed] of [["another device wrote on meanwhile", "3", ""], ["letters were typed before the script came", "2", "x"]]) {
  test(`a later state becomes a draft of its own where ${why}`, async () => {
    left({ ...unsent, serial: 4, base: 2 });
    const { server, form } = page(acknowledged, { serial, body: "Half a" }, (fields) => {
      fields.body.value += typed;
    });
    assert.equal(form.elements.body.value, `Half a${typed}`);
    await wait(1600);
    const aside = server.drafts.find(({ key }) => key !== "form-1");
    assert.equal(aside?.body, "Half a sentence, then");
    assert.equal(waitingOf("7").length, 0);
  });
}

test("an earlier state that was left in this browser replaces nothing", async () => {
  left({ ...unsent, serial: 4, base: 2 });
  const { form } = page(acknowledged, { serial: "4", body: "Whole." });
  assert.equal(form.elements.body.value, "Whole.");
});

test("a state that the server has, though nobody heard of it, waits no more", async () => {
  left({ ...unsent, serial: "3", body: "Fog" });
  page(acknowledged, { serial: "3", body: "Fog" });
  await settle();
  assert.equal(waitingOf("7").length, 0);
  left({ ...unsent, serial: "3", body: "Fog, then sun" });
  page(acknowledged, { serial: "3", body: "Fog" });
  assert.equal(waitingOf("7").length, 1);
});

test("a button that was pressed in vain leaves nothing behind", () => {
  const { form, autosave } = page();
  const appended = new Set();
  form.append = (field) => appended.add(Object.assign(field, { remove: () => appended.delete(field) }));
  form.action = "/entry/2/edit";
  globalThis.document.createElement = () => ({});
  autosave.pressed = { name: "as_new", value: "1", formAction: "/entry" };
  autosave.save();
  assert.deepEqual([form.action, [...appended].map(({ name }) => name)], ["/entry", ["as_new"]]);
  autosave.stay();
  assert.deepEqual([form.action, appended.size], ["/entry/2/edit", 0]);
});

test("what is made of two versions becomes a draft of its own where its form was saved already", async () => {
  const answer = ({ key, serial }) => (key === "form-1" ? { status: 409, told: { reason: "saved", serial: 3 } } : acknowledged({ key, serial }));
  const { server, form, state } = page(answer, { serial: "3" });
  form.dataset.merging = "";
  form.type("Both");
  await wait(1600);
  const [first, second] = server.drafts;
  assert.equal(first.key, "form-1");
  assert.deepEqual([second.body, second.serial, second.known], ["Both", "1", "0"]);
  assert.notEqual(second.key, "form-1");
  assert.equal(state.dataset.is, "kept");
  assert.equal(waitingOf("7").length, 0);
});

test("an attempt that is made again and again says each of its states once", async () => {
  const { server, form } = page(() => ({ status: 0 }), { serial: "4" });
  form.type("Fog");
  await wait(1600);
  form.type("Fog, and");
  await wait(400000);
  assert.equal(server.drafts.at(-1).sent, "5,6");
});

// What the page without a network does where another text is taken up.
function takeUp(form, serial = "3", base = "0") {
  form.dispatchEvent(new Event("filling"));
  Object.assign(form.elements.key, { value: "form-2" });
  Object.assign(form.elements.serial, { value: serial });
  Object.assign(form.elements.body, { value: "Another" });
  Object.assign(form.dataset, { base, sent: "" });
  form.dispatchEvent(new Event("filled"));
}

test("a Save that was asked for one text saves no other", async () => {
  let isAway = true;
  const { form } = page((fields) => (isAway ? { status: 0 } : acknowledged(fields)));
  form.type("Fog");
  press(form);
  await wait(2000);
  takeUp(form);
  isAway = false;
  form.type("Another, half a word");
  await wait(5000);
  assert.equal(form.submitted, 0);
});

test("what stopped one text stops no other", async () => {
  const { server, form } = page((fields) => (fields.key === "form-1" ? { status: 409, told: { reason: "late", serial: 9 } } : acknowledged(fields)));
  form.type("Fog");
  await wait(2000);
  takeUp(form);
  form.type("Another, and more");
  await wait(5000);
  assert.equal(server.drafts.at(-1).key, "form-2");
});

test("an attempt with a new secret says what its own text was", async () => {
  let isFirst = true;
  const { server, form } = page((fields) => {
    if (fields.key !== "form-1" || !isFirst) return acknowledged(fields);
    isFirst = false;
    takeUp(form, "50", "40");
    return { status: 401 };
  }, { serial: "4" });
  form.type("Fog");
  await wait(3000);
  assert.deepEqual(server.drafts.slice(0, 2).map(({ key, known }) => [key, known]), [["form-1", "4"], ["form-1", "4"]]);
});

test("a browser that makes no keys itself loses nothing", async () => {
  const { randomUUID } = crypto;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  left({ ...unsent, serial: 4, base: 2 });
  const { server } = page(acknowledged, { serial: "3", body: "Half a" });
  await wait(1600);
  Object.defineProperty(crypto, "randomUUID", { value: randomUUID, configurable: true });
  assert.deepEqual(server.drafts.map(({ body }) => body), ["Half a sentence, then"]);
});
