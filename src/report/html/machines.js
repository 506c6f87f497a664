// Searches, sorts and turns over the table of machines in place, and keeps its rows up to date.
// Without it the same links and the same form load the page again. Nothing here makes markup: the
// server has made it, and escaped what it shows.
"use strict";

(() => {
  const form = document.getElementById("machine-search");
  const rows = document.getElementById("machine-rows");
  const told = document.getElementById("machine-told");
  if (!form || !rows || !told) {
    return;
  }
  const TYPING_MS = 150;
  const REFRESH_MS = 2000;
  // While many pages are open, their refreshes take at most this share of the time.
  const REFRESH_SHARE = 20;

  let newest = 0;
  let shown = "";
  let typing = 0;
  let refresh = 0;
  let pause = REFRESH_MS;

  function put(html) {
    if (html === shown) {
      return;
    }
    const focused = rows.contains(document.activeElement) ? document.activeElement.id : "";
    const table = rows.querySelector(".wide");
    const scrolled = table ? table.scrollLeft : 0;
    const [left, top] = [window.scrollX, window.scrollY];
    rows.innerHTML = html;
    shown = html;
    const again = rows.querySelector(".wide");
    if (again) {
      again.scrollLeft = scrolled;
    }
    if (focused) {
      const target = document.getElementById(focused) || again;
      if (target) {
        target.focus({ preventScroll: true });
      }
    }
    window.scrollTo(left, top);
  }

  async function load(search) {
    newest += 1;
    const mine = newest;
    const began = performance.now();
    let html = null;
    try {
      const answer = await fetch("machines" + search, { headers: { Accept: "text/html" } });
      html = answer.ok ? await answer.text() : null;
    } catch {
      // The line at the top says that the server is gone.
    }
    pause = Math.max(REFRESH_MS, REFRESH_SHARE * (performance.now() - began));
    // Somebody typed on meanwhile: that answer counts.
    if (html === null || mine !== newest) {
      return false;
    }
    put(html);
    return true;
  }

  async function show(search) {
    window.history.replaceState(null, "", window.location.pathname + search + "#machines");
    if (await load(search)) {
      const count = document.getElementById("machine-count");
      told.textContent = count ? count.textContent : "";
    }
  }

  function searched() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (name !== "sort" && value !== "") {
        fields.append(name, value);
      }
    }
    const sort = new URLSearchParams(window.location.search).get("sort");
    if (sort) {
      fields.append("sort", sort);
    }
    const text = fields.toString();
    return text ? "?" + text : "";
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    window.clearTimeout(typing);
    show(searched());
  });
  form.addEventListener("change", () => show(searched()));
  form.addEventListener("input", () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(() => show(searched()), TYPING_MS);
  });
  rows.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='?']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
      return;
    }
    event.preventDefault();
    const search = new URL(link.href).search;
    if (search === "") {
      form.querySelectorAll("input").forEach((it) => {
        it.checked = false;
        it.value = it.type === "search" ? "" : it.value;
      });
    }
    show(search);
  });

  // The journal has new facts. Who is reading a selection is not disturbed.
  document.addEventListener("facts", () => {
    if (refresh !== 0) {
      return;
    }
    refresh = window.setTimeout(() => {
      refresh = 0;
      const selection = document.getSelection();
      const reads = selection && !selection.isCollapsed && rows.contains(selection.anchorNode);
      if (!document.hidden && !reads) {
        load(window.location.search);
      }
    }, pause);
  });
})();
