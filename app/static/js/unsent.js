// Text that could not be sent: kept in this browser under its writer's id, and sent as drafts, in order, as soon as that works.

const PREFIX = "daybook.unsent.";

export const nameOf = (writer, key) => `${PREFIX}${writer}.${key}`;

export function keepHere(fields) {
  try {
    localStorage.setItem(nameOf(fields.writer, fields.key), JSON.stringify({ ...fields, at: Date.now() }));
  } catch {
    // A full or forbidden storage leaves the page itself as the only place.
  }
}

export const forgetHere = (fields) => localStorage.removeItem(nameOf(fields.writer, fields.key));

export function waitingOf(writer) {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(`${PREFIX}${writer}.`));
  return names.map((name) => JSON.parse(localStorage.getItem(name))).sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
}

export function post(address, fields, secret) {
  const body = new URLSearchParams({ ...fields, csrf_token: secret });
  body.delete("at");
  const keepalive = body.toString().length < 60000;
  return fetch(address, { method: "POST", body, keepalive, redirect: "manual", signal: AbortSignal.timeout(20000) });
}

export async function session(address) {
  const answer = await fetch(address, { redirect: "manual", headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

export async function sendWaiting(address, secretAddress, except) {
  const now = await session(secretAddress);
  if (!now) return 0;
  let sent = 0;
  for (const fields of waitingOf(now.writer)) {
    if (fields.key === except) continue;
    let answer = await post(address, fields, now.secret);
    const reason = answer.status === 409 ? (await answer.json()).reason : "";
    if (reason === "late") answer = await post(address, { ...fields, key: crypto.randomUUID(), serial: 1 }, now.secret);
    if (!answer.ok && reason !== "saved") break;
    forgetHere(fields);
    sent += 1;
  }
  return sent;
}
