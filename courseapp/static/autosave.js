// Saves an answer as soon as it is chosen. Without JavaScript the buttons of the form do the same.
const form = document.querySelector("form[data-autosave]");
const state = form.querySelector(".save-state");
let sending = false;
let changed = false;

function chosen() {
  return [...form.querySelectorAll("input[name=answer]:checked")].map((input) => input.value);
}

async function send() {
  const many = form.dataset.many === "1";
  try {
    const response = await fetch(form.dataset.autosave, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body: JSON.stringify({ answer: many ? chosen() : chosen()[0] }),
      keepalive: true,
    });
    return response.ok;
  } catch {
    // No connection: the page says so, and the form's buttons try again.
    return false;
  }
}

// One after the other: an older choice must not arrive after a newer one.
async function save() {
  changed = true;
  if (sending) return;
  sending = true;
  let saved = false;
  while (changed) {
    changed = false;
    state.textContent = form.dataset.saving;
    saved = await send();
  }
  sending = false;
  state.textContent = saved ? form.dataset.saved : form.dataset.failed;
}

form.addEventListener("change", save);
// Whoever leaves while the last choice still waits for its turn takes nothing with her.
addEventListener("pagehide", () => {
  if (changed) send();
});
