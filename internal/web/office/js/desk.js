// The import desk with scripts: drag and drop, one file after another with
// progress, and a table that fills by itself. Without it the plain forms work.
(function () {
  "use strict";

  var form = document.querySelector("form[data-desk]");
  if (form) { dress(form); }
  watch();

  function dress(form) {
    var input = form.querySelector('input[type="file"]');
    var progress = form.querySelector(".drop-progress");
    var faults = form.querySelector(".drop-faults");
    var button = form.querySelector("button");
    var busy = false;
    form.querySelector(".drop-word").hidden = false;
    ["dragenter", "dragover"].forEach(function (name) {
      form.addEventListener(name, function (e) { e.preventDefault(); form.classList.add("drop-over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      form.addEventListener(name, function (e) { e.preventDefault(); form.classList.remove("drop-over"); });
    });
    form.addEventListener("drop", function (e) {
      if (e.dataTransfer && e.dataTransfer.files.length) { start(e.dataTransfer.files); }
    });
    form.addEventListener("submit", function (e) {
      if (!input.files.length) { return; }
      e.preventDefault();
      start(input.files);
    });

    function field(name) {
      var control = form.querySelector('[name="' + name + '"]');
      return control ? control.value : "";
    }

    function start(list) {
      if (busy) { return; }
      var organ = form.querySelector("select");
      if (organ && !organ.value) { organ.reportValidity(); return; }
      busy = true;
      button.disabled = true;
      progress.hidden = false;
      faults.hidden = true;
      faults.textContent = "";
      var files = Array.prototype.slice.call(list);
      batch().then(function (id) { return sendAll(id, files); }).catch(stop);
    }

    function stop(error) {
      busy = false;
      button.disabled = false;
      progress.textContent = "上传停住了：" + error.message;
    }

    function batch() {
      if (form.dataset.batch) { return Promise.resolve(form.dataset.batch); }
      var body = new FormData();
      body.append("form_token", field("form_token"));
      body.append("organ", field("organ"));
      return post("/office/import", body).then(function (answer) { return answer.batch; });
    }

    function sendAll(id, files) {
      var bad = 0;
      return files.reduce(function (before, file, i) {
        return before.then(function () {
          progress.textContent = "正在上传第 " + (i + 1) + " 个，共 " + files.length + " 个：" + file.name;
          var body = new FormData();
          body.append("form_token", field("form_token"));
          body.append("file", file, file.name);
          return post("/office/import/" + id + "/files", body).catch(function (error) {
            bad += 1;
            var line = document.createElement("li");
            line.textContent = file.name + "：" + error.message;
            faults.appendChild(line);
            faults.hidden = false;
          });
        });
      }, Promise.resolve()).then(function () {
        var to = "/office/import/" + id;
        if (!bad) { location.assign(to); return; }
        progress.textContent = files.length - bad + " 个已上传，" + bad + " 个没有上传。";
        var link = document.createElement("a");
        link.href = to;
        link.textContent = "去看这一批";
        progress.appendChild(link);
        form.dataset.batch = id;
        busy = false;
        button.disabled = false;
      });
    }
  }

  function post(url, body) {
    return fetch(url, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" }).then(function (answer) {
      return answer.text().then(function (text) {
        var value = {};
        try { value = JSON.parse(text); } catch (e) { value = {}; }
        if (answer.ok) { return value; }
        throw new Error(value.error || "没有收下（" + answer.status + "），请刷新页面后再试。");
      });
    });
  }

  // watch asks for the page again while files are read, and puts the new table
  // in the place of the old one; boxes that were ticked stay ticked.
  function watch() {
    var live = document.getElementById("desk-live");
    if (!live || live.dataset.working !== "true") { return; }
    window.setTimeout(function () {
      fetch(location.href, { credentials: "same-origin" }).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (text) {
        var fresh = text && new DOMParser().parseFromString(text, "text/html").getElementById("desk-live");
        if (fresh) {
          live.querySelectorAll('input[name="item"]:checked').forEach(function (box) {
            var same = fresh.querySelector("#" + box.id);
            if (same) { same.checked = true; }
          });
          var open = Array.prototype.map.call(live.querySelectorAll("details[open]"), function (d) { return d.closest("tr").rowIndex; });
          live.replaceWith(fresh);
          open.forEach(function (i) {
            var row = fresh.querySelectorAll("tr")[i];
            var d = row && row.querySelector("details");
            if (d) { d.open = true; }
          });
        }
        watch();
      }).catch(watch);
    }, 1500);
  }
})();
