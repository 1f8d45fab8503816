// Runs in the page when its address ends in #selftest, after the script of the page. browser_test.go reads what it writes.
(async () => {
  if (location.hash !== "#selftest") return;
  const $ = id => document.getElementById(id), said = [];
  const check = (what, ok) => said.push((ok ? "ok " : "FAIL ") + what);
  const press = (e, key) => e.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  const type = text => { const q = $("q"); q.value = text; q.dispatchEvent(new Event("input")); return [...document.querySelectorAll("#hits a")]; };
  const turn = () => new Promise(done => setTimeout(done, 30));
  const go = async hash => { location.hash = hash; await turn(); };
  try {
    const api = window.modelgen, box = () => api.viewBox().join(" ");
    check("the script has run", document.documentElement.classList.contains("live") && !!api);
    check("no error and no breach of the policy", window.trouble.length === 0);
    check("no text of the input runs", typeof window.hacked === "undefined");

    let hits = type("lend");
    check("search finds a table", hits.length > 0 && hits[0].getAttribute("href") === "#t-lendings");
    hits = type("publisher_id");
    check("search finds a column", hits.some(a => a.getAttribute("href") === "#t-books" && a.textContent.includes("column of books")));
    check("search finds a migration", type("0007").some(a => a.getAttribute("href") === "#m-0007_drop"));
    check("search finds an object", type("overdue").some(a => a.getAttribute("href").startsWith("#o-")));
    check("search says when there is nothing", type("no such thing").length === 0 && $("said").textContent !== "");
    check("search finds hostile names", type("<script>hacked").length > 0);
    type("user");
    press($("q"), "ArrowDown");
    check("arrows choose", document.querySelectorAll("#hits a")[1].getAttribute("aria-selected") === "true" && $("q").getAttribute("aria-activedescendant") === "hit1");
    press($("q"), "Escape");
    check("Esc ends the search", $("q").value === "" && document.querySelectorAll("#hits a").length === 0);
    press(document.body, "/");
    check("/ goes to the search", document.activeElement === $("q"));
    type("tags");
    press($("q"), "Enter");
    await turn();
    check("Enter opens what is chosen", location.hash === "#t-tags");
    type("");

    await go("#t-books");
    const book = [...document.querySelectorAll("#er a.b")].find(a => a.getAttribute("href") === "#t-books");
    const shelf = [...document.querySelectorAll("#er a.b")].find(a => a.getAttribute("href") === "#t-shelves");
    const tags = [...document.querySelectorAll("#er a.b")].find(a => a.getAttribute("href") === "#t-tags");
    check("a table of the address shows its neighbours", book.classList.contains("hit") && shelf.classList.contains("lit") && !tags.classList.contains("lit"));
    check("the list marks it", document.querySelector("#list [aria-current]").textContent === "books");
    check("its neighbours are drawn", document.querySelectorAll("#t-books .near svg a.b").length === 5 && document.querySelectorAll("#t-books .near .lines path").length === 4);
    press(document.body, "Escape");
    check("Esc shows all alike", !$("er").classList.contains("focus"));

    press($("canvas"), "f");
    const before = box(), rect = e => e.getBoundingClientRect();
    const inside = e => { const a = rect(e), b = rect($("canvas")); return a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1; };
    $("er").focus();
    check("the drawing itself is no stop of the Tab key", document.activeElement !== $("er"));
    press($("canvas"), "+");
    const closer = box();
    press($("canvas"), "ArrowRight");
    const aside = box();
    press($("canvas"), "f");
    check("keys zoom, pan and fit", before !== closer && closer !== aside && box() === before);

    for (let i = 0; i < 4; i++) press($("canvas"), "+");
    const outside = !inside(book) || !inside(tags);
    book.focus();
    const first = inside(book);
    tags.focus();
    check("a table that gets the focus is moved into the diagram", outside && first && inside(tags));
    press($("canvas"), "f");
    const small = rect(tags).width;
    await go("#t-cards");
    await go("#t-tags");
    check("the diagram comes near to the table of the address", rect(tags).width > 1.5 * small && inside(tags));
    press($("canvas"), "f");
    const finger = (kind, id, x) => $("er").dispatchEvent(new PointerEvent(kind, {pointerId: id, pointerType: "touch", clientX: rect($("er")).left + x, clientY: rect($("er")).top + 50, bubbles: true}));
    finger("pointerdown", 1, 100); finger("pointerdown", 2, 200); finger("pointermove", 2, 300);
    const pinched = api.viewBox()[2];
    finger("pointerup", 2, 300); finger("pointercancel", 1, 100); finger("pointermove", 1, 400);
    check("two fingers zoom", Math.abs(pinched * 2 - before.split(" ")[2]) < 1 && api.viewBox()[2] === pinched);
    $("canvas").style.paddingTop = "90px"; // as on a narrow screen, where the buttons stand above
    press($("canvas"), "f");
    check("the diagram fills its place", Math.abs(api.viewBox()[2] / api.viewBox()[3] - rect($("er")).width / rect($("er")).height) < .02);
    $("canvas").style.paddingTop = "";
    press($("canvas"), "f");
    press($("canvas"), "+");
    const zoomed = $("er").getAttribute("viewBox");
    dispatchEvent(new Event("beforeprint"));
    check("all of it is printed", $("er").getAttribute("viewBox").startsWith("0 0 ") && [...document.querySelectorAll(".near")].every(e => e.dataset.done));
    dispatchEvent(new Event("afterprint"));
    check("and is on the screen as it was", $("er").getAttribute("viewBox") === zoomed);
    press($("canvas"), "f");

    const head = document.querySelector("header");
    head.style.height = "120px"; // as where the name of the set is long
    dispatchEvent(new Event("resize"));
    const under = e => Math.abs(rect(e).top - rect(head).bottom - 11) < 3;
    await go("#m-0006");
    check("the number of a migration is an address", $("m-0006_rename").classList.contains("at"));
    check("which is where the page goes to, however much lies between", under($("m-0006_rename")));
    await go("#t-authors");
    check("back to a table, too", under($("t-authors")));
    head.style.height = "";
    dispatchEvent(new Event("resize"));
    await go("#m-0007_drop/t-books");
    check("a migration and a table are an address", $("m-0007_drop").classList.contains("at") && $("t-books").classList.contains("at"));

    const plain = e => e.innerHTML.replace(/>\s+/g, ">").replace(/\s+</g, "<").replace(/&quot;/g, '"').replace(/\s+/g, " ");
    const made = plain(document.querySelector("#compare .diff"));
    const all = api.compare("0003_l", "0007");
    check("the comparison is that which was made without a script", plain(document.querySelector("#compare .diff")) === made && made.length > 500);
    const books = all.find(t => t.name === "books");
    check("compare tells what was added, dropped and altered", ["added", "dropped", "altered"].every(w => books.rows.some(r => r.word === w)) && all.some(t => t.word === "added" && t.name === "tags"));
    check("compare marks tables in the diagram", book.classList.contains("altered") && tags.classList.contains("added") && !!tags.querySelector(".bm"));
    check("what is as it was does not differ", api.differences([api.find("0007")], [api.find("0007")]).length === 0);
    check("back is the other way round", api.differences([api.find("0007")], [api.find("0003_l")]).find(t => t.name === "tags").word === "dropped");
    $("from").value = "zero"; $("to").value = "0001_initial"; $("go").click();
    check("the choice of two points compares them", $("h-compare").textContent === "From the empty database to 0001_initial");
    check("and is in the address", location.search === "?from=zero&to=0001_initial");
    check("an unknown point is said to be none", api.compare("nothing", "") === null && $("compare").textContent.includes("no migration") && $("compare").textContent.includes("the newest is "));
    check("a beginning of several names is told with them", api.compare("0003", "") === null && $("compare").textContent.includes("0003_loans"));

    api.compare("0002", "0003_loans");
    check("what a squash stands for is told", $("compare").textContent.includes("0002_cards is replaced by 0003_squashed_0002_cards.") && $("compare").textContent.includes("0003_loans is replaced by"));

    const dark = () => getComputedStyle(document.body).backgroundColor;
    const one = dark();
    $("theme").click();
    check("light and dark differ", dark() !== one);
    $("theme").click();
    check("and back", dark() === one);
    const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
    check("no id is there twice", new Set(ids).size === ids.length);
    check("every table of the diagram has a name for screen readers", [...document.querySelectorAll("#er a.b")].every(a => a.getAttribute("aria-label")));
    check("no text is wider than its table", [...document.querySelectorAll("#er a.b, .near a.b")].every(a => {
      const w = +a.querySelector(".bx").getAttribute("width");
      return [...a.querySelectorAll("text")].every(t => { const b = t.getBBox(); return b.x >= 0 && b.x + b.width <= w + 1; });
    }));
    check("still no error", window.trouble.length === 0);
  } catch (e) {
    said.push("FAIL " + e.stack);
  }
  const out = document.createElement("pre");
  out.id = "selftest";
  out.textContent = said.join("\n") + (window.trouble.length ? "\nFAIL " + window.trouble.join("\nFAIL ") : "") + "\ndone";
  document.body.append(out);
})();
