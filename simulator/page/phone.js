// One phone: header, chat, keyboards, what can be sent.

import {ask, cardsOf, dayOf, el, fullName, post} from "./api.js";
import {Answering} from "./answering.js";
import {bubble} from "./message.js";

const TYPING_MS = 5000; // as long as clients show it
const EMPTY = {messages: [], answers: [], commands: [], reply_keyboard: null, started: false, blocked: false};

export class Phone {
  constructor(person, shared) {
    this.person = person;
    this.shared = shared; // bot(), places(), open(url), openers(), isDeepLink(), remove(phone)
    this.view = EMPTY;
    this.drawn = new Map(); // message id → {json, node}
    this.answered = null; // seq of the newest answer that was shown
    this.hiddenKeys = null; // the one-time keyboard that was used
    this.build();
  }

  build() {
    const {person} = this;
    this.status = el("small.status");
    this.pinned = true; // to the end of the chat, until the person scrolls up
    const toEnd = () => { if (this.pinned) this.log.scrollTop = this.log.scrollHeight; };
    this.log = el("div.log", {role: "log", "aria-live": "polite"});
    this.log.addEventListener("wheel", () => { this.pinned = false; }, {passive: true});
    this.log.addEventListener("touchmove", () => { this.pinned = false; }, {passive: true});
    this.log.addEventListener("scroll", () => {
      if (this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40) this.pinned = true;
    });
    this.log.addEventListener("load", toEnd, true);
    this.resized = new ResizeObserver(toEnd);
    this.resized.observe(this.log);
    this.toast = el("div.toast", {role: "status"});
    this.keys = el("div.keys");
    this.input = el("textarea", {rows: 1, placeholder: "Message", "aria-label": `Message of ${fullName(person)}`});
    this.input.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); this.send(); }
    });
    this.input.addEventListener("input", () => { this.grow(); this.typeInline(); });
    const button = (what, label, text, onclick) => el(what, {type: "button", "aria-label": label, title: label, onclick}, text);
    this.composer = el("div.composer", {},
      button("button.menu", "Commands", "/", () => this.toggle(this.commandList())),
      this.input,
      button("button.attach", "Attach", "+", () => this.toggle(this.attachList())),
      button("button.send", "Send", "➤", () => this.send()));
    this.answering = new Answering(this);
    this.begin = el("button.begin", {type: "button", onclick: () => this.act("start")}, "START");
    this.sheet = el("div.sheet");
    this.node = el("section.phone", {"data-person": person.id, "aria-label": fullName(person)},
      el("header.head", {},
        el(`span.avatar.c${Math.abs(person.id) % 6}`, {}, person.first_name[0]),
        el("span.who", {}, el("b", {}, fullName(person)), this.status),
        button("button.more", "More", "⋮", () => this.toggle(this.moreList()))),
      ...this.extra(), this.log, this.toast, this.sheet, this.keys, this.answering.node, this.composer, this.begin);
    this.update(EMPTY);
  }

  /** What stands below the head: nothing on a person's own phone. */
  extra() {
    return [];
  }

  /** Who acts, and where: in a group it is chosen. */
  doer() {
    return this.person.id;
  }

  where() {
    return {};
  }

  messages() {
    return this.view.messages;
  }

  async act(name, body = {}) {
    this.close();
    this.pinned = true;
    try {
      return (await post(`/people/${this.doer()}/${name}`, {...this.where(), ...body})).result;
    } catch (error) {
      this.showToast(error.message);
      return null;
    }
  }

  /** Show cards while the text begins with the bot's name, as clients do. */
  async typeInline() {
    const name = `@${this.shared.bot().username} `;
    const typed = this.input.value;
    if (!typed.startsWith(name)) { if (this.sheetOf === "inline") this.close(); return; }
    const asked = await post(`/people/${this.person.id}/inline`, {query: typed.slice(name.length)});
    const cards = await cardsOf(asked.result.query_id);
    if (!cards || this.input.value !== typed) return;
    this.showCards(asked.result.query_id, cards);
  }

  showCards(query_id, cards) {
    const choose = (result_id) => { this.input.value = ""; this.grow(); this.act("choose", {query_id, result_id}); };
    const above = cards.button && this.item("inline", cards.button.text, () => this.act("start", {payload: cards.button.start_parameter}));
    const items = cards.results.map((card) => this.item("inline", card.title, () => choose(card.id), card.description));
    this.sheetOf = "inline";
    this.sheet.classList.add("open");
    this.sheet.replaceChildren(...[above, ...items].filter(Boolean).map((item) => item.node));
  }

  send() {
    const text = this.written();
    const edited = this.answering.edited();
    if (edited !== null) this.act("edit", {message_id: edited, text});
    else if (text) this.act("say", {text, ...this.answering.take()});
  }

  /** Return what was typed, and empty the field. */
  written() {
    const text = this.input.value.trim();
    this.input.value = "";
    this.grow();
    return text;
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 110)}px`;
  }

  update(view) {
    this.view = view;
    const {person} = this;
    const fixed = [person.role, person.language_code].filter(Boolean).join(" · ");
    const still = view.blocked ? "has blocked the bot" : fixed;
    this.status.textContent = view.action ? "bot is typing…" : still;
    clearTimeout(this.typingTimer);
    if (view.action) this.typingTimer = setTimeout(() => { this.status.textContent = still; }, TYPING_MS);
    const ready = view.started && !view.blocked && !person.deactivated;
    this.node.classList.toggle("idle", !ready);
    this.begin.textContent = person.deactivated ? "ACCOUNT DELETED" : view.blocked ? "RESTART" : "START";
    this.begin.disabled = person.deactivated;
    this.drawMessages();
    this.drawKeys();
    this.drawAnswers();
  }

  drawMessages() {
    const nodes = [];
    let day = "";
    for (const message of this.messages()) {
      const today = dayOf(new Date(message.date * 1000));
      if (today !== day) nodes.push(el("div.day", {}, el("span", {}, day = today)));
      const json = JSON.stringify([message, this.actions().label?.(message)]);
      if (this.drawn.get(message.message_id)?.json !== json) {
        this.drawn.set(message.message_id, {json, node: bubble(message, this.actions())});
      }
      nodes.push(this.drawn.get(message.message_id).node);
    }
    if (!nodes.length) nodes.push(this.welcome());
    const same = nodes.length === this.log.childNodes.length && nodes.every((n, i) => n === this.log.childNodes[i]);
    if (!same) this.log.replaceChildren(...nodes);
    if (this.pinned) this.log.scrollTop = this.log.scrollHeight;
  }

  welcome() {
    const words = this.view.description || "Nothing here yet. Press START, or open a worker's link.";
    return el("div.welcome", {}, el("b", {}, this.shared.bot().first_name), el("p", {}, words));
  }

  actions() {
    const {shared} = this;
    return {
      say: (text) => this.act("say", {text}),
      press: (message_id, row, col) => this.act("press", {message_id, row, col}),
      message: (id) => this.view.messages.find((m) => m.message_id === id),
      open: shared.open,
      openers: shared.openers,
      menu: (message) => this.toggle(this.answering.items(message)),
      isDeepLink: shared.isDeepLink,
    };
  }

  drawKeys() {
    const board = this.view.reply_keyboard;
    const shown = board && JSON.stringify(board) !== this.hiddenKeys && this.view.started && !this.view.blocked;
    const key = (button) => el("button.key", {type: "button", onclick: () => this.pressKey(board, button)}, button.text);
    this.keys.replaceChildren(...(shown ? board.keyboard.map((row) => el("div.row", {}, ...row.map(key))) : []));
  }

  pressKey(board, key) {
    if (board.one_time_keyboard) this.hiddenKeys = JSON.stringify(board);
    this.drawKeys();
    if (key.request_contact) this.act("contact");
    else if (key.request_location) this.chooseLocation();
    else this.act("say", {text: key.text});
  }

  drawAnswers() {
    const newest = Math.max(0, ...this.view.answers.map((a) => a.seq));
    const fresh = this.view.answers.filter((a) => this.answered !== null && a.seq > this.answered);
    if (this.view !== EMPTY) this.answered = newest;
    for (const answer of fresh) {
      if (answer.text && answer.show_alert) this.showAlert(answer.text);
      else if (answer.text) this.showToast(answer.text);
      if (answer.url) this.shared.open(answer.url);
    }
  }

  showToast(text) {
    this.toast.textContent = text;
    this.toast.classList.add("shown");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => this.toast.classList.remove("shown"), 4000);
  }

  showAlert(text) {
    const box = el("div.alert", {role: "alertdialog"}, el("div", {}, el("p", {}, text),
      el("button", {type: "button", onclick: () => box.remove()}, "OK")));
    this.node.append(box);
  }

  toggle(items) {
    const open = this.sheet.classList.toggle("open", this.sheetOf !== items[0].kind || !this.sheet.classList.contains("open"));
    this.sheetOf = items[0].kind;
    this.sheet.replaceChildren(...(open ? items.map((i) => i.node) : []));
  }

  close() {
    this.sheet.classList.remove("open");
  }

  item(kind, text, onclick, note = "") {
    return {kind, node: el("button", {type: "button", onclick}, el("b", {}, text), " ", el("small", {}, note))};
  }

  commandList() {
    const items = this.view.commands.map((c) => this.item("commands", `/${c.command}`, () => this.act("say", {text: `/${c.command}`}), c.description));
    return items.length ? items : [this.item("commands", "No commands", () => this.close(), "the bot has set none here")];
  }

  attachList() {
    const send = (text, name, body, note) => this.item("attach", text, () => this.act(name, {...body, ...this.answering.take()}), note);
    const titled = (text, name, note) => this.item("attach", text, () => this.act(name, {caption: this.written(), ...this.answering.take()}), note);
    return [
      this.item("attach", "Location", () => this.chooseLocation(), "a place of the demo city, or any"),
      send("My contact", "contact", {}, this.person.phone || ""),
      titled("Photo", "photo", "a stand-in picture; what is typed becomes its caption"),
      titled("Voice message", "voice", ""),
      send("Round video", "video_note"),
      send("Sticker", "sticker"),
      send("Document", "document", {file_name: "notes.txt", text: "A file for the bot."}, "notes.txt"),
    ];
  }

  moreList() {
    const {blocked} = this.view;
    return [
      this.item("more", "Start again", () => this.act("start"), "/start"),
      this.item("more", "Type a link code", () => this.typeCode(), "as after opening a worker's link"),
      this.item("more", blocked ? "Unblock the bot" : "Block the bot", () => this.act(blocked ? "unblock" : "block")),
      this.item("more", "Delete the account", () => this.act("delete_account"), "the bot can no longer write"),
      this.item("more", "Put the phone away", () => { this.close(); this.shared.remove(this); }),
    ];
  }

  typeCode() {
    this.close();
    const code = el("input", {placeholder: "CODE", maxlength: 64, "aria-label": "Code"});
    ask("Start with a code", (close) => [el("form.fields", {onsubmit: (e) => {
      e.preventDefault();
      close();
      this.act("start", {payload: code.value.trim()});
    }}, code, el("button.main", {}, "Open"))]);
  }

  chooseLocation() {
    this.close();
    const latitude = el("input", {type: "number", step: "any", placeholder: "latitude", "aria-label": "Latitude"});
    const longitude = el("input", {type: "number", step: "any", placeholder: "longitude", "aria-label": "Longitude"});
    const share = (lat, lon) => this.act("location", {latitude: Number(lat), longitude: Number(lon), ...this.answering.take()});
    ask("Share which place?", (close) => [
      el("div.choices", {}, ...this.shared.places().map(([name, lat, lon]) =>
        el("button", {type: "button", onclick: () => { close(); share(lat, lon); }}, name))),
      el("form.fields", {onsubmit: (e) => { e.preventDefault(); close(); share(latitude.value, longitude.value); }},
        latitude, longitude, el("button.main", {}, "Share")),
    ]);
  }
}
