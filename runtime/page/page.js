"use strict";
// The page can be read without this. It adds: search, zoom, neighbours, the comparison of two points, and the choice of light or dark.
(() => {
const $ = id => document.getElementById(id);
const root = document.documentElement;
const D = JSON.parse($("data").textContent);
const S = D.s;
root.classList.add("live");

const SVG = "http://www.w3.org/2000/svg";
// el makes an element: attributes, then children, of which texts become text and never markup.
function el(name, attrs, ...children) {
  const e = document.createElement(name);
  return fill(e, attrs, children);
}
function svg(name, attrs, ...children) {
  return fill(document.createElementNS(SVG, name), attrs, children);
}
function fill(e, attrs, children) {
  for (const k in attrs || {}) if (attrs[k] !== null) e.setAttribute(k, attrs[k]);
  for (const c of children) if (c !== null && c !== undefined) e.append(c);
  return e;
}
// anchor writes a name as the page's addresses have it.
function anchor(name) {
  let out = "";
  for (const b of new TextEncoder().encode(name)) {
    const c = String.fromCharCode(b);
    out += /[A-Za-z0-9._-]/.test(c) ? c : "~" + b.toString(16).padStart(2, "0");
  }
  return out;
}
const order = (a, b) => a < b ? -1 : a > b ? 1 : 0;

// ---- light and dark. Nothing is kept: pages that are files share what they could keep it in.
const theme = el("button", {type: "button", id: "theme"}, "Dark");
const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const sayTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; sayTheme(); });
sayTheme();
$("tools").append(theme);

// ---- how high the header is, below which the list and the places of addresses stand: a long name takes two lines
const headed = () => root.style.setProperty("--head", document.querySelector("header").offsetHeight + "px");
headed();
addEventListener("resize", headed);

// ---- the names of tables and migrations lead to their own addresses
for (const h of document.querySelectorAll(".t>h3,.m>h3")) h.replaceChildren(el("a", {href: "#" + h.parentNode.id}, ...h.childNodes));

// ---- search
const index = [];
// columns reads those of a table from its section: key, name and type.
function columns(i) {
  if (!columns.known) {
    columns.known = new Map();
    for (const t of document.querySelectorAll(".t")) {
      const head = [...t.querySelectorAll("thead th")].slice(0, 9).map(e => e.textContent), at = n => head.indexOf(n);
      columns.known.set(+t.querySelector(".near").dataset.t, [...t.querySelector("tbody").rows].map(r => {
        const cell = k => r.cells[k] ? r.cells[k].textContent.trim() : ""; // what is empty at the end of a row is left out
        return [cell(at("Key")).split(",")[0], r.cells[0].firstChild.nodeValue.trim(), cell(1) + (cell(at("Null")) ? "?" : "")];
      }));
    }
  }
  return columns.known.get(i);
}
D.t.forEach((t, i) => {
  const name = S[t], href = "#t-" + anchor(name);
  index.push({name, kind: "table", href});
  for (const c of columns(i)) index.push({name: c[1], of: name, kind: "column of " + name, href});
});
for (const h of document.querySelectorAll("#objects .o > h3")) {
  if (h.parentNode.id) index.push({name: h.textContent.trim(), kind: "object", href: "#" + h.parentNode.id});
}
for (const m of D.m) index.push({name: S[m.n], kind: "migration", href: "#m-" + anchor(S[m.n])});

