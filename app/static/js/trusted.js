// What this page takes as HTML or as the address of a program: only what the server made (Trusted Types, W3C).

const policy = globalThis.trustedTypes?.createPolicy("daybook", {
  createHTML: (html) => html,
  createScriptURL: (address) => {
    if (new URL(address, location.href).origin === location.origin) return address;
    throw new TypeError("a program of another site");
  },
});

export const cleanHTML = (html) => policy?.createHTML(html) ?? html;
export const ownProgram = (address) => policy?.createScriptURL(address) ?? address;
