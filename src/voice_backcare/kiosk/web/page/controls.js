// Buttons and keys. A press belongs to the turn that was on the screen; second taps and second fingers are absorbed.

import { callEmergency } from "./cover.js";
import { post } from "./link.js";

const SETTLE_MS = 550; // nobody has read a new question sooner; the program itself takes no answer within 500
const SPENT_MS = 700;
const TAP_MS = 400; // two taps of one finger on two commands are further apart
const ECHO_MS = 1200; // a panel may send a touch, and then a mouse's click of the same tap
const ARMED_MS = 5000;
const ANSWERS = new Set(["yes", "no", "unsure"]);
const VOLUME = { softer: "quieter", louder: "louder" }; // where its button is, and what it presses
const VOLUME_STEPS = 8;
const NARROW_AND_LOW = matchMedia("(max-width: 639px) and (max-height: 479px)");
const EMERGENCY_KEYS = new Set(["e", "f9"]); // F9 also where the letters are off

const find = (id) => document.getElementById(id);
const letters = { on: true };
const fingers = new Set();
let spoiled = false;
let state = null;
let turnAt = 0;
let spentAt = -Infinity;
let pointer = { kind: "", at: -Infinity }; // of the press that counted last
let kindNow = "";
let armed = null;

export function showControls(next) {
  const turned = !state || state.turn !== next.turn || state.run !== next.run;
  state = next;
  if (turned) {
    turnAt = performance.now();
    spentAt = -Infinity;
    disarm();
    for (const each of document.querySelectorAll(".taken")) each.classList.remove("taken");
    if (next.danger && !isFolded()) find("more").close();
  }
  showButtons(next);
  document.querySelector("#emergency").hidden = next.danger;
}

// What is at the side goes behind More where there is no room for it.
function showButtons(next) {
  const { main, side, more } = next.buttons;
  const folded = isFolded();
  const behind = folded ? [...side, ...more] : more;
  const focused = document.activeElement?.id ?? "";
  fill(find("answers"), main);
  fill(find("side"), folded ? [] : side, behind.length > 0);
  if (!behind.length) find("more").close();
  const volume = Object.values(VOLUME);
  fill(find("more-buttons"), behind.filter((button) => !volume.includes(button.id)));
  showVolume(behind, next.volume);
  if (focused && focused.startsWith("press-") && !document.getElementById(focused)) focusHeading();
}

function isFolded() {
  return NARROW_AND_LOW.matches;
}

export function watchControls() {
  document.addEventListener("keydown", keyed);
  for (const name of ["pointerdown", "pointerup", "pointercancel"]) document.addEventListener(name, counted, true);
  document.addEventListener("click", clicked, true);
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  find("mute").addEventListener("click", () => state && send(state.muted ? "unmute" : "mute"));
  for (const each of document.querySelectorAll(".emergency")) each.addEventListener("click", () => callEmergency(state));
  NARROW_AND_LOW.addEventListener("change", () => state && showButtons(state));
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
function showVolume(buttons, volume) {
  for (const [place, meaning] of Object.entries(VOLUME)) {
    fill(find(place), buttons.filter((button) => button.id === meaning));
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
  if (!state || now - spentAt < SPENT_MS || isEcho(now)) return;
  if (ANSWERS.has(button.id) && now - turnAt < SETTLE_MS) return;
  if (button.twice && armed !== button.id) {
    arm(button);
    return;
  }
  spentAt = now;
  pointer = { kind: kindNow, at: now };
  document.getElementById(`press-${button.id}`)?.classList.add("taken");
  disarm();
  if (find("more").open && !Object.values(VOLUME).includes(button.id)) find("more").close();
  send(button.id);
}

// One tap is one step: what another kind of pointer sends soon after is the same tap, and so is a second tap of a finger.
function isEcho(now) {
  if (!kindNow) return false; // a key: held down, it is one press already
  const wait_ms = pointer.kind && kindNow !== pointer.kind ? ECHO_MS : TAP_MS;
  return now - pointer.at < wait_ms;
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

function send(meaning) {
  if (state) post("press", { run: state.run, turn: state.turn, meaning });
}

function focusHeading() {
  const heading = document.querySelector("#words h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

// --- fingers and keys -----------------------------------------------------------------------

// Two fingers on the glass are no answer: which of them was meant? A mouse is no finger.
function counted(event) {
  if (event.type === "pointerdown") kindNow = event.pointerType || "mouse";
  if (event.pointerType === "mouse") return;
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

// There is a keyboard.
function showLetters() {
  if (document.body.dataset.keys) return;
  document.body.dataset.keys = true;
  dispatchEvent(new Event("resize")); // the buttons are wider now
}

function keyed(event) {
  showLetters();
  const onButton = event.target instanceof HTMLButtonElement;
  kindNow = "";
  if (event.repeat && onButton) event.preventDefault(); // a key held down is one press
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (EMERGENCY_KEYS.has(key) && (letters.on || key === "f9")) {
    event.preventDefault();
    if (!state?.danger) callEmergency(state);
    return;
  }
  if (!letters.on || !find("calling").hidden || !find("lost").hidden) return;
  if ((event.key === " " || event.key === "Enter") && onButton) return;
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
