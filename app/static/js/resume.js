// Going back to a writing page: browsers fill in what was typed, on a form that is new. Where the page's place in the history says which form
// it was, the page leads on to where that form went: to its draft, or to the entry that it was saved as. Nothing is taken over from one form
// into another, and nothing is emptied that somebody typed here.

import { session } from "./unsent.js";

/** Notes with the page's place in the history which form was sent last, and whose. */
export function remember({ key, writer }) {
  if (history.state?.key === key) return;
  try {
    history.replaceState({ key, writer }, "");
  } catch {
    // Some browsers refuse it on a page that is being left; what is sent then must not wait for it.
  }
}

/** Leads on from a page that one goes back to; from one that somebody else typed in to an empty one. @param {WritingForm} form */
export async function leadOn(form, isUntouched) {
  const { key, writer } = form.elements;
  const was = history.state;
  if (!was?.key || was.key === key.value) return;
  if (was.writer !== writer.value) {
    form.hidden = form.inert = true;
    return go(location.href);
  }
  const now = await session(form.dataset.csrfUrl, was.key).catch(() => null);
  if (now?.address && String(now.writer) === was.writer && isUntouched()) go(now.address);
}

// A page that leads to its own address would find its note there again.
function go(address) {
  history.replaceState(null, "");
  location.replace(address);
}
