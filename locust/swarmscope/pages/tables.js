// Tables that sort by a click on a header; cells are text, whatever a name holds.

import { count } from "./format.js";

const orders = new WeakMap();

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

function sorted(table, rows) {
  const { key, descending } = orders.get(table);
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a[key], b[key]));
}

function header(table, columns) {
  const row = document.createElement("tr");
  for (const column of columns) {
    const th = document.createElement("th");
    const button = document.createElement("button");
    th.scope = "col";
    th.dataset.key = column.key;
    th.className = column.text ? "text" : "number";
    button.type = "button";
    button.textContent = column.title;
    button.addEventListener("click", () => {
      const order = orders.get(table);
      const same = order.key === column.key;
      orders.set(table, { ...order, key: column.key, descending: same ? !order.descending : !column.text });
      order.redraw();
    });
    th.append(button);
    row.append(th);
  }
  table.createTHead().append(row);
  table.append(document.createElement("tbody"));
}

function cell(column, row) {
  const td = document.createElement(column.heading ? "th" : "td");
  const value = row[column.key];
  if (column.heading) td.scope = "row";
  td.className = column.text ? "text" : "number";
  td.classList.toggle("long", Boolean(column.long));
  td.textContent = column.format ? column.format(value, row) : String(value ?? "–");
  if (value !== null && value !== undefined) td.dataset.value = String(value);
  if (column.bad?.(value, row)) td.classList.add("bad");
  const doubt = value !== null && value !== undefined && column.doubt?.(row);
  if (doubt) {
    td.classList.add("doubtful");
    td.title = doubt;
  }
  if (column.text) td.title = column.hint?.(value) ?? (column.whole ? value ?? "" : td.textContent);
  return td;
}

function emptyRow(columns, text) {
  const row = document.createElement("tr");
  const td = document.createElement("td");
  td.colSpan = columns.length;
  td.className = "text empty";
  td.textContent = text;
  row.append(td);
  return row;
}

function markOrder(table) {
  const { key, descending } = orders.get(table);
  for (const th of table.tHead.rows[0].cells) {
    if (th.dataset.key === key) th.setAttribute("aria-sort", descending ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  }
}

/** Say how many rows there are where not all are seen: some systems show no scroll bar until one scrolls. */
function tellRows(table, rows) {
  const box = table.parentElement;
  const note = box.parentElement.querySelector(".rows");
  if (note) note.textContent = box.scrollHeight > box.clientHeight ? `${count(rows)} rows, scroll for all ·` : "";
}

/** Fill `table` with `rows`; `order` is the key it is sorted by until the user picks another. */
export function fillTable(table, { columns, rows, order, empty }) {
  const heads = [...(table.tHead?.rows[0].cells ?? [])].map((th) => th.dataset.key);
  if (heads.join() !== columns.map((column) => column.key).join()) {
    table.replaceChildren();
    orders.set(table, { key: order, descending: !columns.find((column) => column.key === order).text });
    header(table, columns);
  }
  orders.get(table).redraw = () => fillTable(table, { columns, rows, order, empty });
  const body = sorted(table, rows).map((row) => {
    const tr = document.createElement("tr");
    if (row.total) tr.className = "total";
    tr.append(...columns.map((column) => cell(column, row)));
    return tr;
  });
  table.tBodies[0].replaceChildren(...(body.length ? body : [emptyRow(columns, empty)]));
  markOrder(table);
  tellRows(table, body.length);
}
