// Formatted text: Bot API entities become elements; text is only ever inserted as text.

import {el} from "./api.js";

const PLAIN = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const DEEP_LINK = /^https?:\/\/(?:t|telegram)\.me\/(\w+)\?start=([A-Za-z0-9_-]{1,64})$/i;

/** Return the payload of a link that starts this bot, else null. */
export function payloadOf(url, bot) {
  const match = DEEP_LINK.exec(url || "");
  return match && match[1].toLowerCase() === bot.toLowerCase() ? match[2] : null;
}

/** Return the addresses of all links in a text. */
export function linksIn(text, entities) {
  return entities
    .filter((e) => e.type === "url" || e.type === "text_link")
    .map((e) => e.url || text.slice(e.offset, e.offset + e.length));
}

/** Only web addresses may be opened; anything else stays text. */
export function safeUrl(url) {
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`;
  return /^https?:\/\//i.test(whole) ? whole : null;
}

/** Return nodes for a text. JavaScript counts UTF-16 units, as entities do. */
export function rich(text, entities, actions) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return part(text, 0, text.length, sorted, actions);
}

function part(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    if (entity.offset < at || entity.offset >= end) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    const inner = entities.slice(i + 1).filter((e) => e.offset < stop);
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    nodes.push(wrap(entity, text.slice(entity.offset, stop), part(text, entity.offset, stop, inner, actions), actions));
    at = stop;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function wrap(entity, plain, children, actions) {
  if (PLAIN[entity.type]) return el(PLAIN[entity.type], {}, ...children);
  if (entity.type === "spoiler") {
    return el("span.spoiler", {tabindex: 0, title: "Show", onclick: (e) => e.currentTarget.classList.add("shown")}, ...children);
  }
  if (entity.type === "bot_command") {
    return el("a.command", {href: "#", onclick: (e) => { e.preventDefault(); actions.say(plain); }}, ...children);
  }
  if (entity.type === "url" || entity.type === "text_link") {
    const url = entity.url || plain;
    return el("a", {href: safeUrl(url) || "#", title: url, onclick: (e) => { e.preventDefault(); actions.open(url); }}, ...children);
  }
  return el("span.entity", {}, ...children);
}
