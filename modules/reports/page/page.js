(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("words").textContent);
  const language = document.documentElement.lang;
  const collator = new Intl.Collator(language, { numeric: true });
  const count = new Intl.NumberFormat(language);
  const PAGE = 100;
  const UNITS = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  const EMPTY = "\u2013";

  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const fill = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const number = (text) => {
    const found = /^(-?[\d.]+)([kMGT]?)$/.exec(text);
    return found ? Number(found[1]) * (UNITS[found[2]] || 1) : -Infinity;
  };

  /* Rows that stand in the page: shown, hidden and moved. */
  class Standing {
    constructor(section) {
      this.body = section.querySelector("tbody");
      this.rows = [...this.body.rows];
      this.size = this.rows.length;
      this.paged = false;
    }
    cell(row, column) {
      const text = this.rows[row].cells[column].textContent;
      return text === EMPTY ? "" : text;
    }
    text(row) {
      return this.rows[row].textContent;
    }
    show(order) {
      const wanted = new Set(order);
      const all = document.createDocumentFragment();
      this.rows.forEach((row, i) => { row.hidden = !wanted.has(i); });
      order.forEach((i) => all.append(this.rows[i]));
      this.rows.forEach((row, i) => { if (!wanted.has(i)) all.append(row); });
      this.body.append(all);
    }
  }

  /* Rows that travel as data: a page of them is made when it is asked for. */
  class Carried {
    constructor(section) {
      const data = JSON.parse(document.getElementById("d-" + section.dataset.table).textContent);
      this.body = section.querySelector("tbody");
      this.numeric = [...section.querySelectorAll("thead th")].map((head) => head.classList.contains("n"));
      this.columns = data.columns;
      this.head = data.head;
      this.english = new Map(Object.entries(data.english || {}).map(([column, rows]) => [Number(column), new Set(rows)]));
      this.size = (data.columns[0].i || data.columns[0].v).length;
      this.texts = new Array(this.size);
      this.paged = true;
    }
    cell(row, column) {
      const { v, i } = this.columns[column];
      return i ? v[i[row]] : v[row];
    }
    text(row) {
      return this.columns.map((_, column) => this.cell(row, column)).join(" ");
    }
    show(order) {
      this.body.replaceChildren(...order.map((row) => this.row(row)));
    }
    row(row) {
      return element("tr", {}, ...this.columns.map((_, column) => {
        const made = element(column === this.head ? "th" : "td", { textContent: this.cell(row, column) || EMPTY });
        if (column === this.head) made.scope = "row";
        if (this.numeric[column]) made.className = "n";
        if (this.english.get(column)?.has(row)) made.lang = "en";
        return made;
      }));
    }
  }

  class Listing {
    constructor(section, changed) {
      this.section = section;
      this.id = section.dataset.table;
      this.rows = document.getElementById("d-" + this.id) ? new Carried(section) : new Standing(section);
      this.folded = new Array(this.rows.size);
      this.search = section.querySelector(".tools input");
      this.filters = [...section.querySelectorAll(".tools select")];
      this.status = section.querySelector(".status");
      this.heads = [...section.querySelectorAll("thead th")];
      this.everywhere = "";
      this.changed = changed;
      this.reset();
      this.makeControls();
    }
    reset() {
      this.search.value = "";
      this.filters.forEach((filter) => { filter.value = ""; });
      this.sorted = -1;
      this.down = false;
      this.page = 1;
    }
    makeControls() {
      let waiting = 0;
      const again = () => { this.page = 1; this.show(); this.changed(this); };
      this.search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(again, 120); });
      this.filters.forEach((filter) => filter.addEventListener("change", again));
      this.section.querySelector(".clear").addEventListener("click", () => { this.reset(); again(); this.search.focus(); });
      this.heads.forEach((head, column) => {
        const button = element("button", { type: "button", textContent: head.textContent });
        button.addEventListener("click", () => { this.sortBy(column); again(); });
        head.replaceChildren(button);
      });
      if (this.rows.paged) this.makePager();
      this.section.querySelector(".tools").hidden = false;
    }
    makePager() {
      const step = (by) => () => { this.page += by; this.show(); this.changed(this); };
      const title = this.section.querySelector("caption").textContent;
      this.before = element("button", { type: "button", textContent: words.previous });
      this.after = element("button", { type: "button", textContent: words.next });
      this.place = element("span", {});
      this.before.addEventListener("click", step(-1));
      this.after.addEventListener("click", step(1));
      const pager = element("div", { className: "pager live" }, this.before, this.place, this.after);
      pager.setAttribute("role", "group");
      pager.setAttribute("aria-label", fill("pages-of", { title }));
      this.section.querySelector(".scroll").after(pager);
    }
    sortBy(column) {
      if (this.sorted !== column) [this.sorted, this.down] = [column, false];
      else if (!this.down) this.down = true;
      else this.sorted = -1;
    }
    text(row) {
      return this.folded[row] ??= fold(this.rows.text(row));
    }
    found() {
      const terms = fold(this.search.value + " " + this.everywhere).split(/\s+/).filter(Boolean);
      const wanted = this.filters.filter((f) => f.value).map((f) => [Number(f.dataset.column), f.value]);
      const all = [];
      for (let row = 0; row < this.rows.size; row++) {
        if (wanted.every(([column, value]) => this.rows.cell(row, column) === value)
          && (!terms.length || terms.every((term) => this.text(row).includes(term)))) all.push(row);
      }
      return all;
    }
    ordered(rows) {
      if (this.sorted < 0) return rows;
      const numeric = this.heads[this.sorted].classList.contains("n");
      const keys = new Map(rows.map((row) => {
        const text = this.rows.cell(row, this.sorted);
        return [row, numeric ? number(text) : text];
      }));
      const sign = this.down ? -1 : 1;
      const order = numeric
        ? (a, b) => sign * (keys.get(a) - keys.get(b) || 0)
        : (a, b) => sign * collator.compare(keys.get(a), keys.get(b));
      return rows.sort((a, b) => order(a, b) || a - b);
    }
    show() {
      const rows = this.ordered(this.found());
      this.hits = rows.length;
      this.section.classList.toggle("short", rows.length <= Number(this.section.dataset.paper));
      this.heads.forEach((head, column) => {
        if (column === this.sorted) head.setAttribute("aria-sort", this.down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      this.rows.show(this.rows.paged ? this.turn(rows) : rows);
      this.status.textContent = fill("shown", { shown: count.format(rows.length), count: count.format(this.rows.size) });
    }
    turn(rows) {
      const pages = Math.max(1, Math.ceil(rows.length / PAGE));
      this.page = Math.min(Math.max(1, this.page), pages);
      this.place.textContent = fill("page-of", { page: count.format(this.page), pages: count.format(pages) });
      this.able(this.before, this.page > 1, this.after);
      this.able(this.after, this.page < pages, this.before);
      return rows.slice((this.page - 1) * PAGE, this.page * PAGE);
    }
    /* A button that had the focus and can no longer be pressed hands it to the other: the keyboard must not lose its place. */
    able(button, can, other) {
      const focused = document.activeElement === button;
      button.disabled = !can;
      if (focused && !can) { other.disabled = false; other.focus(); }
    }
    /* What a link to this selection must hold: t, q, f (column:value), s (column), d, p. */
    state() {
      const state = new URLSearchParams();
      if (this.search.value) state.set("q", this.search.value);
      this.filters.filter((f) => f.value).forEach((f) => state.append("f", f.dataset.column + ":" + f.value));
      if (this.sorted >= 0) state.set("s", this.sorted);
      if (this.sorted >= 0 && this.down) state.set("d", 1);
      if (this.page > 1) state.set("p", this.page);
      return state;
    }
    restore(state) {
      this.reset();
      this.search.value = state.get("q") || "";
      state.getAll("f").forEach((text) => {
        const [column, ...value] = text.split(":");
        const filter = this.filters.find((f) => f.dataset.column === column);
        const known = filter && [...filter.options].some((option) => option.value === value.join(":"));
        if (known) filter.value = value.join(":");
      });
      const column = Number(state.get("s") ?? -1);
      this.sorted = Number.isInteger(column) && column < this.heads.length ? column : -1;
      this.down = state.get("d") === "1";
      this.page = Number(state.get("p")) || 1;
    }
  }

  const everywhere = document.getElementById("search-all");
  const keep = (listing) => {
    const state = listing ? listing.state() : new URLSearchParams();
    if (listing && [...state].length) state.set("t", listing.id);
    if (!listing && everywhere.value) state.set("q", everywhere.value);
    const text = [...state].length ? "#" + state : location.pathname + location.search;
    history.replaceState(null, "", text);
  };
  const listings = [...document.querySelectorAll(".listing")].filter((s) => s.querySelector(".tools"))
    .map((section) => new Listing(section, keep));

  const tell = () => listings.forEach((listing) => {
    const place = document.querySelector('[data-hits="' + listing.id + '"]');
    if (place) place.textContent = everywhere.value ? count.format(listing.hits) + " / " + count.format(listing.rows.size) : "";
  });
  const searchAll = () => {
    listings.forEach((listing) => { listing.everywhere = everywhere.value; listing.page = 1; listing.show(); });
    tell();
  };
  const restore = () => {
    const text = location.hash.slice(1);
    if (!text.includes("=")) {
      const target = text && document.getElementById(text);
      const folded = target && (target.closest("details") || target.querySelector("details"));
      if (folded) { folded.open = true; target.scrollIntoView({ behavior: "instant" }); }
      return false;
    }
    const state = new URLSearchParams(text);
    const named = listings.find((listing) => listing.id === state.get("t"));
    everywhere.value = named ? "" : state.get("q") || "";
    listings.forEach((listing) => { listing.everywhere = everywhere.value; listing.restore(listing === named ? state : new URLSearchParams()); listing.show(); });
    tell();
    (named ? named.section : document.getElementById("tables")).scrollIntoView({ behavior: "instant" });
    return true;
  };

  document.documentElement.classList.add("js");
  document.querySelectorAll(".needs-script").forEach((part) => { part.hidden = false; });
  let waiting = 0;
  everywhere.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { searchAll(); keep(null); }, 150);
  });
  const towns = [...document.querySelectorAll("details.town")];
  document.getElementById("open-all").addEventListener("click", () => towns.forEach((town) => { town.open = true; }));
  document.getElementById("close-all").addEventListener("click", () => towns.forEach((town) => { town.open = false; }));
  let closed = [];
  addEventListener("beforeprint", () => { closed = towns.filter((town) => !town.open); closed.forEach((town) => { town.open = true; }); });
  addEventListener("afterprint", () => closed.forEach((town) => { town.open = false; }));
  addEventListener("hashchange", restore);
  if (!restore()) listings.forEach((listing) => listing.show());
})();
