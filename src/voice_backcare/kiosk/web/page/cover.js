// What covers all the rest: the program is lost, or 911 was touched and the program does not show it yet.

import { post, watchLink } from "./link.js";

const AGAIN_MS = 1000;
const ARMED_MS = 5000;
const CLOSE = "Close this";
const CLOSE_AGAIN = "Touch again to close";

const find = (id) => document.getElementById(id);
let wanted = false; // somebody called for help, and the program has not answered that yet
let armed = false;

// The touch shows "Call 911" by itself, at once; the program is told as often as it takes, and takes over when it shows it.
export function callEmergency(state) {
  if (wanted) return;
  find("more").close();
  wanted = true;
  show("calling", true);
  find("calling-close").focus();
  tell(state);
}

export function showCovers(state) {
  for (const node of document.querySelectorAll("[data-words]")) {
    const text = state.cover[node.dataset.words];
    const number = state.emergency_number;
    if (node.querySelector("b") && text.includes(number)) {
      const [before, after] = text.split(number, 2);
      const digits = document.createElement("b");
      digits.textContent = number;
      node.replaceChildren(before, digits, after);
    } else {
      node.textContent = text;
    }
  }
  if (wanted && state.danger) settle();
}

export function watchCovers() {
  find("calling-close").addEventListener("click", close);
  watchLink((isLost) => {
    if (isLost) find("more").close();
    show("lost", isLost && !wanted);
    if (wanted) said(isLost);
  });
}

async function tell(state) {
  const taken = await post("press", { run: state?.run ?? "", turn: state?.turn ?? 0, meaning: "emergency" });
  if (!taken && wanted) setTimeout(() => tell(state), AGAIN_MS);
}

function said(isLost) {
  find("calling-state").textContent = isLost ? "This screen has lost touch with its program. Call by yourself." : "";
}

function settle() {
  wanted = false;
  said(false);
  show("calling", false);
}

// Twice, as the program's own screen wants it.
function close() {
  if (armed) {
    armed = false;
    find("calling-close").textContent = CLOSE;
    settle();
    return;
  }
  armed = true;
  find("calling-close").textContent = CLOSE_AGAIN;
  setTimeout(() => {
    armed = false;
    find("calling-close").textContent = CLOSE;
  }, ARMED_MS);
}

function show(id, shown) {
  find(id).hidden = !shown;
  const covered = !find("lost").hidden || !find("calling").hidden;
  for (const part of document.querySelectorAll("header, main, section, footer")) part.inert = covered;
}
