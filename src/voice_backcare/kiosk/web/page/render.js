// Puts the program's state on the page. What did not change is left alone, so that focus and reading go on undisturbed.

import { fit } from "./fit.js";
import { hideRing, showRing } from "./ring.js";
import { element, shape, svg } from "./shapes.js";

const VOICES = { listening: "Listening", speaking: "Speaking", ready: "Ready" };
const DOUBTS = { noise: "I did not get that", silence: "I heard nothing" };
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
  if (state.level) body.dataset.level = state.level.name;
  else delete body.dataset.level;
  showVoice(state);
  showWay(state);
  showNotices(state.notices);
  showVisual(state);
  setText(find("help"), state.help);
  setText(find("kept"), state.kept);
  showWords(state);
  fit(JSON.stringify([shown, visual, find("notices").dataset.text, find("part").textContent, find("answers").dataset.wanted]));
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
    done = progress.number ? [progress.number, progress.of] : [1, 1];
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
    bar.setAttribute("aria-label", step ? "Home care steps" : progress.part);
    bar.style.setProperty("--of", done[1]);
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
  const name = state.phase ? "ring" : state.code ? `code ${state.code.path}` : state.step ? state.step.id : (DRAWN[state.screen] ?? "");
  box.hidden = !name;
  if (name !== visual) {
    visual = name;
    box.replaceChildren(...(state.code ? [code(state.code)] : name && !state.phase ? [drawing(name)] : []));
  }
  if (state.phase) showRing(box, state.phase);
  else hideRing();
}

function drawing(name) {
  const made = svg("svg", { viewBox: "0 0 240 200", class: "drawing", "aria-hidden": "true" });
  made.append(svg("use", { href: `#draw-${name}` }));
  return made;
}

// The summary for the parent's own phone: made by the program, read from the glass, sent nowhere.
function code({ size, path, text }) {
  const box = element("div", "code", "");
  const made = svg("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": text });
  made.append(svg("path", { d: path }));
  box.append(made, element("span", "", text));
  return box;
}

function showWords(state) {
  const { lead, headline, ask, body, call, level, noted } = state;
  const next = state.phase && !ask.endsWith("?") ? state.phase.next : "";
  const now = JSON.stringify([state.screen, state.danger, lead, headline, ask, body, call, level, noted, next]);
  if (now === shown) return;
  shown = now;
  const parts = [];
  if (level && !state.step) parts.push(levelBand(level));
  if (lead.length) parts.push(element("p", "lead", lead.join(" ")));
  if (headline) parts.push(withNumber("h1", "headline", headline, call?.number));
  if (call && !headline.includes(call.number)) parts.push(callTo(call));
  for (const paragraph of body) parts.push(...paragraphs(paragraph));
  if (ask) parts.push(element(headline ? "h2" : "h1", "ask", ask));
  if (next) parts.push(element("p", "next", next));
  for (const { id, word, signs } of noted) parts.push(notedSigns(id, word, signs));
  if (!headline && !ask) parts.unshift(element("h1", "unseen", state.step ? `Step ${state.step.number}` : "Back pain guide"));
  find("words").replaceChildren(...parts);
  announce(state);
}

// What was said to be there and what was not sure, in small words that stay.
function notedSigns(id, word, signs) {
  const made = element("p", `noted ${id}`, "");
  made.append(element("b", "", word), element("span", "", signs.join(", ")));
  return made;
}

// A shape and a word beside the colour, as not everybody sees colours.
function levelBand({ name, word }) {
  const band = element("p", `level ${name}`, "");
  band.append(shape(name), element("span", "", word));
  return band;
}

function withNumber(tag, className, text, number) {
  if (!number || !text.includes(number)) return element(tag, className, text);
  const [before, after] = text.split(number, 2);
  const made = element(tag, className, before);
  made.append(element("span", "number", number), after);
  return made;
}

function callTo({ name, number }) {
  const made = element("p", "call", "");
  if (name) made.append(element("span", "", name));
  made.append(element("b", "number", number));
  return made;
}

function paragraphs({ id, text, items, warning }) {
  const first = element("p", `body ${id}`, warning ? "" : text);
  if (warning) {
    first.classList.add("warning");
    first.append(shape("warning"), element("span", "", text));
  }
  if (!items.length) return [first];
  const list = document.createElement("ul");
  list.className = "signs";
  list.append(...items.map((item) => element("li", "", item)));
  return [first, list];
}

// Who cannot see the screen hears each turn once; "call 911" comes before whatever else is being read.
function announce({ lead, headline, ask, body, danger, screen, call }) {
  const told = body.map(({ text, items }) => [text, items.join(", ")].join(" ").trim());
  const number = call && !headline.includes(call.number) ? `${call.name} ${call.number}` : "";
  const text = [...lead, headline, number, ...told, ask].filter(Boolean).join(" ");
  if (text === announced) return;
  announced = text;
  const alarming = danger && screen === "call_911";
  setText(find("alarm"), alarming ? text : "");
  setText(find("said"), alarming ? "" : text);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
