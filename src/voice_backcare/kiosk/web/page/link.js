// Whether the program is there: it has to answer every post, and to send something every few seconds.

export const LATE_MS = 2000; // a post without an answer: the program is lost
const SILENT_MS = 10000; // the program sends something every 3 s
const ERROR_MS = 3000;
const PROBE_MS = 1000;

let heardAt = performance.now();
let failedAt = null;
let unanswered = false;
let lost = false;
let told = () => {};

export function watchLink(listener) {
  told = listener;
  setInterval(look, 500);
}

// Something came from the program.
export function alive() {
  heardAt = performance.now();
  failedAt = null;
  look();
}

// The stream of events broke.
export function broken() {
  failedAt ??= performance.now();
}

// The answer's status, or 0 where none came in time; then the program counts as lost until it answers something.
export async function post(path, values) {
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(values), signal: AbortSignal.timeout(LATE_MS) });
    unanswered = false;
    look();
    return answer.status;
  } catch {
    if (!unanswered) setTimeout(probe, PROBE_MS);
    unanswered = true;
    look();
    return 0;
  }
}

async function probe() {
  if (!unanswered) return;
  try {
    await fetch("painted", { signal: AbortSignal.timeout(LATE_MS) });
    unanswered = false;
    look();
  } catch {
    setTimeout(probe, PROBE_MS);
  }
}

function look() {
  const now = performance.now();
  const is = unanswered || now - heardAt > SILENT_MS || (failedAt !== null && now - failedAt > ERROR_MS);
  if (is === lost) return;
  lost = is;
  told(lost);
}
