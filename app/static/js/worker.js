// Lets the writing page open without the journal. Nothing that anybody wrote is kept here; logging out removes all of it.
// The server puts DIGEST, ASSETS and WRITING before this text.

const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const NAME = `daybook-${DIGEST}`;
const PATIENCE = 8000;

const kept = async () => (await caches.open(NAME)).match("shell");
const forget = async () => (await caches.open(NAME)).delete("shell");

async function keepShell(address) {
  await forget();
  const answer = await fetch(address, { redirect: "manual", cache: "no-store" });
  if (answer.ok) await (await caches.open(NAME)).put("shell", answer);
  return answer.ok;
}

async function pageOrShell(request) {
  const network = fetch(request).catch(() => null);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([network, late]);
  if (answer?.type === "opaqueredirect") await forget();
  if (answer && answer.status < 500) return answer;
  return (await kept()) ?? (await network) ?? Response.error();
}

async function asset(request) {
  const cache = await caches.open(NAME);
  return (await cache.match(request)) ?? fetch(request);
}

scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(ASSETS)).then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  const take = async () => {
    for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
    await scope.clients.claim();
  };
  event.waitUntil(take());
});

scope.addEventListener("message", (event) => {
  const { shell } = event.data;
  const done = shell ? keepShell(shell).catch(() => false) : forget();
  event.waitUntil(done.then((result) => event.ports[0]?.postMessage(result)));
});

scope.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate" && pathname === WRITING) event.respondWith(pageOrShell(event.request));
  else if (ASSETS.includes(pathname)) event.respondWith(asset(event.request));
});
