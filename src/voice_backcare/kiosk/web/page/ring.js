// The ice or heat phase as a ring that empties. The program sends seconds that are left, so no clock is shared.

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 88;
const AROUND = 2 * Math.PI * RADIUS;
const NAMES = { ice: ["Ice on", "Ice off"], heat: ["Heat on", "Heat off"] };
const LOOK_MS = 250;

let phase = null;
let since = 0;
let parts = null;
let timer = null;

export function showRing(box, now) {
  phase = now;
  since = performance.now();
  if (!box.firstElementChild) box.append(made());
  timer ??= setInterval(draw, LOOK_MS);
  draw();
}

export function hideRing() {
  phase = null;
  clearInterval(timer);
  timer = null;
}

function made() {
  const ring = document.createElement("div");
  ring.className = "ring";
  ring.setAttribute("role", "timer");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 200 200");
  svg.setAttribute("aria-hidden", "true");
  const [track, left] = ["track", "left"].map((name) => {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ class: name, cx: 100, cy: 100, r: RADIUS })) circle.setAttribute(key, value);
    return circle;
  });
  left.setAttribute("stroke-dasharray", AROUND);
  left.setAttribute("transform", "rotate(-90 100 100)");
  svg.append(track, left);
  const texts = ["ring-name", "ring-time", "ring-total"].map((name) => {
    const text = document.createElement("span");
    text.className = name;
    return text;
  });
  const inside = document.createElement("div");
  inside.className = "ring-inside";
  inside.append(...texts);
  ring.append(svg, inside);
  parts = { ring, left, texts };
  return ring;
}

function draw() {
  if (!phase || !parts) return;
  const gone = (performance.now() - since) / 1000;
  const left = Math.max(0, phase.left_s - gone);
  const share = Math.min(1, left / phase.length_s);
  parts.ring.dataset.pack = phase.pack;
  parts.ring.dataset.on = phase.on;
  parts.left.setAttribute("stroke-dashoffset", AROUND * (1 - share));
  const time = clock(left);
  const name = NAMES[phase.pack][phase.on ? 0 : 1];
  const total = `${Math.floor((phase.total_s + gone) / 60)} min in all`;
  [name, time, total].forEach((text, at) => {
    if (parts.texts[at].textContent !== text) parts.texts[at].textContent = text;
  });
  const minutes = `, about ${Math.ceil(left / 60)} minutes left`;
  if (parts.ring.getAttribute("aria-label") !== name + minutes) parts.ring.setAttribute("aria-label", name + minutes);
}

function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
