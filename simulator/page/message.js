// One message as a bubble, with its media and its inline buttons.

import {ask, el, timeOf} from "./api.js";
import {linksIn, rich} from "./text.js";

const fileUrl = (id) => `/sim/files/${encodeURIComponent(id)}`;

export function bubble(message, actions) {
  if (message.service) return el("div.day", {"data-id": message.message_id}, el("span", {}, message.service));
  const side = message.from_bot ? "theirs" : "mine";
  const text = message.text ? el("div.text", {}, ...rich(message.text, message.entities, actions)) : null;
  const stamp = el("small.stamp", {}, message.edited ? "edited " : "", timeOf(new Date(message.date * 1000)),
    el("span.do", {title: "Reply, edit, delete, forward", tabindex: 0, onclick: () => actions.menu(message)}, " ⋯"));
  const node = el(`div.message.${side}`, {"data-id": message.message_id});
  const body = el("div.bubble", {}, label(message, actions), quote(message, actions), media(message, actions), text, stamp);
  if (message.media) body.classList.add(`has-${message.media}`);
  node.append(body);
  if (message.reactions.length) node.append(el("div.reactions", {}, ...message.reactions.map((r) => r.emoji || "★")));
  if (message.keyboard.length) node.append(keyboard(message, actions));
  return node;
}

function label(message, actions) {
  const words = [actions.label?.(message), message.forwarded && "forwarded"].filter(Boolean).join(" · ");
  return words ? el("div.label", {}, words) : null;
}

function quote(message, actions) {
  const original = message.reply_to && actions.message(message.reply_to);
  return original ? el("div.quote", {}, original.text || original.media || "") : null;
}

function keyboard(message, actions) {
  const rows = message.keyboard.map((row, r) => el("div.row", {}, ...row.map((button, c) => {
    const press = async (event) => {
      const pressed = event.currentTarget;
      if (button.url) return actions.open(button.url);
      if (button.copy_text) return navigator.clipboard?.writeText(button.copy_text.text);
      pressed.classList.add("busy");
      await actions.press(message.message_id, r, c);
      setTimeout(() => pressed.classList.remove("busy"), 1500);
    };
    return el(`button.key${button.url ? ".link" : ""}`, {type: "button", onclick: press}, button.text);
  })));
  return el("div.keyboard", {}, ...rows);
}

const MEDIA = {photo, document: documentCard, voice, video_note: roundVideo, sticker, venue, location: place, contact};

function media(message, actions) {
  return message.media ? MEDIA[message.media](message, actions) : null;
}

function photo(message, actions) {
  const source = fileUrl(message.file_id);
  const show = () => {
    const link = linksIn(message.text, message.entities).find((url) => actions.isDeepLink(url));
    ask(link ? "Who scans this code?" : "Picture", (close) => [
      el("img.large", {src: source, alt: message.text}),
      link ? actions.openers(link, close) : el("span"),
    ]);
  };
  return el("button.photo", {type: "button", onclick: show}, el("img", {src: source, alt: message.text || "picture"}));
}

function documentCard(message) {
  const file = message.content;
  const size = file.file_size < 1024 ? `${file.file_size} B` : `${(file.file_size / 1024).toFixed(1)} KB`;
  return el("a.document", {href: fileUrl(message.file_id), download: file.file_name},
    el("span.icon", {}, "↓"), el("span", {}, el("b", {}, file.file_name), el("small", {}, size)));
}

function voice(message) {
  const {duration} = message.content;
  const length = `${Math.floor(duration / 60)}:${String(duration % 60).padStart(2, "0")}`;
  return el("div.voice", {}, el("audio", {controls: true, preload: "none", src: fileUrl(message.file_id)}), el("small", {}, length));
}

function roundVideo(message) {
  return el("div.round", {title: "round video"}, `▶ ${message.content.duration} s`);
}

function sticker(message) {
  return el("div.sticker", {}, message.content.emoji || "👍");
}

function venue(message) {
  const {title, address, location} = message.content;
  return map(location, el("b", {}, title), el("small", {}, address));
}

function place(message) {
  return map(message.content, el("b", {}, "Location"));
}

function map(point, ...words) {
  const where = `${point.latitude.toFixed(4)}, ${point.longitude.toFixed(4)}`;
  return el("div.place", {}, el("div.map", {title: where}, el("span.pin")), el("div.words", {}, ...words, el("small.where", {}, where)));
}

function contact(message) {
  const {first_name: first, last_name: last, phone_number: phone} = message.content;
  return el("div.contact", {}, el("span.icon", {}, "☎"), el("span", {}, el("b", {}, [first, last].filter(Boolean).join(" ")), el("small", {}, phone)));
}
