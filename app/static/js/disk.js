// What is typed, on the disk at once: browsers write localStorage when they like, a strict transaction of IndexedDB before it is done.

const STORE = "unsent";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("daybook", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

let opened;

async function work(mode, action) {
  opened ??= open();
  const transaction = (await opened).transaction(STORE, mode, { durability: "strict" });
  const result = action(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(result?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const put = (name, text) => work("readwrite", (store) => store.put(text, name)).catch(() => 0);

export const remove = (name) => work("readwrite", (store) => store.delete(name)).catch(() => 0);

// Puts back into localStorage what a killed browser had not brought to the disk there.
export async function recover(serialOf) {
  const names = await work("readonly", (store) => store.getAllKeys()).catch(() => []);
  for (const name of names ?? []) {
    const text = await work("readonly", (store) => store.get(name)).catch(() => null);
    if (text && serialOf(text) > serialOf(localStorage.getItem(name))) localStorage.setItem(name, text);
  }
}
