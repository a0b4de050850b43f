"""What of a page is not in sight as it has to be: a function of JavaScript that looks at what is laid out now."""

from __future__ import annotations

from playwright.sync_api import Page
from wall import Wall

# The state that is shown -> one sentence for each fault: of the heading, the Emergency button and the number to call.
OUT_OF_SIGHT = """(state) => {
  const main = document.getElementById("main");
  const head = document.querySelector("#words h1:not(.unseen)");
  const faults = [];
  const fault = (why) =>
    faults.push(`${why}: ${state.screen} ${state.ask || state.headline} ${document.body.dataset.tight}`);
  if (!head) return faults;
  const box = head.getBoundingClientRect();
  const frame = document.body.dataset.tight === "3" ? { top: 0, bottom: innerHeight } : main.getBoundingClientRect();
  if (box.height < 9 || box.width < 9) fault("no room");
  if (box.top < frame.top - 1 || box.bottom > Math.min(frame.bottom, innerHeight) + 1) fault("cut off");
  if (box.left < -1 || box.right > innerWidth + 1 || head.scrollWidth > head.clientWidth + 1) fault("too wide");
  for (const [x, y] of [[box.left + 3, box.top + 3], [(box.left + box.right) / 2, box.bottom - 3]]) {
    const seen = document.elementFromPoint(x, y);
    if (!seen || !(document.getElementById("words").contains(seen) || seen.contains(head))) fault("covered");
  }
  const emergency = document.getElementById("emergency").getBoundingClientRect();
  if (!state.danger && (emergency.height < 20 || emergency.bottom > innerHeight + 1)) fault("no emergency button");
  for (const number of document.querySelectorAll(".number")) {
    const { width, right } = number.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(number).fontSize);
    if (number.getClientRects().length !== 1 || right > innerWidth + 1) fault("broken number");
    const others = [...document.querySelectorAll("#words *, button, footer p")].filter(
      (node) => !number.contains(node) && node.getClientRects().length);
    const larger = others.find((node) => parseFloat(getComputedStyle(node).fontSize) >= size);
    if (width && larger) fault(`${larger.id} ${larger.className} is larger than the number`);
  }
  if (state.whole && main.scrollHeight > main.clientHeight + 1) fault("not all in sight");
  return faults;
}"""


def out_of_sight(page: Page, wall: Wall) -> list[str]:
    """The faults of ``page``, which shows what ``wall`` is at."""
    found: list[str] = page.evaluate(OUT_OF_SIGHT, wall.seen)
    return found
