// Passkeys and security keys: asks the server for a challenge, lets a key answer it, and sends the answer as a plain form.

/** @type {NodeListOf<WritingForm>} */
const forms = document.querySelectorAll("form[data-passkey]");
const can = window.PublicKeyCredential && "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** @param {WritingForm} form */
async function answer(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const response = await fetch(form.dataset.passkey, { method: "POST", body });
  if (!response.ok) throw new Error(response.statusText);
  const options = await response.json();
  const made = form.dataset.mode === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(/** @type {PublicKeyCredential} */ (made).toJSON());
}

/** @param {string} selector @returns {HTMLInputElement | null} */
const field = (selector) => document.querySelector(selector);

for (const form of can ? forms : []) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    /** @type {HTMLElement} */
    const state = form.querySelector("[data-state]");
    state.textContent = "";
    try {
      form.elements.answer.value = await answer(form);
      if (field("#remember_me")?.checked) form.elements.remember_me.value = "y";
      else form.elements.remember_me?.remove();
      if (form.elements.password) form.elements.password.value = field("#password")?.value ?? "";
      form.submit();
    } catch {
      state.textContent = state.dataset.failed;
    }
  });
}
