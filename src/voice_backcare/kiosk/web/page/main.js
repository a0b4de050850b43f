// Watches the program: every event is the whole truth, so a page that comes late or comes back is right at once.

import { showControls, watchControls } from "./controls.js";
import { showCovers, watchCovers } from "./cover.js";
import { alive, broken } from "./link.js";
import { loadDrawings, showLevel, showState } from "./render.js";

const PAINTED_MS = 5000; // what starts a dead screen anew asks when it last was

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
    showControls(state);
    showState(state);
    showCovers(state);
  });
  events.addEventListener("level", (event) => {
    alive();
    showLevel(JSON.parse(event.data).level);
  });
  events.addEventListener("error", () => {
    broken();
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(connect, 1000); // a browser gives up after a refusal; a screen on a wall may not
    }
  });
}

// No frame comes where the browser's tab is hidden, its compositor hangs or the display is off: then nothing is told.
function tellPainted() {
  requestAnimationFrame(() => {
    const headers = { "Content-Type": "application/json" };
    fetch("painted", { method: "POST", headers, body: "{}" }).catch(() => {});
    setTimeout(tellPainted, PAINTED_MS);
  });
}

watchControls();
watchCovers();
loadDrawings();
connect();
tellPainted();
