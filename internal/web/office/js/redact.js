// A box is drawn on the picture of a page with a pointer or with arrow keys; it
// only fills the four numbers of the form, which work without this script.
(function () {
  "use strict";
  var sheet = document.querySelector("svg[data-draw]");
  var form = sheet && document.getElementById(sheet.dataset.draw);
  if (!form) { return; }
  var part = document.getElementById("redact-box-part");
  var hint = document.getElementById("redact-keys");
  var size = sheet.viewBox.baseVal, mm = 25.4 / 72, from = null;
  var box = { x: size.width / 4, y: size.height / 4, w: size.width / 4, h: 16 };
  var rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("class", "redact-new");
  hint.hidden = false;
  sheet.setAttribute("tabindex", "0");
  sheet.setAttribute("role", "application");
  sheet.setAttribute("aria-describedby", "redact-keys");
  function between(v, low, high) { return Math.max(low, Math.min(high, v)); }
  function show() {
    if (!rect.parentNode) { sheet.appendChild(rect); }
    rect.setAttribute("x", box.x);
    rect.setAttribute("y", box.y);
    rect.setAttribute("width", box.w);
    rect.setAttribute("height", box.h);
    ["x", "y", "w", "h"].forEach(function (k) { form.elements[k].value = (box[k] * mm).toFixed(1); });
    if (part) { part.open = true; }
  }
  function at(e) {
    var r = sheet.getBoundingClientRect();
    return { x: between((e.clientX - r.left) / r.width, 0, 1) * size.width, y: between((e.clientY - r.top) / r.height, 0, 1) * size.height };
  }
  sheet.addEventListener("pointerdown", function (e) {
    if (e.button !== 0 || e.pointerType === "touch" && !e.isPrimary) { return; }
    from = at(e);
    sheet.setPointerCapture(e.pointerId);
  });
  sheet.addEventListener("pointermove", function (e) {
    if (!from) { return; }
    var to = at(e);
    box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y) };
    if (box.w > 2 && box.h > 2) { show(); }
  });
  function done() { from = null; }
  sheet.addEventListener("pointerup", done);
  sheet.addEventListener("pointercancel", done);
  sheet.addEventListener("keydown", function (e) {
    var step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (e.key === "Enter") {
      show();
      form.elements.ground.focus();
      e.preventDefault();
      return;
    }
    if (!step) { return; }
    e.preventDefault();
    var by = e.ctrlKey ? 1 : 6;
    if (e.shiftKey) {
      box.w = between(box.w + step[0] * by, 4, size.width - box.x);
      box.h = between(box.h + step[1] * by, 4, size.height - box.y);
    } else {
      box.x = between(box.x + step[0] * by, 0, size.width - box.w);
      box.y = between(box.y + step[1] * by, 0, size.height - box.h);
    }
    show();
  });
})();
