// A group as a phone: who speaks is chosen, and in which topic.

import {ask, el, fullName} from "./api.js";
import {Phone} from "./phone.js";

const EVERYWHERE = "";

export class Room extends Phone {
  constructor(group, shared) {
    super({...group, first_name: group.title, role: group.is_forum ? "group with topics" : group.type}, shared);
    this.refresh(group);
  }

  extra() {
    this.speaker = el("select", {"aria-label": "Who speaks"});
    this.topic = el("select", {"aria-label": "Topic", onchange: () => this.update(this.view)});
    return [el("div.room", {}, this.speaker, this.topic)];
  }

  /** Take over members and topics. */
  refresh(group) {
    this.person = Object.assign(this.person, group);
    const people = this.shared.people().filter((p) => group.members.includes(p.id));
    fill(this.speaker, people.map((p) => [String(p.id), fullName(p)]));
    fill(this.topic, [[EVERYWHERE, "All topics"], ...group.topics.map((t) => [String(t.id), t.name])]);
    this.topic.hidden = !group.is_forum;
  }

  doer() {
    return this.speaker.value;
  }

  where() {
    return {chat_id: this.person.id, ...(this.topic.value === EVERYWHERE ? {} : {thread_id: Number(this.topic.value)})};
  }

  messages() {
    const {value} = this.topic;
    return this.view.messages.filter((m) => value === EVERYWHERE || m.thread_id === Number(value));
  }

  update(view) {
    super.update({...view, started: true});
  }

  actions() {
    const topics = new Map((this.person.topics || []).map((t) => [t.id, t.name]));
    const label = (m) => [m.author, this.topic.value === EVERYWHERE && topics.get(m.thread_id)].filter(Boolean).join(" · ");
    return {...super.actions(), label};
  }

  typeInline() {}

  moreList() {
    const {blocked} = this.view;
    const thread = Number(this.topic.value);
    return [
      this.person.is_forum && this.item("more", "New topic", () => this.newTopic()),
      thread && this.item("more", "Delete this topic", () => this.act("delete_topic", {thread_id: thread}), "the bot is not told"),
      this.item("more", blocked ? "Let the bot in" : "Remove the bot", () => this.act(blocked ? "unblock" : "block")),
      this.item("more", "Put the phone away", () => { this.close(); this.shared.remove(this); }),
    ].filter(Boolean);
  }

  newTopic() {
    this.close();
    const name = el("input", {placeholder: "Name", maxlength: 128, required: true, "aria-label": "Name of the topic"});
    ask("New topic", (close) => [el("form.fields", {onsubmit: (e) => {
      e.preventDefault();
      close();
      this.act("open_topic", {title: name.value.trim()});
    }}, name, el("button.main", {}, "Make"))]);
  }
}

function fill(select, options) {
  const chosen = select.value;
  const key = JSON.stringify(options);
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  select.replaceChildren(...options.map(([value, text]) => el("option", {value}, text)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}
