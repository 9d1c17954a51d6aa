// One chart: axes, step lines with bands, points, a cursor for pointer and arrow keys.

const SVG = "http://www.w3.org/2000/svg";
const DASHES = ["", "8 3", "4 2", "9 3 2 3"];
const BOUND_DASH = "1 4";
const MARKS = [
  "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0", // circle
  "M-3.6,-3.6h7.2v7.2h-7.2z", // square
  "M0,-4.6L4.4,3.4H-4.4z", // triangle
  "M0,-5L4.4,0L0,5L-4.4,0z", // diamond
];

const colour = (method) => `var(--m${method % 8})`;
const dash = (method) => DASHES[(method + Math.floor(method / 8)) % 4];
const mark = (method) => MARKS[(method + Math.floor(method / 8)) % 4];

function shape(tag, attributes, parent) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (parent) parent.append(made);
  return made;
}

/** Return a number as people write it: three digits, no noise. */
function told(value) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(1).replace("e+", "e");
  if (size >= 1000) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(3)));
}

function linearTicks(low, high, count) {
  const raw = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * unit).find((s) => s >= raw);
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high * (1 + 1e-9) + 1e-12; n += 1) {
    found.push(n * step);
  }
  return found;
}

function logTicks(low, high, count) {
  const found = [];
  const decades = Math.log10(high / low);
  const every = Math.max(1, Math.ceil(decades / count));
  const parts = decades <= 1.2 ? [1, 2, 3, 5] : decades <= 2.5 ? [1, 2, 5] : [1];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high) + 1e-9; power += 1) {
    if (power % every) continue;
    for (const part of parts) {
      const tick = part * 10 ** power;
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) found.push(tick);
    }
  }
  return found;
}

/** Return an axis: `at(value)` in pixels, `back(pixel)`, and its ticks. */
function axis({ low, high, log }, from, to, count) {
  const change = log ? Math.log : (v) => v;
  const [a, b] = [change(low), change(high)];
  const span = b - a || 1;
  return {
    at: (value) => from + ((change(log ? Math.max(value, low) : value) - a) / span) * (to - from),
    back: (pixel) => {
      const value = a + ((pixel - from) / (to - from)) * span;
      return log ? Math.exp(value) : value;
    },
    ticks: log ? logTicks(low, high, count) : linearTicks(low, high, count),
  };
}

function linePath(line, x, y, step) {
  let path = "";
  line.x.forEach((value, n) => {
    if (line.y[n] === null) return;
    const [px, py] = [x.at(value).toFixed(1), y.at(line.y[n]).toFixed(1)];
    path += path === "" ? `M${px},${py}` : step ? `H${px}V${py}` : `L${px},${py}`;
  });
  if (step && path && line.end !== undefined) path += `H${x.at(line.end).toFixed(1)}`;
  return path;
}

function bandPath(line, x, y) {
  const there = line.x.map((value, n) => `${x.at(value).toFixed(1)},${y.at(line.high[n] ?? 0).toFixed(1)}`);
  const back = line.x.map((value, n) => `${x.at(value).toFixed(1)},${y.at(line.low[n] ?? 0).toFixed(1)}`);
  return `M${there.join("L")}L${back.reverse().join("L")}z`;
}

/** Return the value of a line at x: of the last step before it. */
function valueAt(line, value) {
  let found = null;
  if (value > (line.end ?? Infinity) * (1 + 1e-9)) return null;
  for (let n = 0; n < line.x.length && line.x[n] <= value * (1 + 1e-9); n += 1) found = line.y[n];
  return found;
}

function drawAxes(svg, spec, x, y, box) {
  for (const tick of y.ticks) {
    const at = y.at(tick);
    shape("line", { class: "grid", x1: box.left, x2: box.right, y1: at, y2: at }, svg);
    const text = shape("text", { x: box.left - 6, y: at + 4, "text-anchor": "end" }, svg);
    text.textContent = (spec.y.format || told)(tick);
  }
  for (const tick of x.ticks) {
    const at = x.at(tick);
    shape("line", { class: "grid", x1: at, x2: at, y1: box.top, y2: box.bottom }, svg);
    const text = shape("text", { x: at, y: box.bottom + 16, "text-anchor": "middle" }, svg);
    text.textContent = (spec.x.format || told)(tick);
  }
  const frame = `M${box.left},${box.top}V${box.bottom}H${box.right}`;
  shape("path", { class: "axis", d: frame, fill: "none" }, svg);
  const below = { class: "title", x: (box.left + box.right) / 2, y: box.bottom + 34, "text-anchor": "middle" };
  shape("text", below, svg).textContent = spec.x.title;
  shape("text", { class: "title", x: 4, y: 13 }, svg).textContent = spec.y.title;
}

function drawLine(layer, line, x, y, box, step) {
  const paint = colour(line.method);
  if (line.low) shape("path", { class: "band", d: bandPath(line, x, y), fill: paint }, layer);
  const kind = line.bound ? "line bound" : "line";
  const path = { class: kind, d: linePath(line, x, y, step), stroke: paint };
  path["stroke-dasharray"] = line.bound ? BOUND_DASH : dash(line.method);
  shape("path", path, layer);
  if (line.bound || line.bare) return;
  const gap = (box.right - box.left) / 6;
  for (let at = box.left + gap * (0.35 + (line.method % 5) / 8); at < box.right; at += gap) {
    const value = valueAt(line, x.back(at));
    if (value === null) continue;
    const place = `translate(${at.toFixed(1)},${y.at(value).toFixed(1)})`;
    shape("path", { class: "mark", d: mark(line.method), fill: paint, transform: place }, layer);
  }
}

