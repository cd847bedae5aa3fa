// Saves an answer as soon as it is given, and counts the time down. Without JavaScript the buttons of the form
// save, and the page says until when the time runs.
const form = document.querySelector("form:has(fieldset[data-autosave])");

// What a fieldset says, in the shape in which its question takes an answer.
function answerIn(fieldset) {
  const { shape, name } = fieldset.dataset;
  if (shape === "by_item") {
    const fields = [...fieldset.querySelectorAll("select, input, textarea")];
    return Object.fromEntries(fields.map((field) => [field.name.slice(name.length), field.value]));
  }
  const checked = [...fieldset.querySelectorAll("input:checked")].map((input) => input.value);
  if (shape === "many") return checked;
  return checked[0] ?? fieldset.querySelector("textarea, input:not([type=radio])")?.value ?? "";
}

async function send(fieldset) {
  try {
    const response = await fetch(fieldset.dataset.autosave, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body: JSON.stringify({ answer: answerIn(fieldset) }),
      keepalive: true,
    });
    if (response.ok) return form.dataset.saved;
    const problem = await response.json();
    return problem.errors?.answer?.join(" ") ?? problem.title;
  } catch {
    // No connection: the page says so, and the form's buttons try again.
    return form.dataset.failed;
  }
}

const waiting = new Set();
let sending = false;

// One after the other: an older answer must not arrive after a newer one.
async function save(fieldset) {
  waiting.add(fieldset);
  if (sending) return;
  sending = true;
  while (waiting.size) {
    const [next] = waiting;
    waiting.delete(next);
    const state = next.parentElement.querySelector(".save-state");
    state.textContent = form.dataset.saving;
    const said = await send(next);
    if (!waiting.has(next)) state.textContent = said;
  }
  sending = false;
}

if (form) {
  form.addEventListener("change", (event) => {
    const fieldset = event.target.closest("fieldset[data-autosave]");
    if (fieldset) save(fieldset);
  });
  // Whoever leaves while an answer still waits for its turn takes nothing with her.
  addEventListener("pagehide", () => waiting.forEach(send));
}

const clock = document.querySelector(".clock");
if (clock) {
  const end = Date.now() + Number(clock.dataset.seconds) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.textContent = left ? clock.dataset.left.replace("{time}", text) : clock.dataset.over;
    if (left) setTimeout(tick, 1000);
  };
  tick();
}
