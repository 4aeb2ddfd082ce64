// Lets the writing page open without a network. Nothing that anybody wrote is kept here; logging out removes all of it.
// The server puts DIGEST and ASSETS before this text.

const NAME = `daybook-${DIGEST}`;
const PATIENCE = 8000;

async function keepShell(address) {
  const answer = await fetch(address, { redirect: "manual", cache: "no-store" });
  if (answer.ok) await (await caches.open(NAME)).put("shell", answer);
}

async function shell() {
  const cache = await caches.open(NAME);
  return cache.match("shell");
}

async function pageOrShell(request) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([fetch(request).catch(() => null), late]);
  if (answer && answer.status < 500) return answer;
  return (await shell()) ?? answer ?? Response.error();
}

async function asset(request) {
  const cache = await caches.open(NAME);
  return (await cache.match(request)) ?? fetch(request);
}

addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

addEventListener("message", (event) => {
  event.waitUntil(keepShell(event.data.shell).catch(() => null));
});

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate" && pathname === WRITING) event.respondWith(pageOrShell(event.request));
  else if (ASSETS.includes(pathname)) event.respondWith(asset(event.request));
});
