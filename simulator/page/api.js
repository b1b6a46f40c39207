// Requests to the control API, and small helpers to build elements without any HTML text.

export async function post(path, body = {}) {
  const answer = await fetch(`/sim${path}`, {method: "POST", body: JSON.stringify(body)});
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error || answer.statusText);
  return result;
}

export async function changesAfter(seq) {
  const answer = await fetch(`/sim/changes?after=${seq}&timeout_s=25`, {cache: "no-store"});
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

/** Return the cards of an inline query, null when none came in time. */
export async function cardsOf(queryId) {
  const answer = await fetch(`/sim/inline/${queryId}?wait_s=5`, {cache: "no-store"});
  return answer.ok ? answer.json() : null;
}

/** Build an element: el("button.big", {type: "button", onclick}, "text", child, …). */
export function el(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

/** Clock times are shown in UTC+5, whatever zone data the browser has. */
const zone = {timeZone: "Etc/GMT-5"};
const hourMinute = new Intl.DateTimeFormat("en-GB", {...zone, hour: "2-digit", minute: "2-digit"});
const dayMonth = new Intl.DateTimeFormat("en-GB", {...zone, weekday: "short", day: "numeric", month: "short"});
export const timeOf = (date) => hourMinute.format(date);
export const dayOf = (date) => dayMonth.format(date);

/** Show a modal dialog with these children; `close` is given to each builder. */
export function ask(title, build) {
  const dialog = document.getElementById("dialog");
  const close = () => dialog.close();
  dialog.replaceChildren(
    el("header.ask", {}, el("b", {}, title), el("button", {type: "button", "aria-label": "Close", onclick: close}, "×")),
    ...build(close),
  );
  dialog.onclick = (event) => { if (event.target === dialog) close(); };
  if (!dialog.open) dialog.showModal();
}
