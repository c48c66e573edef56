// The day keeps itself up to date, and appointments can be dragged. The page works without.
const find = (id) => document.getElementById(id);
const EVERY = 45_000;
let dragging = null;

// Refreshing: what has changed is put in place, row by row, so that focus, an open card and what is
// selected stay where they are.
const focusable = "a[href], button";
const plain = (node) => {
  const copy = node.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrf_token]")) token.removeAttribute("value");
  return copy.outerHTML;
};
const keyOf = (node) => node.id || plain(node);
const listed = new Set(["live", "diary", "table", "hours", "gone", "by-time", "cards"]);

function dress(mine, fresh) {
  for (const { name } of [...mine.attributes]) if (!fresh.hasAttribute(name)) mine.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
}

function patch(mine, fresh) {
  if (plain(mine) === plain(fresh)) return;
  dress(mine, fresh);
  if (!listed.has(mine.id)) {
    mine.replaceChildren(...fresh.childNodes);
    return;
  }
  const old = new Map([...mine.children].map((one) => [keyOf(one), one]));
  const wanted = [...fresh.children].map((one) => [keyOf(one), one]);
  const keys = new Set(wanted.map(([key]) => key));
  for (const [key, one] of old) if (!keys.has(key)) one.remove();
  let next = mine.firstElementChild;
  for (const [key, one] of wanted) {
    const kept = old.get(key);
    if (kept) patch(kept, one);
    if (kept && kept === next) next = next.nextElementSibling;
    else mine.insertBefore(kept ?? document.adoptNode(one), next);
  }
}

// Where the focus is, so that it can be found again when its row had to be made anew.
function remembered() {
  const held = document.activeElement;
  const home = held?.closest("#live [id]");
  if (!home) return () => {};
  const root = held.closest("[id^=row-], [id^=card-]") ?? home;
  const number = [...root.querySelectorAll(focusable)].indexOf(held);
  const same = (one) => one.textContent === held.textContent && one.className === held.className;
  return () => {
    if (held.isConnected && document.activeElement === held) return;
    const place = held.isConnected ? held : find(held.id);
    const all = [...(find(root.id)?.querySelectorAll(focusable) ?? [])];
    const again = place ?? all.find(same) ?? all[Math.min(number, all.length - 1)] ?? find("main");
    again.focus({ preventScroll: true });
  };
}

const busy = () => {
  const held = document.activeElement;
  return dragging || document.hidden || (held?.matches("input, textarea") && held.value !== held.defaultValue);
};
let last = find("updated").textContent;

function trouble(words, signIn) {
  const place = find("trouble");
  if (place.textContent.startsWith(words)) return;
  place.textContent = words;
  if (!signIn) return;
  const link = Object.assign(document.createElement("a"), { href: place.dataset.signIn, textContent: "Sign in" });
  place.append(" ", link);
}

async function refresh() {
  if (busy()) return;
  let answer;
  try {
    answer = await fetch(find("updated").dataset.refresh, { signal: AbortSignal.timeout(20_000) });
  } catch {
    // Said below: there was no answer.
  }
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  if (!text) {
    find("updated").textContent = `not ${last}`.replace("updated", "updated since");
    const out = answer?.status === 403;
    trouble(out ? "You are signed out: nothing is kept up to date." : "There is no answer; trying again.", out);
    return;
  }
  if (busy()) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  const back = remembered();
  const { scrollX, scrollY } = window;
  patch(find("live"), page.getElementById("live"));
  for (const id of ["summary", "updated"]) find(id).textContent = page.getElementById(id).textContent;
  back();
  window.scrollTo(scrollX, scrollY);
  last = find("updated").textContent;
  find("trouble").replaceChildren();
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
addEventListener("online", refresh);
addEventListener("pageshow", (event) => event.persisted && refresh());

// Dragging: an appointment is picked up in the diary and dropped on a time; what comes then is the screen
// that confirms.
const SLACK = 6;
const two = (number) => String(number).padStart(2, "0");
const clock = (minute) => {
  const hour = Math.floor(minute / 60);
  if (minute === 720) return "midday";
  return `${((hour + 11) % 12) + 1}${minute % 60 ? `:${two(minute % 60)}` : ""}${hour < 12 ? "am" : "pm"}`;
};

function target(event) {
  const { row, grab, tall } = dragging;
  const hours = row.parentElement.getBoundingClientRect();
  const heads = [...find("heads").children];
  const column = Math.floor(((event.clientX - hours.left) / hours.width) * heads.length);
  const { osteopath } = heads[column]?.dataset ?? {};
  if (!osteopath || event.clientY < hours.top || event.clientY > hours.bottom) return null;
  const { from, grid } = find("diary").dataset;
  const step = event.shiftKey ? 5 : Number(grid);
  const minute = Number(from) + ((event.clientY - grab - hours.top) / tall) * 5;
  const at = Math.max(Number(from), Math.round(minute / step) * step);
  return { at, column, osteopath, name: heads[column].querySelector("strong").textContent };
}

function show(event) {
  const { ghost, row } = dragging;
  const to = (dragging.to = target(event));
  ghost.hidden = !to;
  if (!to) return;
  const { from } = find("diary").dataset;
  const span = getComputedStyle(row).gridRowEnd;
  ghost.style.gridRow = `${(to.at - from) / 5 + 1} / ${span}`;
  ghost.style.gridColumn = to.column + 1;
  ghost.firstElementChild.textContent = `${clock(to.at)} · ${to.name}`;
}

function drop(event) {
  const { row, to, ghost, begun } = dragging;
  const done = event.type === "pointerup" && begun && to;
  row.classList.remove("lifted");
  ghost.remove();
  dragging = null;
  if (begun) {
    // The click that ends a drag does not open the card.
    const stop = (click) => click.preventDefault();
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }));
  }
  if (!done) return;
  const at = `${find("diary").dataset.on}T${two(Math.floor(to.at / 60))}:${two(to.at % 60)}`;
  location.assign(`${row.dataset.move}&to=${at}&osteopath=${to.osteopath}`);
}

document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("#diary #hours > [data-move]");
  const other = event.target.closest("a, button:not(.name)");
  if (!row || other || event.button || event.pointerType === "touch" || !find("rail").offsetHeight) return;
  const tall = parseFloat(getComputedStyle(row.parentElement).gridAutoRows);
  const ghost = document.createElement("tr");
  ghost.className = "ghost";
  ghost.append(document.createElement("td"));
  const { clientX: x, clientY: y } = event;
  dragging = { row, ghost, tall, x, y, grab: y - row.getBoundingClientRect().top };
});

document.addEventListener("pointermove", (event) => {
  if (!dragging) return;
  if (!dragging.begun) {
    if (Math.hypot(event.clientX - dragging.x, event.clientY - dragging.y) < SLACK) return;
    dragging.begun = true;
    dragging.row.classList.add("lifted");
    dragging.row.parentElement.append(dragging.ghost);
    dragging.row.setPointerCapture(event.pointerId);
  }
  event.preventDefault();
  show(event);
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, (event) => dragging && drop(event));
}
document.addEventListener("keydown", (event) => {
  if (dragging?.begun && event.key === "Escape") drop(event);
});
for (const other of ["dragstart", "selectstart"]) {
  document.addEventListener(other, (event) => dragging && event.preventDefault());
}
