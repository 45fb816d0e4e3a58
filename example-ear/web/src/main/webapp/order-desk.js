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
  const name = element("span", "", element("b", "", queue.name));
  if (queue.breakerOpen) {
    name.append(element("span", "breaker", "breaker open"));
  }
  return element("div", "queue", name, ...counts);
}

/** The largest number of messages that have waited since an outage began; 0 after all have been processed. */
let backlog = 0;

function showDatabase({ available, secondsLeft }, queues) {
  const wasAway = $("database").classList.contains("away");
  const left = queues.reduce((sum, queue) => sum + queue.ready + queue.processing, 0);
  if (!available || backlog > 0) {
    backlog = Math.max(backlog, left);
  }
  if (!available) {
    showState(`The database is away, and comes back in ${secondsLeft} s. Waiting messages: ${left}.`);
  } else if (backlog > 0 && left > 0) {
    const isProbing = queues.some((queue) => queue.breakerOpen);
    const next = isProbing ? "Deliveries resume with the next probe." : "The backlog is being worked off.";
    showState(`The database is back. ${next} Messages left: ${left}.`);
  } else if (backlog > 0) {
    showState(`The database is back, and the backlog of ${backlog} messages has been worked off.`);
  } else if (wasAway) {
    showState("The database is back.");
  }
  $("backlog").hidden = !available || backlog === 0 || left === 0;
  $("backlog").max = Math.max(1, backlog);
  $("backlog").value = backlog - left;
  $("database").classList.toggle("away", !available);
  $("outage").disabled = !available;
  $("orders").closest("section").classList.toggle("stale", !available);
  if (available && left === 0) {
    backlog = 0;
  }
}

function showState(text) {
  if ($("database").textContent !== text) { // screen readers announce each change
    $("database").textContent = text;
  }
}

async function refresh() {
  const [database, queues] = await Promise.all([fetchJson("database"), fetchJson("queues")]);
  showDatabase(database, queues);
  const dead = await Promise.all(queues.map(async (queue) =>
    (await fetchJson(`queues/${encodeURIComponent(queue.name)}/dead`)).map((letter) => deadRow(queue.name, letter))));
  $("queues").replaceChildren(...queues.map(queueRow));
  showRows("dead", dead.flat());
  if (database.available) {
    const [orders, sales] = await Promise.all([fetchJson("orders"), fetchJson("sales")]);
    showRows("orders", orders.map(orderRow));
    $("sales").hidden = sales.rows === 0;
    $("sales").textContent =
      `Statistics: ${sales.orders} orders with ${sales.items} items in ${sales.rows} rows, one for each batch.`;
  }
}

function showRows(table, rows) {
  $(table).replaceChildren(...rows);
  $(table).closest("table").hidden = rows.length === 0;
  $(`no-${table}`).hidden = rows.length > 0;
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

/** Runs an action, during which its button is disabled, and refreshes the page. */
async function run(button, action) {
  button.disabled = true;
  try {
    await action();
  } catch (e) {
    showResult(e.message, true);
  } finally {
    button.disabled = false;
  }
  await refresh().catch(() => {});
}

const post = (path, order, headers = {}) => fetchJson(path, {
  method: "POST",
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(order),
});

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const { item, quantity, customer, deliverAfterSeconds, express } = event.target.elements;
  const order = { item: item.value, quantity: Number(quantity.value) };
  if (customer.value) {
    order.customer = customer.value;
  }
  if (deliverAfterSeconds.value) {
    order.deliverAfterSeconds = Number(deliverAfterSeconds.value);
  }
  if (express.checked) {
    order.express = true;
  }
  run(event.target.querySelector("button"), async () => {
    const { id } = await post("orders", order, { "Idempotency-Key": crypto.randomUUID() });
    showResult(`Order ${id} has been placed.`, false);
  });
});

$("outage").addEventListener("click", (event) =>
  run(event.target, () => fetchJson("database/outage", { method: "POST" })));

$("send").addEventListener("click", (event) =>
  run(event.target, () => Promise.all(
    Array.from({ length: 50 }, () => post("queues/orders", { item: "book", quantity: 1 })))));

refreshForever();
