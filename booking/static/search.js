// Patients are found while a name or number is typed: the same form is sent, and what it finds put in its place.
const seek = document.querySelector("[data-seek]");
let typing;
let looking;

async function look() {
  const box = seek.elements.query;
  const typed = box.value;
  looking?.abort();
  looking = new AbortController();
  const fields = new URLSearchParams(new FormData(seek));
  fields.set("look", "1");
  try {
    const answer = await fetch(seek.action, { method: "POST", body: fields, signal: looking.signal });
    if (!answer.ok || answer.redirected || box.value !== typed) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("[data-found]").replaceWith(document.adoptNode(page.querySelector("[data-found]")));
    document.querySelector("[data-said]").textContent = page.querySelector("[data-said]").textContent;
    for (const list of document.querySelectorAll("[data-work]")) list.hidden = typed.trim() !== "";
  } catch {
    // The button still does the same.
  }
}

seek.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(look, 200);
});
seek.addEventListener("submit", () => {
  clearTimeout(typing);
  looking?.abort();
});
// From the box down into what was found, and back up.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [seek.elements.query, ...document.querySelectorAll("[data-found] a")];
  const at = stops.indexOf(document.activeElement);
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
});