function search(text) {
  const q = text.trim().toLowerCase();
  if (!q) return [];
  const found = [];
  for (const x of index) {
    const name = x.name.toLowerCase(), full = x.of ? x.of.toLowerCase() + "." + name : name;
    let rank = name === q ? 0 : name.startsWith(q) ? 1 : name.includes(q) ? 2 : full.includes(q) ? 3 : -1;
    if (rank < 0) continue;
    if (x.of) rank += .5;
    found.push({...x, rank});
  }
  found.sort((a, b) => a.rank - b.rank || order(a.name, b.name) || order(a.kind, b.kind));
  return found.slice(0, 30);
}
const input = el("input", {type: "search", id: "q", placeholder: "Search  ( / )", autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-label": "Search tables, columns, objects and migrations", "aria-controls": "hits", "aria-expanded": "false"});
const hits = el("ul", {id: "hits", role: "listbox", "aria-label": "Found"});
const said = el("p", {class: "legend", role: "status", id: "said"});
let chosen = -1;
function choose(i) {
  const all = hits.querySelectorAll("a");
  chosen = all.length ? (i + all.length) % all.length : -1;
  all.forEach((a, k) => a.setAttribute("aria-selected", k === chosen));
  if (chosen >= 0) {
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({block: "nearest"});
  } else input.removeAttribute("aria-activedescendant");
}
function show() {
  const found = search(input.value);
  hits.replaceChildren(...found.map((x, i) => el("li", {role: "presentation"}, el("a", {href: x.href, role: "option", id: "hit" + i, tabindex: -1}, x.name, el("small", null, x.kind)))));
  said.textContent = !input.value.trim() ? "" : found.length ? "" : "Nothing is called so.";
  input.setAttribute("aria-expanded", found.length > 0);
  for (const e of document.querySelectorAll("#list > h2, #list > ul:not(#hits)")) e.hidden = found.length > 0;
  choose(0);
}
input.addEventListener("input", show);
input.addEventListener("keydown", e => {
  if (e.key === "ArrowDown") choose(chosen + 1);
  else if (e.key === "ArrowUp") choose(chosen - 1);
  else if (e.key === "Enter" && chosen >= 0) hits.querySelectorAll("a")[chosen].click();
  else if (e.key === "Escape") { input.value = ""; show(); input.blur(); }
  else return;
  e.preventDefault();
});
$("find").append(input, hits, said);

// ---- diagram: zoom, pan, neighbours
const er = $("er"), canvas = $("canvas");
const near = D.t.map(() => new Set());
for (const f of D.f) { near[f[0]].add(f[1]); near[f[1]].add(f[0]); }
let box = null, full = null, light = () => {}, closer = () => {};
if (er) {
  const vb = er.viewBox.baseVal;
  full = [0, 0, vb.width, vb.height];
  const labels = er.querySelector(".fl") !== null; // names of groups, for a look from afar
  const size = () => { const r = er.getBoundingClientRect(); return [Math.max(r.width, 1), Math.max(r.height, 1)]; };
  const set = b => {
    box = b;
    er.setAttribute("viewBox", b.map(n => Math.round(n * 100) / 100).join(" "));
    const [w, h] = size();
    er.classList.toggle("far", labels && w > 1 && Math.min(w / b[2], h / b[3]) < .36);
  };
  let fitted = 0; // the width that it was fitted to
  const fit = () => {
    fitted = canvas.clientWidth;
    const wide = Math.max(fitted, 1), room = parseFloat(getComputedStyle(canvas).paddingTop);
    canvas.style.height = Math.round(Math.min(Math.max(innerHeight * .74, 320), full[3] * Math.min(wide / full[2], 1.15) + 24) + room) + "px";
    const [w, h] = size(), scale = Math.min(w / full[2], h / full[3], 1.15);
    set([full[2] / 2 - w / scale / 2, full[3] / 2 - h / scale / 2, w / scale, h / scale]);
  };
  const zoom = (by, cx = .5, cy = .5) => {
    const w = Math.min(Math.max(box[2] * by, 150), full[2] * 4), k = w / box[2], h = box[3] * k;
    set([box[0] + (box[2] - w) * cx, box[1] + (box[3] - h) * cy, w, h]);
  };
  const pan = (dx, dy) => set([box[0] + dx * box[2], box[1] + dy * box[3], box[2], box[3]]);
  const place = i => { const b = $("b" + i), r = b.querySelector(".bx"); return [...b.getAttribute("transform").match(/-?[\d.]+/g), r.getAttribute("width"), r.getAttribute("height")].map(Number); };
  // reveal moves a table that is outside into the middle; closer comes so near that it can be read, too.
  const reveal = i => {
    const [x, y, w, h] = place(i);
    if (x < box[0] || y < box[1] || x + w > box[0] + box[2] || y + h > box[1] + box[3]) set([x + w / 2 - box[2] / 2, y + h / 2 - box[3] / 2, box[2], box[3]]);
  };
  closer = i => {
    const [x, y, w, h] = place(i), [wide, high] = size().map(n => n / .8);
    if (wide < box[2] * .6) set([x + w / 2 - wide / 2, y + h / 2 - high / 2, wide, high]);
    else reveal(i);
  };
  const button = (label, title, does) => { const b = el("button", {type: "button", title, "aria-label": title}, label); b.addEventListener("click", does); return b; };
  const all = button("All", "Show all tables alike (Esc)", () => light(-1));
  all.hidden = true;
  canvas.append(el("div", {class: "zoom"}, all, button("+", "Zoom in (+)", () => zoom(1 / 1.4)), button("\u2212", "Zoom out (-)", () => zoom(1.4)), button("Fit", "Show the whole diagram (f)", fit)));
  fit();
  addEventListener("resize", () => { if (canvas.clientWidth !== fitted) fit(); }); // the height alone changes when a telephone hides its bars
  addEventListener("beforeprint", () => { er.setAttribute("viewBox", full.join(" ")); er.classList.toggle("far", labels && full[2] > 2000); });
  addEventListener("afterprint", () => set(box));
  canvas.addEventListener("wheel", e => {
    if (!e.ctrlKey && !e.metaKey) return; // the page scrolls
    e.preventDefault();
    const r = er.getBoundingClientRect();
    zoom(Math.exp(e.deltaY / 300), (e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height);
  }, {passive: false});
  let from = null, moved = false;
  const fingers = new Map();
  const unit = () => { const r = er.getBoundingClientRect(); return Math.max(box[2] / r.width, box[3] / r.height); };
  er.addEventListener("pointerdown", e => { if (e.button === 0) { fingers.set(e.pointerId, e); from = [e.clientX, e.clientY, box[0], box[1]]; moved = false; } });
  addEventListener("pointermove", e => {
    const was = fingers.get(e.pointerId);
    if (was && fingers.size === 2) {
      const other = [...fingers.values()].find(o => o !== was), apart = a => Math.max(Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY), 1), r = er.getBoundingClientRect();
      zoom(apart(was) / apart(e), ((e.clientX + other.clientX) / 2 - r.left) / r.width, ((e.clientY + other.clientY) / 2 - r.top) / r.height);
      fingers.set(e.pointerId, e);
      from = null;
      moved = true;
    }
    if (!from) return;
    const dx = e.clientX - from[0], dy = e.clientY - from[1];
    if (Math.abs(dx) + Math.abs(dy) > 4) moved = true;
    if (moved) set([from[2] - dx * unit(), from[3] - dy * unit(), box[2], box[3]]);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, e => { fingers.delete(e.pointerId); from = null; });
  er.addEventListener("click", e => { if (moved && e.detail) e.preventDefault(); moved = false; }, true); // a click by a key has no detail
  er.addEventListener("dragstart", e => e.preventDefault());
  er.addEventListener("dblclick", e => { if (!e.target.closest("a")) zoom(1 / 1.6); });
  canvas.addEventListener("keydown", e => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const keys = {"+": () => zoom(1 / 1.4), "=": () => zoom(1 / 1.4), "-": () => zoom(1.4), f: fit, ArrowLeft: () => pan(-.1, 0), ArrowRight: () => pan(.1, 0), ArrowUp: () => pan(0, -.1), ArrowDown: () => pan(0, .1)};
    if (keys[e.key]) { keys[e.key](); e.preventDefault(); }
  });
  // A table that is pointed at, or has the focus, shows what it is connected with; one that the address names keeps it so.
  let kept = -1;
  const lit = i => {
    er.classList.toggle("focus", i >= 0);
    for (const e of er.querySelectorAll(".lit,.hit")) e.classList.remove("lit", "hit");
    if (i < 0) return;
    for (const k of [i, ...near[i]]) $("b" + k).classList.add("lit");
    $("b" + i).classList.add("hit");
    for (const p of er.querySelectorAll(".lines path")) {
      const f = D.f[p.dataset.l];
      if (f && (f[0] === i || f[1] === i)) p.classList.add("lit");
    }
  };
  light = i => { kept = i; all.hidden = i < 0; lit(i); };
  const at = e => { const a = e.target.closest && e.target.closest("a.b"); return a ? +a.id.slice(1) : -1; };
  er.addEventListener("pointerover", e => { const i = at(e); lit(i >= 0 ? i : kept); });
  er.addEventListener("pointerleave", () => lit(kept));
  canvas.addEventListener("focusin", e => { const i = at(e); if (i >= 0) { lit(i); if (!from) reveal(i); } }); // on er they would make it a stop of the Tab key
  canvas.addEventListener("focusout", () => lit(kept));
}

// ---- the neighbours of one table: who refers to it, itself, what it refers to
const places = s => [...s].reduce((n, c) => n + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{10ffff}]/u.test(c) ? 2 : 1), 0); // signs of East Asia take two
const cut = s => [...s].length > 32 ? [...s].slice(0, 31).join("") + "\u2026" : s;
function draw(i) {
  const from = [], to = [];
  let loop = false;
  for (const f of D.f) {
    if (f[0] === i && f[1] === i) loop = true;
    else if (f[1] === i && !from.includes(f[0])) from.push(f[0]);
    else if (f[0] === i && !to.includes(f[1])) to.push(f[1]);
  }
  if (!from.length && !to.length && !loop) return null;
  const most = 24;
  const more = Math.max(0, from.length - most);
  from.length = Math.min(from.length, most);
  const rows = (t, wanted) => columns(t).filter(r => !wanted || wanted.has(r[1]));
  const make = (t, wanted, side) => {
    const r = rows(t, wanted), name = S[D.t[t]];
    let w = places(cut(name)) * 8.2 + 30;
    for (const x of r) w = Math.max(w, 34 + places(cut(x[1])) * 7.5 + 18 + places(cut(x[2])) * 7.5 + 10);
    return {t, side, name, rows: r, w: Math.ceil(w), h: 30 + 18 * Math.max(1, r.length)};
  };
  const uses = (t, side) => {
    const s = new Set();
    for (const f of D.f) {
      if (side < 0 && f[0] === t && f[1] === i) for (const c of f[2]) s.add(S[c]);
      if (side > 0 && f[1] === t && f[0] === i) for (const c of f[3]) s.add(S[c]);
    }
    return s;
  };
  const me = make(i, null, 0);
  const left = from.map(t => make(t, uses(t, -1), -1)), right = to.map(t => make(t, uses(t, 1), 1));
  const height = list => list.reduce((n, b) => n + b.h + 14, -14);
  const h = Math.max(me.h, height(left), height(right), 30), gap = 76;
  const wide = list => list.reduce((n, b) => Math.max(n, b.w), 0);
  const x1 = left.length ? wide(left) + gap : 0, x2 = x1 + me.w + gap;
  const stack = (list, x, alignRight) => { let y = (h - height(list)) / 2; for (const b of list) { b.x = alignRight ? x - b.w : x; b.y = Math.round(y); y += b.h + 14; } };
  stack(left, x1 - gap, true); stack([me], x1); stack(right, x2);
  const lines = svg("g", {class: "lines", "aria-hidden": "true"});
  const rowY = (b, cols) => { const k = b.rows.findIndex(r => cols.some(c => S[c] === r[1])); return b.y + 36 + 18 * Math.max(0, k); };
  const path = (f, a, b) => {
    const y1 = rowY(a, f[2]), y2 = rowY(b, f[3]), attrs = {"marker-start": "url(#m-" + (f[4] ? "lone" : "many") + ")", "marker-end": "url(#m-" + (f[5] ? "lone" : "one") + ")"};
    if (a === b) { const x = a.x + a.w; attrs.d = `M${x} ${y1}H${x + 40}V${y2}H${x}`; }
    else { const x = a.x + a.w, m = (x + b.x) / 2; attrs.d = `M${x} ${y1}H${x + 24}C${m} ${y1} ${m} ${y2} ${b.x - 24} ${y2}H${b.x}`; }
    lines.append(svg("path", attrs));
  };
  for (const f of D.f) {
    if (f[0] === i && f[1] === i) path(f, me, me);
    else if (f[0] === i) path(f, me, right.find(b => b.t === f[1]));
    else if (f[1] === i) { const b = left.find(b => b.t === f[0]); if (b) path(f, b, me); }
  }
  const width = Math.max(x2 + wide(right), x1 + me.w + (loop ? 60 : 0)) + 2;
  const out = svg("svg", {class: "er", viewBox: `-2 -2 ${width + 2} ${h + 4}`, width: width + 2, height: h + 4, role: "group", "aria-label": "Neighbours of " + me.name}, lines);
  for (const b of [...left, me, ...right]) {
    const main = $("b" + b.t), hue = main ? main.getAttribute("class").match(/h\d/)[0] : "h0";
    const g = svg("a", {href: "#t-" + anchor(b.name), class: "b " + hue + (b === me ? " hit" : ""), transform: `translate(${b.x} ${b.y})`, "aria-label": b.name},
      svg("rect", {class: "bx", width: b.w, height: b.h, rx: 6}), svg("path", {class: "bh", d: `M1 27V6Q1 1 6 1H${b.w - 6}Q${b.w - 1} 1 ${b.w - 1} 6V27Z`}), svg("text", {class: "bn", x: 10, y: 18}, cut(b.name)));
    b.rows.forEach((r, k) => {
      const y = 40 + 18 * k;
      if (r[0]) g.append(svg("text", {class: "bk", x: 10, y}, r[0]));
      g.append(svg("text", {x: 34, y}, cut(r[1])), svg("text", {class: "bt", x: b.w - 10, y}, cut(r[2])));
    });
    out.append(g);
  }
  const div = document.createDocumentFragment();
  div.append(out);
  if (more) div.append(el("p", {class: "legend"}, "and " + more + " more, listed below"));
  return div;
}
const drawn = e => { if (!e.dataset.done) { e.dataset.done = 1; const g = draw(+e.dataset.t); if (g) e.append(g); } };
if ("IntersectionObserver" in window) {
  const seen = new IntersectionObserver(all => { for (const x of all) if (x.isIntersecting) { seen.unobserve(x.target); drawn(x.target.querySelector(".near")); } }, {rootMargin: "600px"});
  for (const t of document.querySelectorAll(".t")) seen.observe(t);
} else for (const e of document.querySelectorAll(".near")) drawn(e);
addEventListener("beforeprint", () => document.querySelectorAll(".near").forEach(drawn));

