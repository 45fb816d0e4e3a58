// Places orders, and refreshes the page every second. Data is inserted as text, never as HTML.

const REFRESH = 1000;
const $ = (id) => document.getElementById(id);

async function fetchJson(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Error("Cannot reach the server.");
  }
  const json = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(json.reason ?? `The server responded with status ${response.status}.`);
  }
  return json;
}

function element(name, className, ...children) {
  const created = document.createElement(name);
  created.className = className;
  created.append(...children);
  return created;
}

function row(...cells) {
  const tr = document.createElement("tr");
  for (const [column, className, text] of cells) {
    const td = element("td", className, String(text));
    td.dataset.column = column;
    tr.append(td);
  }
  return tr;
}

const orderRow = (order) => row(
  ["Item", "", order.item],
  ["Status", `status ${order.status}`, order.status.toLowerCase()],
  ["Quantity", "number", order.quantity],
  ["Deliveries", "number", order.deliveries || "–"],
  ["Id", "id", order.id]);

const deadRow = (queue, letter) => row(
  ["Queue", "short", queue],
  ["Since", "short", new Date(letter.at).toLocaleTimeString()],
  ["Reason", "reason", letter.reason],
  ["Deliveries", "number", letter.deliveries],
  ["Id", "id", letter.id]);

function queueRow(queue) {
  const counts = ["ready", "processing", "dead"].map((where) => {
    const alarm = where === "dead" && queue[where] > 0;
    return element("span", alarm ? "count alarm" : "count", element("strong", "", String(queue[where])), where);
  });
  return element("div", "queue", element("b", "", queue.name), ...counts);
}

async function refresh() {
  const [orders, queues] = await Promise.all([fetchJson("orders"), fetchJson("queues")]);
  const dead = await Promise.all(queues.map(async (queue) =>
    (await fetchJson(`queues/${encodeURIComponent(queue.name)}/dead`)).map((letter) => deadRow(queue.name, letter))));
  $("orders").replaceChildren(...orders.map(orderRow));
  $("queues").replaceChildren(...queues.map(queueRow));
  $("dead").replaceChildren(...dead.flat());
  for (const [table, rows] of [["orders", orders], ["dead", dead.flat()]]) {
    $(table).closest("table").hidden = rows.length === 0;
    $(`no-${table}`).hidden = rows.length > 0;
  }
}

function showWarning(text) {
  $("unreachable").hidden = !text;
  $("unreachable").textContent = text ? `${text} This page may be out of date.` : "";
  document.querySelectorAll("#queues, table").forEach((part) => part.classList.toggle("stale", !!text));
}

async function refreshForever() {
  try {
    if (!document.hidden) {
      await refresh();
      showWarning("");
    }
  } catch (e) {
    showWarning(e.message);
  }
  setTimeout(refreshForever, REFRESH);
}

function showResult(text, isError) {
  $("answer").textContent = text;
  $("answer").classList.toggle("error", isError);
}

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { item, quantity } = event.target.elements;
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    const { id } = await fetchJson("orders", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ item: item.value, quantity: Number(quantity.value) }),
    });
    showResult(`Order ${id} has been placed.`, false);
    await refresh().catch(() => {});
  } catch (e) {
    showResult(e.message, true);
  } finally {
    button.disabled = false;
  }
});

refreshForever();
