// Clicks through the page as a person would and writes down what came of it.
// Put at the end of a page by a test; ends with <pre id="told"> holding JSON.

addEventListener("load", () => setTimeout(() => {
  const told = {};
  const get = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const step = (name, act) => {
    try { told[name] = act(); } catch (error) { told[name] = `error: ${error}`; }
  };
  const pick = (select, value) => {
    select.value = value;
    select.dispatchEvent(new Event("change"));
  };
  const names = () => all("#methods tbody th").map((cell) => cell.textContent);
  const heads = () => all("#methods thead th");
  const lines = (host) => all(`#${host} path.line`).length;
  const sorted = (host) => heads().map((head) => head.getAttribute("aria-sort"));

  step("errors", () => window.mistakes || []);
  step("wide", () => document.documentElement.scrollWidth - innerWidth);
  step("charts", () => all(".chart svg").length);
  step("profile", () => lines("profile"));
  step("bands", () => all("#gaps path.band").length);
  step("points", () => all("#scatter path.point").length);

  step("sortUp", () => { heads()[5].querySelector("button").click(); return names(); });
  step("ariaUp", () => sorted()[5]);
  step("sortDown", () => { heads()[5].querySelector("button").click(); return names(); });
  step("ariaDown", () => sorted()[5]);
  step("sortWords", () => { heads()[0].querySelector("button").click(); return names(); });

  step("cost", () => {
    const before = get("#profile path.line").getAttribute("d");
    pick(get("#profile select"), "gap");
    return before !== get("#profile path.line").getAttribute("d");
  });
  step("hide", () => {
    const button = get("#profile .legend button");
    button.click();
    const found = [lines("profile"), lines("gaps"), button.getAttribute("aria-pressed")];
    button.click();
    return found;
  });
  step("arrow", () => {
    const svg = get("#targets .chart svg");
    for (let n = 0; n < 30; n += 1) svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
    return get("#targets .readout").textContent;
  });
  step("tally", () => get("#scatter .readout").textContent);
  step("scatterKeys", () => {
    const svg = get("#scatter .chart svg");
    svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
    svg.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    const title = get("#problem-title").textContent;
    get("#close").click();
    return title;
  });

  step("filter", () => {
    const field = get("#filter");
    field.value = "problem-00";
    field.dispatchEvent(new Event("input"));
    const found = get("#filtered").textContent;
    field.value = "";
    field.dispatchEvent(new Event("input"));
    return found;
  });
  step("open", () => { all("#problems .open")[4].click(); return get("#problem").open; });
  step("title", () => get("#problem-title").textContent);
  step("runs", () => all("#problem-runs tbody tr").length);
  step("traces", () => all("#traces path.line:not(.bound)").length);
  step("bounds", () => all("#traces path.bound").length);
  step("whole", () => {
    const before = get("#traces path.line").getAttribute("d");
    get("#traces input").click();
    return before !== get("#traces path.line").getAttribute("d");
  });
  step("next", () => { get("#next").click(); return get("#problem-title").textContent; });
  step("close", () => { get("#close").click(); return get("#problem").open; });

  step("paper", () => getComputedStyle(document.body).backgroundColor);
  step("theme", () => { get("#theme").click(); return get("#theme").textContent; });
  step("night", () => getComputedStyle(document.body).backgroundColor);
  step("fetched", () => performance.getEntriesByType("resource").map((entry) => entry.name));
  step("nameless", () => all("button, select, input").filter((control) => !(
    control.textContent.trim() || control.getAttribute("aria-label") || control.labels?.length
  )).length);

  const pre = document.createElement("pre");
  pre.id = "told";
  pre.textContent = JSON.stringify(told);
  document.body.append(pre);
}, 300));
