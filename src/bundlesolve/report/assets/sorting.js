// Tables sort by the head of a column: by numbers where there are any, else by words.

function sortKey(row, column) {
  const cell = row.cells[column];
  const value = cell.dataset.value;
  return { number: value === undefined ? null : Number(value), text: cell.textContent };
}

/** Sort a table's rows by a column; cells without a number stay last both ways. */
function sortTable(table, column, descending) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [sortKey(row, column), row]);
  const numeric = rows.some(([key]) => key.number !== null);
  const sign = descending ? -1 : 1;
  rows.sort(([a], [b]) => {
    if (!numeric) return sign * a.text.localeCompare(b.text, "en", { numeric: true });
    if (a.number === null || b.number === null) return (a.number === null) - (b.number === null);
    return sign * (a.number - b.number);
  });
  body.append(...rows.map(([, row]) => row));
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    if (place === column) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      sortTable(table, column, head.getAttribute("aria-sort") === "ascending");
    });
  });
}

const filter = byId("filter");
filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  const rows = [...byId("problems").tBodies[0].rows];
  for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  const shown = rows.filter((row) => !row.hidden).length;
  byId("filtered").textContent = wanted ? `${shown} of ${rows.length}` : "";
});
