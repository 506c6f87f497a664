// Keeps a page up to date that is open: an event of "section" carries {id, html}. What a reader has
// done to a section (opened a table, scrolled it, put the focus in it) stays. Nothing here makes
// markup: the server has made it, and escaped what it shows.
"use strict";

let source = null;
const connection = document.getElementById("connection");

function pathTo(element, section) {
  const path = [];
  for (let at = element; at !== section; at = at.parentElement) {
    path.unshift(Array.prototype.indexOf.call(at.parentElement.children, at));
  }
  return path;
}

function atPath(section, path) {
  return path.reduce((at, index) => at && at.children[index], section);
}

function swap(id, html) {
  const section = document.getElementById(id);
  if (!section) {
    return;
  }
  const focused = section.contains(document.activeElement) && document.activeElement !== section
    ? document.activeElement : null;
  const focus = focused && { id: focused.id, path: pathTo(focused, section) };
  const open = Array.from(section.querySelectorAll("details"), (it) => it.open);
  const scrolled = Array.from(section.querySelectorAll(".wide"), (it) => it.scrollLeft);
  const [left, top] = [window.scrollX, window.scrollY];
  section.innerHTML = html;
  section.querySelectorAll("details").forEach((it, index) => { it.open = Boolean(open[index]); });
  section.querySelectorAll(".wide").forEach((it, index) => { it.scrollLeft = scrolled[index] || 0; });
  if (focus) {
    const again = (focus.id && document.getElementById(focus.id)) || atPath(section, focus.path);
    if (again) {
      again.focus({ preventScroll: true });
    }
  }
  window.scrollTo(left, top);
}

function tell(words) {
  if (connection.textContent !== words) {
    connection.textContent = words;
  }
}

function follow() {
  if (source !== null || document.hidden) {
    return;
  }
  source = new EventSource(document.body.dataset.events);
  source.addEventListener("section", (event) => {
    const { id, html } = JSON.parse(event.data);
    swap(id, html);
  });
  // The address is about another batch by now.
  source.addEventListener("page", () => window.location.reload());
  // The journal has new facts: what a page looked up of it may be old.
  source.addEventListener("facts", () => document.dispatchEvent(new CustomEvent("facts")));
  source.addEventListener("open", () => tell(""));
  source.addEventListener("error", () => {
    tell("Not connected: what you see may be old. Is `serve` still running?");
  });
}

// A browser has six connections to a server for all its tabs: one that nobody looks at needs none.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && source !== null) {
    source.close();
    source = null;
  }
  follow();
});
follow();
