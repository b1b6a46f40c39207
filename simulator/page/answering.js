// What can be done with a message: answer it, change or delete an own one, forward it. One thing at a time.

import {el} from "./api.js";

const EDITABLE = ["text", "photo", "voice", "document"];
const DELETE = "/delete"; // Telegram tells bots nothing of deletions: so the person says it

export class Answering {
  constructor(phone) {
    this.phone = phone;
    this.words = el("span.words");
    this.node = el("div.answering", {}, this.words,
      el("button", {type: "button", "aria-label": "Stop", title: "Stop", onclick: () => this.stop()}, "×"));
    this.stop();
  }

  /** Begin to answer or to edit a message; the next thing that is sent does so. */
  begin(kind, message) {
    this.kind = kind;
    this.message = message;
    this.words.textContent = `${kind === "edit" ? "Edit" : "Reply to"}: ${message.text || message.media}`;
    this.node.classList.add("open");
    const {input} = this.phone;
    if (kind === "edit") input.value = message.text;
    this.phone.grow();
    input.focus();
  }

  stop() {
    this.kind = this.message = null;
    this.node.classList.remove("open");
  }

  /** Return what goes with the next message, and stop. */
  take() {
    const fields = this.kind === "reply" ? {reply_to: this.message.message_id} : {};
    this.stop();
    return fields;
  }

  /** Return the id of the message that is being edited, and stop; null when none is. */
  edited() {
    const id = this.kind === "edit" ? this.message.message_id : null;
    if (id !== null) this.stop();
    return id;
  }

  /** Return the items of the sheet for a message. */
  items(message) {
    const {phone} = this;
    const item = (text, note, onclick) => phone.item(`message-${message.message_id}`, text, () => { phone.close(); onclick(); }, note);
    const own = !message.from_bot;
    const again = message.media && message.media !== "location" ? message.media : "say";
    return [
      item("Reply", "", () => this.begin("reply", message)),
      own && EDITABLE.includes(message.media || "text") && item("Edit", "", () => this.begin("edit", message)),
      own && item("Delete", `sends ${DELETE} as a reply`, () => phone.act("say", {text: DELETE, reply_to: message.message_id})),
      item("Forward", "as if somebody else had written it", () => phone.act(again, {text: message.text || "…", caption: message.text, forwarded: true})),
    ].filter(Boolean);
  }
}
