// Elements, and the small shapes that stand beside a colour: one a level of urgency, and one for what must not be done.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  emergency: "M9 2h14l7 7v14l-7 7H9l-7-7V9z", // an octagon, as on the road
  urgent: "M16 2l15 28H1z", // a triangle
  follow_up: "M16 2a14 14 0 1 1 0 28a14 14 0 0 1 0-28z", // a disc
  home_care: "M16 2l15 14h-4v14H5V16H1z", // a house
  warning: "M16 3a13 13 0 1 1 0 26a13 13 0 0 1 0-26zM7 7l18 18",
};

export function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

export function shape(name) {
  const made = svg("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" });
  made.append(svg("path", { d: SHAPES[name] }));
  return made;
}
