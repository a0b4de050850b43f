// Watches the program: every event is the whole truth, so a page that comes late or comes back is right at once.

import { watchControls, showControls } from "./controls.js";
import { loadDrawings, showLevel, showState } from "./render.js";

const SILENT_MS = 25000; // the program sends something every 10 s
const ERROR_MS = 3000;

const lost = document.getElementById("lost");
let heardAt = performance.now();
let failedAt = null;
let run = null;

function connect() {
  const events = new EventSource("events");
  events.addEventListener("state", (event) => {
    alive();
    const state = JSON.parse(event.data);
    if (run !== null && run !== state.run) {
      location.reload(); // the program was started anew, perhaps a newer one: so is its page
      return;
    }
    run = state.run;
    showState(state);
    showControls(state);
  });
  events.addEventListener("level", (event) => {
    alive();
    showLevel(JSON.parse(event.data).level);
  });
  events.addEventListener("error", () => {
    failedAt ??= performance.now();
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(connect, 1000); // a browser gives up after a refusal; a screen on a wall may not
    }
  });
}

function alive() {
  heardAt = performance.now();
  failedAt = null;
  lost.hidden = true;
}

function look() {
  const now = performance.now();
  lost.hidden = !(now - heardAt > SILENT_MS || (failedAt !== null && now - failedAt > ERROR_MS));
}

watchControls();
loadDrawings();
connect();
setInterval(look, 500);
