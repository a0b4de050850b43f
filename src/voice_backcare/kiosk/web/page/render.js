// Puts the program's state on the page. What did not change is left alone, so that focus and reading go on undisturbed.

import { hideRing, showRing } from "./ring.js";

const VOICES = { listening: "Listening", speaking: "Speaking", ready: "Ready" };
const DOUBTS = { noise: "I did not get that", silence: "I heard nothing" };
const SIZES = [1, 0.92, 0.85, 0.78, 0.72];
const SVG = "http://www.w3.org/2000/svg";
const DRAWN = { starting: "child", idle: "child", finished: "child" };

const find = (id) => document.getElementById(id);
let shown = "";
let announced = "";
let visual = "";

export async function loadDrawings() {
  try {
    const answer = await fetch("drawings.svg");
    const drawn = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    document.body.append(document.importNode(drawn.documentElement, true));
  } catch {
    // the words say all that the drawings show
  }
}

export function showLevel(level) {
  find("voice").style.setProperty("--level", level);
}

export function showState(state) {
  const { body } = document;
  body.dataset.turn = state.turn;
  body.dataset.screen = state.screen;
  body.dataset.danger = state.danger;
  body.dataset.voice = state.voice;
  showVoice(state);
  showWay(state);
  showNotices(state.notices);
  showVisual(state);
  showWords(state);
  setText(find("help"), state.help);
  setText(find("kept"), state.kept);
  setText(find("lost-number"), state.emergency);
}

function showVoice(state) {
  const silent = state.microphone !== "on" && state.voice !== "speaking";
  const heard = state.voice === "listening" && state.too_loud ? "Too loud" : VOICES[state.voice];
  setText(find("voice-text"), silent ? "Touch only" : heard);
  if (state.voice !== "listening") showLevel(0);
  const mute = find("mute");
  mute.hidden = state.microphone === "missing";
  mute.setAttribute("aria-pressed", String(state.muted));
}

function showWay(state) {
  const { progress, told, step } = state;
  let part = "";
  let done = null;
  if (progress) {
    part = progress.number ? `${progress.part}: ${progress.number} of ${progress.of}` : `${progress.part}: all asked`;
    done = [progress.done, progress.all];
  } else if (step) {
    part = `Step ${step.number} of ${step.of}`;
    done = [step.number, step.of];
  }
  setText(find("part"), part);
  setText(find("told"), told ? (DOUBTS[told.by] ?? `${told.by === "touch" ? "You touched" : "I heard"}: “${told.text}”`) : "");
  const bar = find("bar");
  bar.hidden = done === null;
  if (done) {
    bar.setAttribute("aria-valuenow", done[0]);
    bar.setAttribute("aria-valuemax", done[1]);
    bar.setAttribute("aria-label", step ? "Home care steps" : "Questions answered");
    bar.firstElementChild.style.width = `${(100 * done[0]) / done[1]}%`;
  }
  find("way").hidden = !part && !told;
}

function showNotices(notices) {
  const box = find("notices");
  const text = notices.map((notice) => notice.text).join("\n");
  if (box.dataset.text === text) return;
  box.dataset.text = text;
  box.replaceChildren(...notices.map((notice) => element("p", `notice ${notice.id}`, notice.text)));
}

function showVisual(state) {
  const box = find("visual");
  if (state.phase) {
    if (visual !== "ring") box.replaceChildren();
    visual = "ring";
    box.hidden = false;
    showRing(box, state.phase);
    return;
  }
  hideRing();
  const name = state.step ? state.step.id : (DRAWN[state.screen] ?? "");
  box.hidden = !name;
  if (name === visual) return;
  visual = name;
  box.replaceChildren(...(name ? [drawing(name)] : []));
}

function drawing(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 240 200");
  svg.setAttribute("class", "drawing");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#draw-${name}`);
  svg.append(use);
  return svg;
}

function showWords(state) {
  const { lead, headline, ask, body } = state;
  const now = JSON.stringify([state.screen, state.danger, lead, headline, ask, body]);
  if (now === shown) return;
  shown = now;
  const parts = [];
  if (lead.length) parts.push(element("p", "lead", lead.join(" ")));
  if (headline) parts.push(element("h1", "headline", headline));
  for (const paragraph of body) parts.push(...paragraphs(paragraph));
  if (ask) parts.push(element(headline ? "h2" : "h1", "ask", ask));
  if (!headline && !ask) parts.unshift(element("h1", "unseen", state.step ? `Step ${state.step.number}` : "Back pain guide"));
  const words = find("words");
  words.replaceChildren(...parts);
  find("main").scrollTop = 0;
  fit();
  announce(state);
}

function paragraphs({ id, text, items }) {
  const first = element("p", `body ${id}`, text);
  if (!items.length) return [first];
  const list = document.createElement("ul");
  list.className = "signs";
  list.append(...items.map((item) => element("li", "", item)));
  return [first, list];
}

// Who cannot see the screen hears each turn once; "call 911" comes before whatever else is being read.
function announce({ lead, headline, ask, body, danger, screen }) {
  const told = body.map(({ text, items }) => [text, items.join(", ")].join(" ").trim());
  const text = [...lead, headline, ...told, ask].filter(Boolean).join(" ");
  if (text === announced) return;
  announced = text;
  const alarming = danger && screen === "call_911";
  setText(find("alarm"), alarming ? text : "");
  setText(find("said"), alarming ? "" : text);
}

// Long lists get smaller type before they get a scroll bar; what is left below is told, and reached by keys too.
function fit() {
  const main = find("main");
  main.dataset.below = main.dataset.scrolls = false;
  for (const size of SIZES) {
    find("words").style.setProperty("--fit", size);
    if (main.scrollHeight <= main.clientHeight + 1) break;
  }
  const scrolls = main.scrollHeight > main.clientHeight + 1;
  main.dataset.scrolls = scrolls;
  if (scrolls) main.tabIndex = 0;
  else main.removeAttribute("tabindex");
  below();
}

function below() {
  const main = find("main");
  main.dataset.below = main.scrollTop + main.clientHeight < main.scrollHeight - 8;
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

new ResizeObserver(fit).observe(find("main"));
find("main").addEventListener("scroll", below);