// ---- comparison of two points of the history
function named(word) {
  if (word === "zero") return -1;
  let at = D.m.findIndex(m => S[m.n] === word);
  if (at < 0) {
    const all = D.m.map((m, i) => i).filter(i => S[D.m[i].n].startsWith(word));
    if (all.length !== 1) return null;
    at = all[0];
  }
  return at;
}
function find(word) { // what stands for it
  let at = named(word);
  while (at >= 0 && at !== null && D.m[at].r) at = D.m[at].r - 1;
  return at;
}
function heads() {
  const parent = new Set();
  D.m.forEach(m => { if (!m.r) for (const p of m.p || []) parent.add(p); });
  return D.m.map((m, i) => i).filter(i => !D.m[i].r && !parent.has(i));
}
function sequence() { // each behind what it is based on
  const out = [], done = new Set();
  const visit = i => { if (done.has(i) || D.m[i].r) return; done.add(i); for (const p of D.m[i].p || []) visit(p); out.push(i); };
  D.m.forEach((m, i) => visit(i));
  return out;
}
function state(points) {
  const within = new Set(), todo = points.filter(p => p >= 0), out = [];
  while (todo.length) { const i = todo.pop(); if (!within.has(i)) { within.add(i); todo.push(...(D.m[i].p || [])); } }
  for (const i of sequence()) {
    if (!within.has(i)) continue;
    const c = D.m[i].c || [];
    for (let k = 0, at = 0; k < c.length; k += 3) { at += c[k]; out[at] = c[k + 1] < 0 ? null : [S[c[k + 1]], S[c[k + 2]]]; }
  }
  return out;
}
const signs = {added: "+", altered: "~", dropped: "\u2212"};
function differences(from, to) {
  const was = state(from), is = state(to), groups = new Map();
  for (let i = 0; i * 2 < D.o.length; i++) {
    const o = [D.o[2 * i], D.o[2 * i + 1] ? i - D.o[2 * i + 1] : -1];
    const a = was[i] || null, b = is[i] || null;
    if (a === b || a && b && a[0] === b[0] && a[1] === b[1]) continue;
    const kind = S[D.k[o[0]]], of = kind === "table" ? i : o[1], word = !a ? "added" : !b ? "dropped" : "altered";
    if (!groups.has(of)) { const t = of < 0 ? null : is[of] || was[of]; groups.set(of, {name: t ? t[0] : "", word: "altered", rows: []}); }
    const g = groups.get(of);
    if (kind === "table") g.word = word;
    g.rows.push({word, kind, at: o[0], name: (b || a)[0], was: a && b && a[0] !== b[0] ? a[0] : "", old: a ? a[1] : "", now: b ? b[1] : ""});
  }
  const all = [...groups.values()];
  for (const g of all) g.rows.sort((a, b) => Math.min(a.at, 10) - Math.min(b.at, 10));
  return all.sort((a, b) => order(a.name, b.name));
}
function rendered(all) {
  const out = el("div", {class: "diff"});
  if (!all.length) out.append(el("p", null, "Nothing differs."));
  for (const g of all) {
    out.append(el("h3", {class: "d " + g.word}, el("b", {class: "g"}, signs[g.word]), " " + (g.name || "beside the tables")));
    const body = el("tbody");
    for (const d of g.rows) {
      const td = el("td");
      if (d.old && d.old !== d.now) td.append(el("del", null, d.old), " ");
      if (d.now) td.append(el(d.old && d.old !== d.now || d.word === "added" ? "ins" : "code", null, d.now));
      body.append(el("tr", {class: d.word}, el("td", {class: "g"}, signs[d.word]), el("td", null, d.kind),
        el("th", null, d.name, d.was ? " " : null, d.was ? el("small", null, "was " + d.was) : null), td));
    }
    out.append(el("div", {class: "wide"}, el("table", {class: "d"}, body)));
  }
  return out;
}
function marked(all) {
  const marks = new Map(all.map(g => [g.name, g.word]));
  for (const a of document.querySelectorAll("#er a.b")) {
    a.classList.remove("added", "altered", "dropped");
    for (const e of a.querySelectorAll(".bm.js")) e.remove();
    const word = marks.get(S[D.t[+a.id.slice(1)]]);
    if (!word) continue;
    a.classList.add(word);
    if (!a.querySelector(".bm")) a.append(svg("text", {class: "bm js", x: +a.querySelector(".bx").getAttribute("width") - 10, y: 19}, signs[word]));
    for (const e of a.querySelectorAll(".bi")) e.remove();
  }
}
function compare(from, to) {
  const a = from === "" ? -1 : find(from), b = to === "" ? heads() : find(to) === null ? null : [find(to)];
  let section = $("compare");
  if (!section) {
    section = el("section", {id: "compare", "aria-labelledby": "h-compare"});
    $("main").prepend(section);
  }
  const name = i => i < 0 ? "the empty database" : S[D.m[i].n];
  const close = el("button", {type: "button"}, "Close");
  close.addEventListener("click", () => { section.remove(); marked([]); address("", ""); });
  if (a === null || b === null) {
    const word = a === null ? from : to, fit = D.m.map(m => S[m.n]).filter(n => n.startsWith(word));
    section.replaceChildren(el("h2", {id: "h-compare"}, "Compare"), el("p", null, fit.length ? "Several migrations begin with " + word + ", of which one has to be named: " + fit.join(", ") + "." :
      "There is no migration that begins with " + word + "; the newest is " + heads().map(name).join(", ") + "."), close);
    marked([]);
    return null;
  }
  const all = differences([a], b);
  section.replaceChildren(el("h2", {id: "h-compare"}, "From " + name(a) + " to " + (b.length === 1 ? name(b[0]) : "the newest")), ...[from, to].map((word, k) => {
    const is = word === "" ? -1 : named(word), at = k ? b[0] : a;
    return is < 0 || is === at ? "" : el("p", {class: "legend"}, name(is) + " is replaced by " + name(at) + ".");
  }), rendered(all), close);
  marked(all);
  return all;
}
function address(from, to) {
  const q = new URLSearchParams();
  if (from) q.set("from", from);
  if (to) q.set("to", to);
  try { history.replaceState(null, "", (String(q) ? "?" + q : location.pathname) + location.hash); } catch { /* not from where the page is */ }
}
if (D.m.length) {
  const names = D.m.filter(m => !m.r).map(m => S[m.n]);
  const select = (id, label, value, first) => {
    const s = el("select", {id, "aria-label": label}, el("option", {value: first[0]}, first[1]), ...names.map(n => el("option", {value: n}, n)));
    s.value = value;
    return s;
  };
  const from = select("from", "Compare from", names.length > 1 ? names[names.length - 2] : "zero", ["zero", "the empty database"]);
  const to = select("to", "Compare to", names[names.length - 1], ["", "the newest"]);
  const go = el("button", {type: "button", id: "go"}, "Compare");
  go.addEventListener("click", () => { compare(from.value, to.value); address(from.value, to.value); $("compare").scrollIntoView(); });
  $("pick").append("From ", from, " to ", to, go);
  const q = new URLSearchParams(location.search);
  if (q.has("from") || q.has("to")) compare(q.get("from") || "", q.get("to") || "");
}

