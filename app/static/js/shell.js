// Sees to it that this browser keeps the writing page of whoever is signed in, and nobody else's; and sends what waits.

import { ownProgram } from "./trusted.js";
import { forgetAllOf, othersWait, recoverUnsent, sendWaiting, waitingOf } from "./unsent.js";

const { writer, worker, shell, draftUrl, csrfUrl, unsent } = document.body.dataset;
const KEPT = "daybook.shell";
const PATIENCE = 30000;

async function active() {
  const registration = await navigator.serviceWorker.register(ownProgram(worker));
  const next = registration.installing ?? registration.waiting;
  if (!next) return registration.active;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (next.state === "activated") resolve(next);
      if (next.state === "redundant") reject(next);
    };
    next.addEventListener("statechange", look);
    look();
  });
}

async function keepShell() {
  const wanted = `${writer} ${worker} ${shell}`;
  if (localStorage.getItem(KEPT) === wanted) return;
  localStorage.removeItem(KEPT);
  const channel = new MessageChannel();
  const answered = new Promise((resolve) => {
    channel.port1.onmessage = (event) => resolve(event.data);
  });
  (await active()).postMessage({ shell }, [channel.port2]);
  if (await answered) localStorage.setItem(KEPT, wanted);
}

async function forgetShell() {
  if (!localStorage.getItem(KEPT)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  registration?.active?.postMessage({});
  localStorage.removeItem(KEPT);
}

// One tab at a time, and none for ever: while a first one asks for the page, a second would throw away what comes.
function alone(work) {
  const late = () => new Promise((resolve) => setTimeout(resolve, PATIENCE));
  if (navigator.serviceWorker) navigator.locks?.request(KEPT, () => Promise.race([work(), late()])).catch(() => 0);
}

// Logging out wipes what waits in this browser: it is sent first, or its writer says that it may go. Where somebody else's text waits too,
// the server is asked to leave that (see clear_session), and only the writer's own is wiped, here.
async function leave(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!waitingOf(writer).length && !othersWait(writer)) return;
  event.preventDefault();
  if (waitingOf(writer).length) await sendWaiting(draftUrl, csrfUrl, "", { evenHeld: true }).catch(() => 0);
  if (waitingOf(writer).length && !confirm(unsent)) return;
  if (othersWait(writer)) {
    // The server may refuse to close an account; it never refuses a log-out.
    if (form.action.endsWith("/logout")) await forgetAllOf(writer);
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "others", value: "1" }));
  }
  form.submit();
}

async function recoverAndSend() {
  await recoverUnsent();
  if (waitingOf(writer).length) await sendWaiting(draftUrl, csrfUrl);
}

if (writer) {
  if (!document.querySelector("[data-writing], [data-merging], [data-line]")) recoverAndSend().catch(() => 0);
  alone(keepShell);
  for (const form of document.querySelectorAll("form[action$='/logout'], form[data-leaving]")) form.addEventListener("submit", leave);
} else if ("stranger" in document.body.dataset) alone(forgetShell);
