// One problem looked at: every run on it, its traces of incumbent and bound.

// Runs come as bare rows, to keep the page small.
const everyone = [...data.methods, ...data.absent];
for (const problem of data.problems) {
  problem.runs = problem.runs.map(
    ([method, repetition, status, objective, bound, gap, seconds, error, incumbents, bounds]) => (
      { method, name: everyone[method], repetition, status, objective, bound, gap, seconds, error, incumbents, bounds }
    ),
  );
}

const dialog = byId("problem");
const wholeRange = element("input", { type: "checkbox" });
let current = 0;

const withEnds = (trace, horizon) => ({
  x: trace.map(([time]) => Math.max(time, 0.001)), y: trace.map(([, value]) => value), end: horizon,
});

function traceLines(problem) {
  const lines = [];
  for (const run of problem.runs) {
    if (run.method >= data.methods.length) continue;
    const bare = run.repetition !== problem.runs.find((other) => other.method === run.method).repetition;
    const end = Math.max(run.seconds ?? 0, ...run.incumbents.slice(-1).map(([time]) => time), 0.001);
    const same = { method: run.method, name: run.name, bare };
    if (run.incumbents.length) lines.push({ ...same, ...withEnds(run.incumbents, end) });
    if (run.bounds.length) lines.push({ ...same, ...withEnds(run.bounds, end), bound: true });
  }
  return lines.filter((line) => shown[line.method]);
}

/** Return the range of values: all of them, or those where the runs ended. */
function valueRange(lines, problem) {
  const values = lines.flatMap((line) => (wholeRange.checked ? line.y : line.y.slice(-1)));
  values.push(...[problem.known, problem.found].filter((v) => v !== null).map(Number));
  if (!values.length) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * (wholeRange.checked ? 0.05 : 0.25) || Math.abs(high) * 0.01 || 1;
  return [low - room, high + room];
}

const drawTraces = (() => {
  const host = byId("traces");
  const controls = element("p", { class: "controls" });
  controls.append(element("label", {}, wholeRange, "Whole range of values"));
  host.append(controls);
  legend(host);
  const redraw = chart(host, () => {
    const problem = data.problems[current];
    const lines = traceLines(problem);
    const [low, high] = valueRange(lines, problem);
    const last = Math.max(problem.horizon ?? 0, ...lines.map((line) => line.end), 0.02);
    const inside = lines.flatMap((line) => line.x.filter((_, n) => line.y[n] >= low && line.y[n] <= high));
    const first = Math.min(last / 10, Math.min(...inside, 1) / 1.5);
    const best = problem.sense === "maximise" ? Math.max : Math.min;
    const goals = [problem.known, problem.found].filter((v) => v !== null).map(Number);
    return {
      label: `Incumbents and bounds over time on ${problem.name}`,
      x: { low: first, high: last, log: true, title: "seconds", short: "s: " },
      y: { low, high, title: `value (${problem.sense}): answers, and bounds dotted`, format: exactly },
      lines, step: true, references: goals.length ? [best(...goals)] : [],
      hint: lines.length ? "" : "No run on this problem has a trace.",
    };
  });
  redraws.push(redraw);
  wholeRange.addEventListener("change", redraw);
  return redraw;
})();

/** Values differ in late digits, so axes of values show more of them. */
function exactly(value) {
  if (Math.abs(value) >= 1e9) return value.toExponential(4).replace("e+", "e");
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 7 });
}

const RUN_COLUMNS = [
  ["method", (run) => run.name], ["repetition", (run) => String(run.repetition), true],
  ["status", (run) => run.status], ["answer", (run) => run.objective ?? "–", true],
  ["gap %", (run) => told(run.gap), true], ["bound", (run) => run.bound ?? "–", true],
  ["seconds", (run) => told(run.seconds), true], ["remark", (run) => run.error],
];

function fillRuns(problem) {
  const table = byId("problem-runs");
  const kind = (right) => (right ? { class: "number" } : {});
  const heads = RUN_COLUMNS.map(([name, , right]) => element("th", { scope: "col", ...kind(right) }, name));
  table.tHead.replaceChildren(element("tr", {}, ...heads));
  table.tBodies[0].replaceChildren(...problem.runs.map((run) => {
    const cells = RUN_COLUMNS.map(([, read, right], n) => (
      n ? element("td", kind(right), read(run)) : element("th", { scope: "row" }, read(run))
    ));
    return element("tr", {}, ...cells);
  }));
}

function openProblem(number) {
  current = number;
  const problem = data.problems[number];
  byId("problem-title").textContent = problem.name;
  const best = problem.infeasible ? "infeasible" : problem.known ?? "–";
  const pairs = [
    ["Items", told(problem.items)], ["Pairs", told(problem.pairs)], ["Sense", problem.sense],
    ["Best known", best], ["Best found", problem.found ?? "–"], ["Best bound", problem.bound ?? "–"],
    ["Proved", problem.proved ? "yes" : "no"],
  ];
  byId("problem-facts").replaceChildren(...pairs.map(([name, value]) => (
    element("div", {}, element("dt", {}, name), element("dd", {}, value))
  )));
  fillRuns(problem);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  drawTraces();
}

/** Open the row before or after the current one, as the table is sorted and filtered. */
function turn(step) {
  const rows = [...byId("problems").tBodies[0].rows].filter((row) => !row.hidden);
  if (!rows.length) return;
  const place = rows.findIndex((row) => Number(row.dataset.problem) === current);
  openProblem(Number(rows[(place + step + rows.length) % rows.length].dataset.problem));
}

byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
byId("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
byId("problems").tBodies[0].addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-problem]");
  if (row) openProblem(Number(row.dataset.problem));
});
