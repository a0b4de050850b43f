// The largest type that fits. The bars yield before the words do, and only where that is not enough does the page scroll.

const find = (id) => document.getElementById(id);
const SCROLL_PX = { type: 22, room: 96 }; // where the words scroll inside the page: their type, and the least room for it
const LEAST_PX = 11;
const ROUNDED_PX = 1; // heights in whole pixels, of parts that are not
const LEAST_WIDE_PX = 240; // the top bar wants that
const LEVELS = [0.1, 0.075, 0.04]; // of the glass's height: with smaller type than that, the bars yield once more
const NUMBER = { most: 2.1, words: 0.86 }; // a number against the words, and the words against a number

let fitted = "";

// What is shown may have changed: `key` tells what it is, so that the same words are not fitted twice.
export function fit(key) {
  if (key === fitted) return;
  fitted = key;
  refit();
}

function refit() {
  const main = find("main");
  const words = find("words");
  const { body } = document;
  main.dataset.scrolls = false;
  const glass = Math.min(innerHeight, 0.6 * innerWidth);
  const most = Math.round(Math.min(0.24 * innerHeight, 0.15 * innerWidth, 240));
  for (const [tight, wanted] of innerWidth < LEAST_WIDE_PX ? [] : LEVELS.entries()) {
    body.dataset.tight = tight;
    const size = largest(Math.max(15, Math.min(most, Math.round(wanted * glass))), most);
    if (size) return end(false);
  }
  body.dataset.tight = 2;
  main.dataset.scrolls = true;
  for (let type = SCROLL_PX.type; innerWidth >= LEAST_WIDE_PX && type >= 16 && main.clientHeight >= SCROLL_PX.room; type -= 2) {
    set(type);
    if (heads().every((each) => inside(each, main))) return end(true);
  }
  main.dataset.scrolls = false;
  body.dataset.tight = 3;
  scrollTo(0, 0);
  for (let type = Math.max(LEAST_PX, Math.min(SCROLL_PX.type, Math.round(innerHeight / 6))); type >= LEAST_PX; type -= 1) {
    set(type);
    const bottom = heads()[0]?.getBoundingClientRect().bottom ?? 0;
    if (bottom <= find("emergency").getBoundingClientRect().top && words.scrollWidth <= words.clientWidth) break;
  }
  end(false);
}

// The largest size from `least` to `most` at which all words are in sight; 0 where not even the least does.
function largest(least, most) {
  let [low, high] = [least, most];
  set(low);
  if (!fits()) return 0;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    set(middle);
    if (fits()) low = middle;
    else high = middle - 1;
  }
  set(low);
  for (; low > least && !fits(); low -= 1) set(low - 1); // a line may break otherwise at a size between
  return low;
}

// The words' own size, and that of a number to call: as wide as the page at most, and the largest there is.
function set(type) {
  const words = find("words");
  const numbers = [...words.querySelectorAll(".number")];
  words.style.setProperty("--type", `${type}px`);
  if (!numbers.length) return;
  let size = NUMBER.most * type;
  words.style.setProperty("--number", `${size}px`);
  const widest = Math.max(...numbers.map((each) => each.scrollWidth));
  if (widest > words.clientWidth) size *= words.clientWidth / (widest + 2);
  words.style.setProperty("--number", `${Math.floor(size)}px`);
  words.style.setProperty("--type", `${Math.min(type, NUMBER.words * size)}px`);
}

function fits() {
  const main = find("main");
  const words = find("words");
  return main.scrollHeight <= main.clientHeight + ROUNDED_PX && words.scrollWidth <= words.clientWidth + 1;
}

function heads() {
  return [...find("words").querySelectorAll("h1:not(.unseen)")];
}

function inside(node, box) {
  const [inner, outer] = [node.getBoundingClientRect(), box.getBoundingClientRect()];
  return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
}

// What is left below is told, and reached by keys too.
function end(scrolls) {
  const main = find("main");
  if (scrolls) main.tabIndex = 0;
  else main.removeAttribute("tabindex");
  main.scrollTop = 0;
  below();
}

function below() {
  const main = find("main");
  main.dataset.below = main.dataset.scrolls === "true" && main.scrollTop + main.clientHeight < main.scrollHeight - 8;
}

addEventListener("resize", refit);
document.fonts?.ready.then(refit);
find("main").addEventListener("scroll", below);
