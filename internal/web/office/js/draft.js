// A draft saves itself while it is written: 20 seconds after a change, and
// before the page is left with unsaved words a question is asked. The tools
// above the text put headings, articles and tables at the cursor; everything
// they do can be typed by hand as well.
(function () {
  "use strict";
  // The time to take a signature back runs down; the words were right when
  // the page came and stay right without this.
  var left = document.querySelector("[data-until]");
  if (left) {
    var ahead = Number(left.dataset.until) * 1000;
    var tick = function () {
      var s = Math.max(0, Math.round((ahead - Date.now()) / 1000));
      var d = Math.floor(s / 86400), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
      if (s <= 0) { window.clearInterval(beat); window.setTimeout(function () { window.location.reload(); }, 4000); }
      left.textContent = s <= 0 ? "时间到，正在发布。" : (h >= 48 ? d + " 天" : h > 0 ? h + " 小时 " + m + " 分" : m > 0 ? m + " 分 " + s % 60 + " 秒" : s + " 秒") + "内可以收回。";
    };
    var beat = window.setInterval(tick, 1000);
  }
  var form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) { return; }
  var state = document.getElementById("draft-state");
  var dirty = false, busy = false, timer = 0;
  function say(text) { state.textContent = text; }
  function changed() {
    dirty = true;
    say("有改动，尚未保存");
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 20000);
  }
  form.addEventListener("input", function (e) { if (e.target.name) { changed(); } });
  form.addEventListener("submit", function () { dirty = false; window.clearTimeout(timer); });
  window.addEventListener("beforeunload", function (e) { if (dirty) { e.preventDefault(); } });
  function save() {
    if (busy || !dirty) { return Promise.resolve(!dirty); }
    busy = true;
    dirty = false;
    var body = new URLSearchParams(new FormData(form));
    body.delete("keep");
    return fetch(form.action, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (r) { return r.json().then(function (v) { return { ok: r.ok, v: v }; }); })
      .then(function (x) {
        busy = false;
        if (x.ok) {
          form.elements.version.value = x.v.version;
          say("已自动保存，第 " + x.v.version + " 稿" + (x.v.missing ? "；送审前还差 " + x.v.missing + " 项" : ""));
          return true;
        }
        dirty = true;
        say("没有自动保存：" + (x.v.text || "请点保存"));
        return false;
      })
      .catch(function () { busy = false; dirty = true; say("网络不通，稍后自动再存"); timer = window.setTimeout(save, 20000); return false; });
  }
  // What leads away from the page waits until the words are saved.
  document.querySelectorAll("[data-after-save]").forEach(function (x) {
    x.addEventListener(x.tagName === "FORM" ? "submit" : "click", function (e) {
      if (!dirty) { return; }
      e.preventDefault();
      save().then(function (ok) {
        if (!ok) { state.scrollIntoView({ block: "center" }); return; }
        if (x.tagName !== "FORM") { window.location.href = x.href; return; }
        if (x.elements.version) { x.elements.version.value = form.elements.version.value; }
        x.submit();
      });
    });
  });
  var listed = document.getElementById("f-listed");
  if (listed) {
    listed.addEventListener("change", function () {
      var at = listed.options[listed.selectedIndex], withheld = form.querySelector('[name="attribute"][value="不予公开"]');
      if (!at.dataset.ground || !withheld || !withheld.checked) { return; }
      form.elements.ground.value = at.dataset.ground;
      form.elements.reason.value = at.dataset.reason;
    });
  }

  var text = document.getElementById("f-text"), tools = document.querySelector(".draft-tools"), grid = document.getElementById("draft-grid");
  if (!text || !tools || !grid) { return; }
  tools.hidden = false;
  function lines() { return text.value.split("\n"); }
  function lineAt(pos) { return text.value.slice(0, pos).split("\n").length - 1; }
  function startOf(line) { return lines().slice(0, line).join("\n").length + (line > 0 ? 1 : 0); }
  function show(line) {
    var from = startOf(line), to = from + (lines()[line] || "").length;
    text.focus();
    text.setSelectionRange(from, to);
    text.scrollTop = Math.max(0, text.scrollHeight * line / Math.max(1, lines().length) - text.clientHeight / 3);
  }
  // write puts lines in the place of some others.
  function write(from, count, list, select) {
    var all = lines();
    Array.prototype.splice.apply(all, [from, count].concat(list));
    text.value = all.join("\n");
    changed();
    show(from + (select || 0));
  }
  function put(line) {
    var at = lineAt(text.selectionStart), empty = lines()[at].trim() === "";
    write(empty ? at : at + 1, empty ? 1 : 0, [line]);
  }
  var digits = "零一二三四五六七八九";
  function numeral(n) {
    if (n < 10) { return digits[n]; }
    if (n < 20) { return "十" + (n % 10 ? digits[n % 10] : ""); }
    if (n < 100) { return digits[Math.floor(n / 10)] + "十" + (n % 10 ? digits[n % 10] : ""); }
    var rest = n % 100;
    return digits[Math.floor(n / 100)] + "百" + (rest === 0 ? "" : rest < 10 ? "零" + digits[rest] : rest < 20 ? "一" + numeral(rest) : numeral(rest));
  }
  function next(mark) {
    var before = lines().slice(0, lineAt(text.selectionStart) + 1);
    return numeral(before.filter(function (l) { return mark.test(l.trim()); }).length + 1);
  }
  var inserts = {
    chapter: function () { put("第" + next(/^第[一二三四五六七八九十百零]+章/) + "章　"); },
    heading: function () { put(next(/^[一二三四五六七八九十]+、/) + "、"); },
    article: function () { put("第" + next(/^第[一二三四五六七八九十百零]+条/) + "条　"); },
    appendix: function () { put("附件：1."); },
    table: openGrid,
    picture: function () {
      var places = document.getElementById("picture-after"), at = lineAt(text.selectionStart) + 1;
      var here = places.querySelector("[data-cursor]") || document.createElement("option");
      here.dataset.cursor = "1";
      here.value = String(at);
      here.textContent = "光标所在的第 " + at + " 行之后";
      places.insertBefore(here, places.firstChild);
      places.value = here.value;
      document.getElementById("picture-alt").focus();
    }
  };
  tools.addEventListener("click", function (e) {
    var act = inserts[e.target.dataset.insert];
    if (act) { act(); }
  });

  // The outline leads to its lines. Lines move while one writes, so the nearest
  // line with the same beginning counts.
  document.querySelectorAll("#draft-outline li").forEach(function (li) {
    var b = document.createElement("button"), words = li.textContent.replace(/…$/, "");
    b.type = "button";
    b.textContent = li.textContent;
    li.textContent = "";
    li.appendChild(b);
    b.addEventListener("click", function () {
      var all = lines(), want = Number(li.dataset.line), best = Math.min(want, all.length - 1), near = Infinity;
      all.forEach(function (l, i) {
        if (l.trim().indexOf(words) === 0 && Math.abs(i - want) < near) { near = Math.abs(i - want); best = i; }
      });
      show(best);
    });
  });

  // The grid edits the lines with tabs around the cursor, or a new table.
  var table = grid.querySelector("table"), at = 0, count = 0, cell = [0, 0];
  function openGrid() {
    var all = lines(), line = lineAt(text.selectionStart), from = line, to = line;
    if (all[line].indexOf("\t") < 0) {
      at = all[line].trim() === "" ? line : line + 1;
      count = all[line].trim() === "" ? 1 : 0;
      fill([["", "", ""], ["", "", ""]]);
    } else {
      while (from > 0 && all[from - 1].indexOf("\t") >= 0) { from--; }
      while (to + 1 < all.length && all[to + 1].indexOf("\t") >= 0) { to++; }
      at = from;
      count = to - from + 1;
      fill(all.slice(from, to + 1).map(function (l) { return l.split("\t"); }));
    }
    grid.hidden = false;
    enter(0, 0);
  }
  function rows() {
    return Array.prototype.map.call(table.rows, function (r) { return Array.prototype.map.call(r.cells, function (c) { return c.firstChild.value; }); });
  }
  function fill(list) {
    var width = Math.max.apply(null, [2].concat(list.map(function (r) { return r.length; })));
    while (list.length < 2) { list.push([]); }
    while (table.rows.length) { table.deleteRow(0); } // the caption stays
    list.forEach(function (r, y) {
      var tr = table.insertRow();
      for (var x = 0; x < width; x++) {
        var td = document.createElement(y ? "td" : "th"), input = document.createElement("input");
        if (!y) { td.scope = "col"; }
        input.type = "text";
        input.value = (r[x] || "").trim();
        input.setAttribute("aria-label", "第 " + (y + 1) + " 行第 " + (x + 1) + " 列");
        td.appendChild(input);
        tr.appendChild(td);
      }
    });
  }
  function enter(y, x) {
    y = Math.min(Math.max(y, 0), table.rows.length - 1);
    x = Math.min(Math.max(x, 0), table.rows[0].cells.length - 1);
    cell = [y, x];
    table.rows[y].cells[x].firstChild.focus();
  }
  table.addEventListener("focusin", function (e) {
    var td = e.target.parentNode;
    cell = [td.parentNode.rowIndex, td.cellIndex];
  });
  table.addEventListener("keydown", function (e) {
    var i = e.target, step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] }[e.key];
    if (e.key === "ArrowLeft" && i.selectionEnd === 0) { step = [0, -1]; }
    if (e.key === "ArrowRight" && i.selectionStart === i.value.length) { step = [0, 1]; }
    if (e.key === "Escape") { e.preventDefault(); close(); }
    if (!step || e.isComposing) { return; }
    e.preventDefault();
    if (e.key === "Enter" && cell[0] === table.rows.length - 1) { change("row"); return; }
    enter(cell[0] + step[0], cell[1] + step[1]);
  });
  table.addEventListener("paste", function (e) {
    var words = (e.clipboardData || window.clipboardData).getData("text").replace(/\r/g, "");
    if (!/[\t\n]/.test(words.trim())) { return; }
    e.preventDefault();
    var list = rows(), from = cell.slice();
    words.replace(/\n+$/, "").split("\n").forEach(function (l, y) {
      var row = list[from[0] + y] = list[from[0] + y] || [];
      l.split("\t").forEach(function (w, x) { row[from[1] + x] = w; });
    });
    fill(list.map(function (r) { return Array.from(r, function (w) { return w || ""; }); }));
    enter(from[0], from[1]);
  });
  function change(what) {
    var list = rows(), y = cell[0], x = cell[1];
    if (what === "row") { list.splice(y + 1, 0, []); y++; }
    if (what === "column") { list.forEach(function (r) { r.splice(x + 1, 0, ""); }); x++; }
    if (what === "drop-row" && list.length > 2) { list.splice(y, 1); }
    if (what === "drop-column" && list[0].length > 2) { list.forEach(function (r) { r.splice(x, 1); }); }
    fill(list);
    enter(y, x);
  }
  function close() { grid.hidden = true; text.focus(); }
  grid.addEventListener("click", function (e) {
    var what = e.target.dataset.grid;
    if (!what) { return; }
    if (what === "cancel") { close(); return; }
    if (what !== "done") { change(what); return; }
    var list = rows().map(function (r) { return r.map(function (w) { return w.replace(/[\t\n]/g, " ").trim(); }).join("\t"); });
    grid.hidden = true;
    write(at, count, list);
  });
})();