let clips = 0;

/**
 * Draw a chart into a host and keep it as wide as the host.
 *
 * `spec()` returns {label, x, y, lines, points, step, square, references}, fresh for every
 * drawing; an axis is {low, high, log, title, format}. `onChoose(point)` is called for a
 * chosen point. Returns a function that draws again.
 */
function chart(host, makeSpec, onChoose) {
  const frame = element("div", { class: "chart" });
  const readout = element("output", { class: "readout", "aria-live": "polite" });
  host.append(frame, readout);
  let cursor = null;
  let state = null;

  function draw() {
    const spec = makeSpec();
    const width = Math.max(280, Math.round(frame.clientWidth) || 640);
    const tall = spec.square ? Math.min(width * 0.9, 430) : Math.min(Math.max(width * 0.6, 250), 380);
    const height = Math.round(tall);
    const right = spec.square ? Math.min(width - 12, height + 40) : width - 12;
    const box = { left: 56, right, top: 24, bottom: height - 42 };
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: 0 });
    svg.setAttribute("aria-label", `${spec.label}; the arrow keys left and right read values`);
    const count = Math.max(3, Math.floor((box.right - box.left) / 70));
    const x = axis(spec.x, box.left, box.right, count);
    const y = axis(spec.y, box.bottom, box.top, 5);
    drawAxes(svg, spec, x, y, box);
    const clip = `clip${(clips += 1)}`;
    const area = shape("clipPath", { id: clip }, svg);
    shape("rect", { x: box.left, y: box.top - 6, width: box.right - box.left + 6, height: box.bottom - box.top + 8 }, area);
    const layer = shape("g", { "clip-path": `url(#${clip})` }, svg);
    if (spec.diagonal) {
      const ends = { x1: x.at(spec.x.low), y1: y.at(spec.x.low), x2: x.at(spec.x.high), y2: y.at(spec.x.high) };
      shape("line", { class: "diagonal", ...ends }, layer);
    }
    for (const value of spec.references || []) {
      const at = y.at(value);
      shape("line", { class: "reference", x1: box.left, x2: box.right, y1: at, y2: at }, layer);
      shape("text", { x: box.left + 6, y: at - 5 }, layer).textContent = "best";
    }
    for (const line of spec.lines || []) drawLine(layer, line, x, y, box, spec.step);
    const points = (spec.points || []).map((point) => ({ ...point, px: x.at(point.x), py: y.at(point.y) }));
    for (const point of points) {
      const place = `translate(${point.px.toFixed(1)},${point.py.toFixed(1)})`;
      const paint = point.method === null ? "var(--faint)" : colour(point.method);
      const d = point.method === null ? MARKS[0] : mark(point.method);
      shape("path", { class: "mark point", d, fill: paint, transform: place }, layer);
    }
    const over = shape("g", {}, svg);
    frame.replaceChildren(svg);
    state = { spec, x, y, box, over, points, width };
    readout.textContent = spec.hint || "";
    listen(svg);
  }

  function show(at) {
    const { spec, x, y, box, over, points } = state;
    over.replaceChildren();
    cursor = at;
    if (points.length) {
      const point = points[at];
      shape("circle", { class: "chosen", cx: point.px, cy: point.py, r: 8 }, over);
      readout.replaceChildren(element("b", {}, point.name), ` ${point.text}`);
      return;
    }
    const pixel = Math.min(Math.max(at, box.left), box.right);
    shape("line", { class: "cross", x1: pixel, x2: pixel, y1: box.top, y2: box.bottom }, over);
    const value = x.back(pixel);
    const parts = [element("b", {}, `${spec.x.short || ""}${told(value)}`)];
    for (const line of spec.lines) {
      const found = valueAt(line, value);
      if (found === null || line.bare || line.bound) continue;
      shape("path", { class: "mark", d: mark(line.method), fill: colour(line.method), transform: `translate(${pixel},${y.at(found)})` }, over);
      parts.push(`  ·  ${line.name} ${(spec.y.format || told)(found)}`);
    }
    readout.replaceChildren(...parts);
  }

  function nearest(event) {
    const rect = event.currentTarget.getBoundingClientRect();
    const scale = state.width / rect.width;
    const [px, py] = [(event.clientX - rect.left) * scale, (event.clientY - rect.top) * scale];
    if (!state.points.length) return px;
    let best = 0;
    state.points.forEach((point, n) => {
      const now = state.points[best];
      if (Math.hypot(point.px - px, point.py - py) < Math.hypot(now.px - px, now.py - py)) best = n;
    });
    return best;
  }

  function listen(svg) {
    const empty = () => !state.points.length && !(state.spec.lines || []).length;
    svg.addEventListener("pointermove", (event) => { if (!empty()) show(nearest(event)); });
    svg.addEventListener("click", (event) => {
      if (empty()) return;
      show(nearest(event));
      if (state.points.length && onChoose) onChoose(state.points[cursor]);
    });
    svg.addEventListener("keydown", (event) => {
      if (empty()) return;
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const many = state.points.length;
      if (step) {
        const start = many ? -1 : state.box.left;
        const next = (cursor === null ? start : cursor) + step * (many ? 1 : 12);
        show(many ? (next + many) % many : next);
        event.preventDefault();
      } else if (event.key === "Enter" && many && cursor !== null && onChoose) {
        onChoose(state.points[cursor]);
      }
    });
  }

  let last = 0;
  new ResizeObserver(() => {
    const width = Math.round(frame.clientWidth);
    if (width && width !== last) {
      last = width;
      cursor = null;
      draw();
    }
  }).observe(frame);
  return () => { cursor = null; if (frame.clientWidth) draw(); };
}
