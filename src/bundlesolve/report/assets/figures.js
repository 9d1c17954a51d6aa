// The four figures over all problems, and the legend they share.

const shown = data.methods.map(() => true);
const redraws = [];
const legends = [];

/** Add a legend whose buttons show and hide a method in every figure. */
function legend(host) {
  const list = element("ul", { class: "legend", "aria-label": "Methods shown" });
  data.methods.forEach((name, method) => {
    const key = shape("svg", { viewBox: "0 0 32 14", "aria-hidden": "true" });
    shape("line", { x1: 1, x2: 31, y1: 7, y2: 7, stroke: colour(method), "stroke-width": 2, "stroke-dasharray": dash(method) }, key);
    shape("path", { d: mark(method), fill: colour(method), transform: "translate(16,7)" }, key);
    const button = element("button", { type: "button", "aria-pressed": shown[method] }, key, name);
    button.addEventListener("click", () => {
      shown[method] = !shown[method];
      legends.forEach((buttons) => buttons[method].setAttribute("aria-pressed", shown[method]));
      redraws.forEach((redraw) => redraw());
    });
    list.append(element("li", {}, button));
  });
  legends.push([...list.querySelectorAll("button")]);
  host.append(list);
}

/** Add a choice to a host; options are [value, text]. */
function choice(host, text, options, value, onChange) {
  const select = element("select", {});
  for (const [name, words] of options) select.append(element("option", { value: name }, words));
  select.value = value;
  select.addEventListener("change", onChange);
  host.append(element("label", {}, text, select));
  return select;
}

const measureOptions = data.measures.map(({ name, title }) => [name, title]);
const measureOf = (name) => data.measures.find((measure) => measure.name === name);
const share = (value) => `${Math.round(100 * value)} %`;
const drawn = (curves, more = {}) => data.methods
  .map((name, method) => ({ name, method, x: curves.x, y: curves.y[method], low: curves.low?.[method], high: curves.high?.[method], ...more }))
  .filter((line) => shown[line.method]);

function profileFigure() {
  const host = byId("profile");
  const controls = element("p", { class: "controls" });
  host.append(controls);
  const start = data.measures.some((m) => m.name === "target") ? "target" : data.measures[0].name;
  const select = choice(controls, "Cost", measureOptions, start, () => redraw());
  legend(host);
  const redraw = chart(host, () => {
    const curves = data.profiles[select.value];
    const last = Math.max(2, ...curves.x.filter((value) => value !== null));
    const high = Math.min(last * 1.1, 1e5);
    const left = curves.left ? `, ${curves.left} left out` : "";
    return {
      label: `Performance profile by ${measureOf(select.value).title}`,
      x: { low: 1, high, log: true, title: `factor of the best: ${measureOf(select.value).title}`, short: "within a factor of " },
      y: { low: 0, high: 1, title: `share of ${curves.problems} problems${left}`, format: share },
      lines: drawn(curves, { end: high }),
      step: true,
    };
  });
  redraws.push(redraw);
}

function gapsFigure() {
  const host = byId("gaps");
  legend(host);
  const highest = Math.max(...data.gaps.high.flat().filter((value) => value !== null), 1e-2);
  const redraw = chart(host, () => ({
    label: "Primal gap over time by method",
    x: { low: data.gaps.x[0], high: data.gaps.x.at(-1), log: true, title: "seconds", short: "s: " },
    y: { low: 0.01, high: Math.max(highest, 0.1), log: true, title: `primal gap, % (${data.gaps.problems} problems)`, format: (v) => (v <= 0.0101 ? "≤0.01" : told(v)) },
    lines: drawn(data.gaps, { end: data.gaps.x.at(-1) }),
    step: true,
  }));
  redraws.push(redraw);
}

function targetsFigure() {
  const host = byId("targets");
  legend(host);
  const redraw = chart(host, () => ({
    label: `Share of runs within ${data.target} of the best over time by method`,
    x: { low: data.targets.x[0], high: data.targets.x.at(-1), log: true, title: "seconds", short: "s: " },
    y: { low: 0, high: 1, title: `share of runs within ${data.target} of the best`, format: share },
    lines: drawn(data.targets, { end: data.targets.x.at(-1) }),
    step: true,
  }));
  redraws.push(redraw);
}

function scatterFigure() {
  const host = byId("scatter");
  const controls = element("p", { class: "controls" });
  host.append(controls);
  const methods = data.methods.map((name, method) => [String(method), name]);
  const redrawNow = () => redraw();
  const across = choice(controls, "Across", methods, "0", redrawNow);
  const up = choice(controls, "Up", methods, String(Math.min(1, methods.length - 1)), redrawNow);
  const by = choice(controls, "Measure", measureOptions, "integral", redrawNow);
  const redraw = chart(host, () => {
    const measure = measureOf(by.value);
    const [a, b] = [Number(across.value), Number(up.value)];
    const floor = measure.timed ? 0.01 : 0.001;
    const points = [];
    const tally = [0, 0, 0];
    measure.scores.forEach((row, problem) => {
      if (row[a] === null || row[b] === null) return;
      const side = Math.sign(row[b] - row[a]);
      tally[side + 1] += 1;
      points.push({
        x: row[a], y: row[b], problem, method: side === 0 ? null : side > 0 ? a : b,
        name: data.problems[problem].name,
        text: `${data.methods[a]} ${told(row[a])}, ${data.methods[b]} ${told(row[b])}`,
      });
    });
    const values = points.flatMap((point) => [point.x, point.y]);
    const high = Math.max(...values, floor * 10) * 1.3;
    const low = Math.max(floor, Math.min(...values, high / 10) / 1.3);
    const format = (v) => (v <= floor * 1.001 ? `≤${floor}` : told(v));
    return {
      label: `${data.methods[a]} against ${data.methods[b]} by ${measure.title}`,
      x: { low, high, log: true, title: `${data.methods[a]}: ${measure.title}`, format },
      y: { low, high, log: true, title: `${data.methods[b]}: ${measure.title}`, format },
      points, diagonal: true, square: true,
      hint: points.length
        ? `${data.methods[a]} better on ${tally[2]}, equal on ${tally[1]}, ${data.methods[b]} better on ${tally[0]}`
        : "No problem on which both have such a score.",
    };
  }, (point) => openProblem(point.problem));
}

if (data.methods.length) {
  profileFigure();
  gapsFigure();
  targetsFigure();
  scatterFigure();
}
