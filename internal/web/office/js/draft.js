// A draft saves itself while it is written: 20 seconds after a change, and
// before the page is left with unsaved words a question is asked.
(function () {
  "use strict";
  var form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) { return; }
  var state = document.getElementById("draft-state");
  var dirty = false, busy = false, timer = 0;
  function say(text) { state.textContent = text; }
  form.addEventListener("input", function () {
    dirty = true;
    say("有改动，尚未保存");
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 20000);
  });
  form.addEventListener("submit", function () { dirty = false; window.clearTimeout(timer); });
  window.addEventListener("beforeunload", function (e) { if (dirty) { e.preventDefault(); } });
  function save() {
    if (busy || !dirty) { return; }
    busy = true;
    dirty = false;
    var body = new URLSearchParams(new FormData(form));
    body.delete("keep");
    fetch(form.action, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (r) { return r.json().then(function (v) { return { ok: r.ok, v: v }; }); })
      .then(function (x) {
        busy = false;
        if (x.ok) {
          form.elements.version.value = x.v.version;
          say("已自动保存，第 " + x.v.version + " 稿" + (x.v.missing ? "；送审前还差 " + x.v.missing + " 项" : ""));
        } else {
          dirty = true;
          say("没有自动保存：" + (x.v.text || "请点保存"));
        }
      })
      .catch(function () { busy = false; dirty = true; say("网络不通，稍后自动再存"); timer = window.setTimeout(save, 20000); });
  }
})();
