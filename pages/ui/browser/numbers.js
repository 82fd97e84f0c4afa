// The numbers of a drawn figure as rows of a table: what the picture shows, for eyes, ears and spreadsheets.

import { element } from "./dom.js";

const MOST_ROWS = 200;
const MOST_COLUMNS = 40;

/** {head, rows} of the traces as they stand; a map becomes a matrix, lines over one x become columns. */
export function tableOf(traces, words) {
  const shown = traces.filter((trace) => trace.visible !== false && trace.visible !== "legendonly");
  const maps = shown.filter((trace) => is2D(trace.z));
  if (maps.length && maps.length === shown.length) return matrices(maps, words);
  if (sharesX(shown)) return wide(shown, words);
  return long(shown, words);
}

function is2D(values) {
  return Boolean(values?.length) && typeof values[0] === "object" && values[0] !== null;
}

function label(values, position) {
  return values?.[position] ?? position;
}

function nameOf(trace, position, words) {
  return trace.name || `${words.series} ${position + 1}`;
}

function matrices(maps, words) {
  const several = maps.length > 1;
  const widest = Math.max(...maps.map((map) => map.z[0].length));
  const columns = Array.from({ length: widest }, (_, column) => label(maps[0].x, column));
  const head = [...(several ? [words.series] : []), words.row, ...columns];
  const rows = maps.flatMap((map, position) => Array.from(map.z, (row, number) =>
    [...(several ? [nameOf(map, position, words)] : []), label(map.y, number), ...row]));
  return { head, rows };
}

function sharesX(traces) {
  const first = traces[0]?.x;
  const same = (x) => x?.length === first?.length && Array.from(x).every((value, at) => value === first[at]);
  return Boolean(first) && traces.every((trace) => trace.y && !trace.z && same(trace.x));
}

function wide(traces, words) {
  const head = ["x", ...traces.map((trace, position) => nameOf(trace, position, words))];
  const rows = Array.from(traces[0].x, (x, at) => [x, ...traces.map((trace) => trace.y[at])]);
  return { head, rows };
}

function long(traces, words) {
  const present = ["x", "y", "z", "r", "theta", "labels", "values", "text"].filter((column) =>
    traces.some((trace) => trace[column]?.length && typeof trace[column] !== "string"));
  const rows = traces.flatMap((trace, position) => {
    const length = Math.max(0, ...present.map((column) => trace[column]?.length ?? 0));
    return Array.from({ length }, (_, at) =>
      [nameOf(trace, position, words), ...present.map((column) => label(trace[column] ?? [""], at))]);
  });
  return { head: [words.series, ...present], rows };
}

function written(value, digits) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  return typeof value === "number" ? String(Number(value.toPrecision(digits))) : String(value);
}

/** Comma separated values; a cell that a spreadsheet would take for a formula is kept from being one. */
export function csvOf({ head, rows }) {
  const cell = (value) => {
    let text = written(value, 7);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text))) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** The table for the page, cut at a readable size and saying so. */
export function tableElement({ head, rows }, caption, words) {
  const columns = Math.min(head.length, MOST_COLUMNS);
  const line = (row) => element("tr", {},
    element("th", { scope: "row", text: written(row[0], 4) }),
    ...Array.from(row).slice(1, columns).map((value) => element("td", { text: written(value, 4) })));
  const heads = head.slice(0, columns).map((value) => element("th", { scope: "col", text: written(value, 4) }));
  const table = element("table", {}, element("caption", { text: caption }),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows.slice(0, MOST_ROWS).map(line)));
  if (columns === head.length && rows.length <= MOST_ROWS) return [table];
  const amounts = {
    rows: Math.min(rows.length, MOST_ROWS), all_rows: rows.length, columns, all_columns: head.length,
  };
  const cut = words.cut.replaceAll(/\{(\w+)\}/g, (_, name) => amounts[name]);
  return [element("p", { class: "board-note", text: cut }), table];
}
