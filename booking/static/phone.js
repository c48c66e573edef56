// The phone desk without waiting for pages: each step is fetched and put in its place. No step needs it.
const find = (selector) => document.querySelector(selector);
const form = () => find("form.call");
const signedOut = "You are signed out. Sign in again in another window, then press it again: nothing is lost.";
let busy = false;
let typing;
let looking;
let listedAt = 0;

function filled(step) {
  const fields = new URLSearchParams(new FormData(form()));
  fields.set("do", step);
  return fields;
}

async function send(fields, signal) {
  const answer = await fetch(form().action, { method: "POST", body: fields, signal });
  if (answer.redirected && new URL(answer.url).pathname.endsWith("/sign-in")) throw new Error(signedOut);
  if (answer.redirected) {
    location.assign(answer.url);
    return null;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) throw new Error(page.querySelector("#main p")?.textContent);
  return page;
}

function say(trouble) {
  const place = find("[data-trouble]");
  place.textContent = trouble;
  place.hidden = false;
}

// The keyboard goes where the page says; what stands there is typed over.
function arrive() {
  const place = find(".talk [autofocus]");
  place?.focus();
  place?.select?.();
  listedAt = performance.now();
}

document.addEventListener("submit", async (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  clearTimeout(typing);
  looking?.abort();
  try {
    const page = await send(filled(event.submitter?.value ?? "go"));
    if (page) {
      find(".talk").replaceWith(document.adoptNode(page.querySelector(".talk")));
      document.title = page.title;
      arrive();
    }
  } catch (error) {
    say(error.message || "There was no answer. Nothing is lost: please press it again.");
  }
  busy = false;
});

// Whom the letters typed so far may mean.
async function look() {
  const query = find("#query").value;
  if (busy || query.trim().length < 3) return;
  looking?.abort();
  looking = new AbortController();
  try {
    const page = await send(filled("look"), looking.signal);
    if (!page || busy || find("#query").value !== query) return;
    find("#patient").replaceWith(document.adoptNode(page.querySelector("#patient")));
    find("#found").textContent = page.querySelector("#found").textContent;
    form().elements.sought.value = page.querySelector("[name=sought]").value;
  } catch {
    // Find still does the same.
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.id === "query") {
    clearTimeout(typing);
    typing = setTimeout(look, 250);
  }
  if (target.id === "phone" || target.id === "other_phone") {
    const typed = target.value.trim();
    const button = find("[data-area]");
    button.hidden = typed.replace(/\D/g, "").length !== 6 || /^[0+]/.test(typed);
    button.querySelector("span").textContent = `${button.dataset.area} ${typed}`;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  const inList = event.target.matches("select");
  const person = event.target.matches("[name=patient]") ? event.target : null;
  if (event.key === "Escape" && !inList) {
    // A call that has begun is not dropped by one slip: the first press goes to the way out.
    const out = find("[aria-keyshortcuts=Escape]");
    const begun = held() || [...form().elements].some((field) => field.type === "text" && field.value);
    if (begun && document.activeElement !== out) out.focus();
    else location.assign(out.href);
  }
  // Enter on a choice means that choice, but for a press too many that meets a list just come.
  if (event.key === "Enter" && person && !person.checked && performance.now() - listedAt < 300) event.preventDefault();
  else if (event.key === "Enter" && person) person.checked = true;
  if (event.key === "Enter" && inList) form().requestSubmit();
});

// The hold is renewed while the page is open, and let go when it is left.
function held() {
  const { token, csrf_token: proof } = form()?.elements ?? {};
  return token?.value ? new URLSearchParams({ token: token.value, csrf_token: proof.value }) : null;
}

async function renew() {
  const fields = held();
  if (!fields || busy) return;
  const answer = await fetch(form().dataset.renew, { method: "POST", body: fields }).catch(() => null);
  const said = await answer?.text();
  const words = { 200: said, 409: said, 410: said, 400: signedOut, 403: signedOut }[answer?.status];
  if (!words || held()?.get("token") !== fields.get("token")) return;
  if (answer.status === 410 && find("[data-held]").textContent !== words) say(words);
  find("[data-held]").textContent = words;
}

if (form()) {
  document.documentElement.classList.add("scripted");
  arrive();
  setInterval(renew, form().dataset.seconds * 1000);
  addEventListener("pagehide", () => {
    const fields = held();
    if (fields) navigator.sendBeacon(form().dataset.letGo, fields);
  });
  addEventListener("pageshow", (event) => event.persisted && renew());
}
