// Buttons and keys. A press belongs to the turn that was on the screen; second taps and second fingers are absorbed.

const SETTLE_MS = 550; // nobody has read a new question sooner; the program itself takes no answer within 500
const SPENT_MS = 700;
const ARMED_MS = 5000;
const ANSWERS = new Set(["yes", "no", "unsure"]);
const VOLUME = { softer: "quieter", louder: "louder" }; // where its button is, and what it presses
const VOLUME_STEPS = 8;

const find = (id) => document.getElementById(id);
const letters = { on: true };
const fingers = new Set();
let spoiled = false;
let state = null;
let turnAt = 0;
let spentAt = -Infinity;
let armed = null;

export function showControls(next) {
  const turned = !state || state.turn !== next.turn || state.run !== next.run;
  state = next;
  if (turned) {
    turnAt = performance.now();
    spentAt = -Infinity;
    disarm();
    if (next.danger || !next.buttons.more.length) find("more").close();
  }
  const focused = document.activeElement?.id ?? "";
  fill(find("answers"), next.buttons.main);
  fill(find("side"), next.buttons.side, next.buttons.more.length > 0);
  const volume = Object.values(VOLUME);
  fill(find("more-buttons"), next.buttons.more.filter((button) => !volume.includes(button.id)));
  showVolume(next);
  if (focused && focused.startsWith("press-") && !document.getElementById(focused)) focusHeading();
  find("emergency").hidden = next.danger;
}

export function watchControls() {
  document.addEventListener("keydown", keyed);
  for (const name of ["pointerdown", "pointerup", "pointercancel"]) document.addEventListener(name, counted, true);
  document.addEventListener("click", clicked, true);
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  find("mute").addEventListener("click", () => state && send(state.muted ? "unmute" : "mute"));
  find("emergency").addEventListener("click", () => send("emergency"));
  find("more-close").addEventListener("click", () => find("more").close());
  find("letters").addEventListener("click", () => {
    letters.on = !letters.on;
    find("letters").setAttribute("aria-pressed", String(letters.on));
  });
  find("theme").addEventListener("click", changeTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
  showTheme();
}

// The quietest is one step, not none: it can always be heard.
function showVolume({ volume, buttons }) {
  for (const [place, meaning] of Object.entries(VOLUME)) {
    fill(find(place), buttons.more.filter((button) => button.id === meaning));
  }
  find("volume").hidden = find("softer").hidden && find("louder").hidden;
  if (volume === null) return;
  const step = 1 + Math.round(volume * (VOLUME_STEPS - 1));
  const steps = find("steps");
  if (!steps.children.length) steps.append(...Array.from({ length: VOLUME_STEPS }, () => document.createElement("i")));
  [...steps.children].forEach((each, at) => each.classList.toggle("on", at < step));
  const text = `Volume ${step} of ${VOLUME_STEPS}`;
  if (find("volume-text").textContent !== text) find("volume-text").textContent = text;
}

// --- buttons --------------------------------------------------------------------------------

function fill(row, buttons, more = false) {
  const wanted = [...buttons.map((button) => button.id), ...(more ? ["+"] : [])].join(" ");
  if (row.dataset.wanted === wanted) return;
  row.dataset.wanted = wanted;
  row.replaceChildren(...buttons.map(made), ...(more ? [moreButton()] : []));
  row.hidden = !wanted;
}

function made(button) {
  const node = document.createElement("button");
  node.type = "button";
  node.id = `press-${button.id}`;
  node.className = `press ${button.id}`;
  const label = document.createElement("span");
  label.textContent = button.label;
  node.append(label);
  if (/^[a-z]$/.test(button.key)) {
    const key = document.createElement("kbd");
    key.textContent = button.key.toUpperCase();
    key.setAttribute("aria-hidden", "true");
    node.append(key);
    node.setAttribute("aria-keyshortcuts", button.key.toUpperCase());
  }
  node.addEventListener("click", () => press(button));
  return node;
}

function moreButton() {
  const node = document.createElement("button");
  node.type = "button";
  node.id = "press-more";
  node.className = "press more";
  node.textContent = "More";
  node.setAttribute("aria-haspopup", "dialog");
  node.addEventListener("click", () => find("more").showModal());
  return node;
}

function press(button) {
  const now = performance.now();
  if (!state || now - spentAt < SPENT_MS) return;
  if (ANSWERS.has(button.id) && now - turnAt < SETTLE_MS) return;
  if (button.twice && armed !== button.id) {
    arm(button);
    return;
  }
  spentAt = now;
  disarm();
  if (find("more").open && !Object.values(VOLUME).includes(button.id)) find("more").close();
  send(button.id);
}

function arm(button) {
  disarm();
  armed = button.id;
  const label = find(`press-${button.id}`)?.firstElementChild;
  if (label) label.textContent = button.twice;
  setTimeout(() => armed === button.id && disarm(), ARMED_MS);
}

function disarm() {
  const label = armed && find(`press-${armed}`)?.firstElementChild;
  const button = armed && all().find((each) => each.id === armed);
  if (label && button) label.textContent = button.label;
  armed = null;
}

function all() {
  return state ? Object.values(state.buttons).flat() : [];
}

async function send(meaning) {
  if (!state) return;
  const body = JSON.stringify({ run: state.run, turn: state.turn, meaning });
  try {
    await fetch("press", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  } catch {
    // the page says by itself when the program is gone
  }
}

function focusHeading() {
  const heading = document.querySelector("#words h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

// --- fingers and keys -----------------------------------------------------------------------

// Two fingers on the glass are no answer: which of them was meant?
function counted(event) {
  if (event.type === "pointerdown") {
    fingers.add(event.pointerId);
    if (fingers.size > 1) spoiled = true;
    return;
  }
  fingers.delete(event.pointerId);
  if (!fingers.size) setTimeout(() => (spoiled = fingers.size > 0), 60);
}

function clicked(event) {
  if (!spoiled || event.detail === 0) return;
  event.preventDefault();
  event.stopPropagation();
}

function keyed(event) {
  const onButton = event.target instanceof HTMLButtonElement;
  if (event.repeat && onButton) event.preventDefault(); // a key held down is one press
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !letters.on) return;
  if ((event.key === " " || event.key === "Enter") && onButton) return;
  const key = event.key.toLowerCase();
  if (key === "m") {
    if (!find("mute").hidden) find("mute").click();
    return;
  }
  const fallback = key === " " && state?.buttons.main.length === 1 ? state.buttons.main[0] : null;
  const button = all().find((each) => each.key === key) ?? fallback;
  if (!button) return;
  event.preventDefault();
  press(button);
}

// --- day and night --------------------------------------------------------------------------

function isNight() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "night" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function changeTheme() {
  document.documentElement.dataset.theme = isNight() ? "day" : "night";
  showTheme();
}

function showTheme() {
  find("theme").setAttribute("aria-pressed", String(isNight()));
}
