// Passkeys and security keys: asks the server for a challenge, lets a key answer it, and sends the answer as a plain form.

const can = window.PublicKeyCredential && "parseCreationOptionsFromJSON" in PublicKeyCredential;

async function answer(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const response = await fetch(form.dataset.key, { method: "POST", body });
  if (!response.ok) throw new Error(response.statusText);
  const options = await response.json();
  const made = "makes" in form.dataset
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(made.toJSON());
}

for (const form of can ? document.querySelectorAll("form[data-key]") : []) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const state = form.querySelector("[data-state]");
    state.textContent = "";
    try {
      form.elements.answer.value = await answer(form);
      const remember = document.querySelector("#remember_me");
      if (remember?.checked) form.elements.remember_me.value = "y";
      else form.elements.remember_me?.remove();
      const password = form.querySelector("[data-password]");
      if (password) password.value = document.querySelector("#password")?.value ?? "";
      form.submit();
    } catch {
      state.textContent = state.dataset.failed;
    }
  });
}
