// The page: phones side by side, people, the clock; one long poll brings every change.

import {ask, changesAfter, dayOf, el, fullName, post, timeOf} from "./api.js";
import {Phone} from "./phone.js";
import {Room} from "./room.js";
import {payloadOf, safeUrl} from "./text.js";

const PHONE_WIDTH = 330; // pixels, with the gap
const phones = new Map(); // id of a person or group → Phone
const away = new Set(); // phones that were put away
let state = {seq: -1, people: [], groups: [], bot: {username: "", first_name: ""}, places: [], clock: {offset_s: 0}};
let clockBase = {at: 0, now: Date.now()};
const byId = (id) => document.getElementById(id);

const shared = {
  bot: () => state.bot,
  places: () => state.places,
  people: () => state.people,
  isDeepLink: (url) => payloadOf(url, state.bot.username) !== null,
  remove: (phone) => show(phone.person.id, false),
  openers,
  open(url) {
    if (shared.isDeepLink(url)) return ask("Who opens this link?", (close) => [openers(url, close)]);
    const target = safeUrl(url);
    if (target) window.open(target, "_blank", "noopener,noreferrer");
  },
};

function openers(url, close) {
  const open = (person) => {
    close();
    show(person.id, true);
    phones.get(person.id).act("start", {payload: payloadOf(url, state.bot.username)});
  };
  return el("div.choices", {}, ...state.people.filter((p) => !p.deactivated).map((person) =>
    el("button", {type: "button", onclick: () => open(person)}, el("b", {}, fullName(person)), el("small", {}, person.role || "person"))));
}

function show(id, visible) {
  if (visible) away.delete(id); else away.add(id);
  drawPeople();
  if (visible) phones.get(id).node.scrollIntoView({behavior: "smooth", inline: "center", block: "nearest"});
}

function drawPeople() {
  const groups = state.groups.map((group) => ({...group, first_name: group.title}));
  const chips = [...state.people, ...groups].map((person) => {
    const hidden = away.has(person.id);
    phones.get(person.id)?.node.classList.toggle("away", hidden);
    const label = `${hidden ? "Take out" : "Put away"} the phone of ${fullName(person)}`;
    return el(`button.chip${hidden ? "" : ".on"}`, {type: "button", title: label, onclick: () => show(person.id, hidden)},
      person.first_name, hidden && phones.get(person.id)?.unread ? el("i.dot") : null);
  });
  byId("people").replaceChildren(...chips, el("button.chip.add", {type: "button", onclick: addPerson}, "+ person"),
    el("button.chip.add", {type: "button", onclick: addGroup}, "+ group"));
}

function addPerson() {
  const name = el("input", {placeholder: "First name", required: true, "aria-label": "First name"});
  const language = el("select", {"aria-label": "Language of the phone"}, ...["uz", "tg", "ru", "kk", "ky", "en"].map((code) => el("option", {}, code)));
  ask("Add a person", (close) => [el("form.fields", {onsubmit: async (e) => {
    e.preventDefault();
    close();
    const phone = `+7701${String(Math.floor(Math.random() * 1e7)).padStart(7, "0")}`;
    await post("/people", {first_name: name.value.trim(), language_code: language.value, phone, role: "migrant"});
  }}, name, language, el("button.main", {}, "Add"))]);
}

function addGroup() {
  const title = el("input", {placeholder: "Title", required: true, "aria-label": "Title"});
  const forum = el("input", {type: "checkbox", checked: true});
  const members = state.people.map((person) => [person.id, el("input", {type: "checkbox", checked: person.role !== "migrant"}), fullName(person)]);
  ask("Add a group with the bot in it", (close) => [el("form.fields.lines", {onsubmit: (e) => {
    e.preventDefault();
    close();
    const chosen = members.filter(([, box]) => box.checked).map(([id]) => id);
    post("/groups", {title: title.value.trim(), members: chosen, forum: forum.checked});
  }}, title, el("label", {}, forum, " with topics"), ...members.map(([, box, name]) => el("label", {}, box, ` ${name}`)),
    el("button.main", {}, "Add"))]);
}

function drawClock() {
  const now = new Date(clockBase.now + performance.now() - clockBase.at);
  byId("now").textContent = `${dayOf(now)}, ${timeOf(now)}`;
  const {offset_s: offset, next_due: due} = state.clock;
  byId("offset").textContent = Math.abs(offset) < 1 ? "Almaty, UTC+5" : `Almaty, ${offset > 0 ? "+" : "−"}${span(Math.abs(offset))}`;
  const left = due ? (new Date(due) - now) / 1000 : 0;
  byId("due").disabled = left <= 0;
  byId("due").textContent = left > 0 ? `To next message (${span(left)})` : "To next message";
}

function span(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
  return parts.filter(([n]) => n).slice(0, 2).map(([n, unit]) => `${n} ${unit}`).join(" ");
}

function take(news) {
  const restarted = news.seq < state.seq;
  state = news;
  clockBase = {at: performance.now(), now: Date.parse(news.clock.now)};
  for (const [id, phone] of phones) {
    if (restarted || ![...news.people, ...news.groups].some((p) => p.id === id)) { phone.node.remove(); phones.delete(id); }
  }
  const room = Math.max(2, Math.floor(window.innerWidth / PHONE_WIDTH));
  news.people.forEach((person, index) => {
    if (phones.has(person.id)) return void Object.assign(phones.get(person.id).person, person);
    const phone = new Phone(person, shared);
    phones.set(person.id, phone);
    if (index >= room && person.role !== "migrant") away.add(person.id);
    byId("phones").append(phone.node);
  });
  for (const group of news.groups) {
    if (phones.has(group.id)) { phones.get(group.id).refresh(group); continue; }
    const room = new Room(group, shared);
    phones.set(group.id, room);
    byId("phones").append(room.node);
  }
  for (const view of news.chats) update(view);
  byId("bot").textContent = news.bot.connected ? `@${news.bot.username}` : "waiting for the bot…";
  byId("bot").classList.toggle("on", news.bot.connected);
  drawPeople();
  drawClock();
}

function update(view) {
  const phone = phones.get(view.id);
  if (!phone) return;
  phone.unread = away.has(view.id) && view.bot_seq > (phone.view.bot_seq ?? 0);
  phone.update(view);
}

async function follow() {
  for (;;) {
    try {
      take(await changesAfter(state.seq));
    } catch {
      byId("bot").textContent = "the simulator does not answer";
      byId("bot").classList.remove("on");
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

byId("hour").onclick = () => post("/clock", {advance_s: 3600});
byId("day").onclick = () => post("/clock", {advance_s: 86400});
byId("due").onclick = () => post("/clock", {to_next_due: true}).catch(() => {});
setInterval(drawClock, 1000);
follow();