// ---- addresses: #t-orders, #m-0042, #m-0042/t-orders
function visit() {
  for (const e of document.querySelectorAll("[aria-current],.at")) { e.removeAttribute("aria-current"); e.classList.remove("at"); }
  const parts = location.hash.slice(1).split("/");
  let focus = null;
  for (const part of parts) {
    let e = part ? $(part) : null;
    if (!e && part.startsWith("m-")) {
      const all = document.querySelectorAll(".m[id^='" + CSS.escape(part) + "']");
      if (all.length) e = all[all.length - 1];
    }
    if (!e) continue;
    if (e.matches(".t,.m,.o")) e.classList.add("at");
    if (e.matches(".t")) {
      drawn(e.querySelector(".near"));
      if (er) { light(+e.querySelector(".near").dataset.t); closer(+e.querySelector(".near").dataset.t); }
      const a = [...document.querySelectorAll("#list ul:not(#hits) a")].find(a => a.getAttribute("href") === "#" + e.id);
      if (a) { a.setAttribute("aria-current", "true"); a.scrollIntoView({block: "nearest"}); }
    }
    focus = e;
  }
  if (focus && (parts.length > 1 || !$(parts[0]))) focus.scrollIntoView();
}
addEventListener("hashchange", visit);
visit();
addEventListener("keydown", e => {
  if (e.ctrlKey || e.altKey || e.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) return;
  if (e.key === "/") { input.focus(); e.preventDefault(); }
  if (e.key === "Escape" && er) light(-1);
});
window.modelgen = {search, differences, find, compare, draw, D, S, light: i => light(i), viewBox: () => box};
})();
