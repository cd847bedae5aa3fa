// Saves an answer as soon as it is chosen. Without JavaScript the buttons of the form do the same.
const form = document.querySelector("form[data-autosave]");
const state = form.querySelector(".save-state");
let latest = 0;

async function save() {
  const chosen = [...form.querySelectorAll("input[name=answer]:checked")].map((input) => input.value);
  const many = form.dataset.many === "1";
  if (!many && chosen.length === 0) return;
  const turn = ++latest;
  state.textContent = form.dataset.saving;
  let saved = false;
  try {
    const response = await fetch(form.dataset.autosave, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body: JSON.stringify({ answer: many ? chosen : chosen[0] }),
      keepalive: true,
    });
    saved = response.ok;
  } catch {
    // No connection: the sentence below says so, and the form's buttons try again.
  }
  // A slower answer to an older choice says nothing about the newest one.
  if (turn === latest) state.textContent = saved ? form.dataset.saved : form.dataset.failed;
}

form.addEventListener("change", save);
