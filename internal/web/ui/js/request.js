// Asking for information: what is public already shows while one types, and a
// draft stays on this device until it is sent or cleared. The number of an
// identity paper is never kept. Without this script the form works as before.
(function () {
  var keep = 7 * 24 * 3600 * 1000;

  function store(name) {
    try {
      return window.localStorage && { key: "gongkai-draft-" + name, box: window.localStorage };
    } catch (refused) {
      return null;
    }
  }

  document.querySelectorAll("[data-draft-done]").forEach(function (mark) {
    var at = store(mark.dataset.draftDone);
    if (at) at.box.removeItem(at.key);
  });

  var form = document.querySelector("form[data-draft]");
  if (!form) return;
  var at = store(form.dataset.draft);
  var names = ["content", "organ", "kind", "name", "speaker", "phone", "mail", "address", "how"];

  function read() {
    if (!at) return null;
    try {
      var draft = JSON.parse(at.box.getItem(at.key) || "null");
      if (draft && Date.now() - draft.at < keep) return draft;
      at.box.removeItem(at.key);
    } catch (broken) {
      at.box.removeItem(at.key);
    }
    return null;
  }

  function save() {
    if (!at) return;
    var draft = read() || { values: {} };
    draft.at = Date.now();
    names.forEach(function (name) {
      var control = form.elements[name];
      if (control) draft.values[name] = control.type === "checkbox" ? control.checked : control.value;
    });
    try {
      at.box.setItem(at.key, JSON.stringify(draft));
    } catch (full) {
      return; // the form itself is not in danger
    }
    clearers.forEach(function (button) { button.hidden = false; });
  }

  var clearers = Array.prototype.slice.call(document.querySelectorAll("[data-draft-clear]"));
  var note = document.querySelector("[data-draft-note]");
  clearers.forEach(function (button) {
    button.addEventListener("click", function () {
      if (at) at.box.removeItem(at.key);
      location.href = location.pathname;
    });
  });

  var draft = read();
  if (draft) {
    var restored = false;
    names.forEach(function (name) {
      var control = form.elements[name], value = draft.values[name];
      if (!control || value === undefined || value === "") return;
      if (control.type === "checkbox") {
        if (control.dataset.fresh !== undefined) control.checked = value;
      } else if (control.value === "" || control.dataset.fresh !== undefined) {
        restored = restored || control.value !== value;
        control.value = value;
      }
    });
    if (note && restored) note.hidden = false;
    clearers.forEach(function (button) { button.hidden = false; });
  }
  // Only an organisation says who speaks for it.
  var kind = form.elements.kind;
  function units() {
    form.querySelectorAll("[data-unit-field]").forEach(function (field) {
      field.hidden = kind.value === "natural";
    });
  }
  if (kind && kind.options) {
    kind.addEventListener("change", units);
    units();
  }

  // One tap takes a suggested organ.
  form.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-take]");
    var organ = form.elements.organ;
    if (!button || !organ) return;
    organ.value = button.value;
    if (organ.value !== button.value) return; // not in the list: the server decides
    event.preventDefault();
    save();
    shownFor = "";
    look();
    organ.focus();
  });

  form.addEventListener("input", save);
  form.addEventListener("change", save);

  var words = form.elements.content, list = document.querySelector("[data-known-list]");
  var live = words && list && window.fetch && window.AbortController;
  var asked = null, timer = 0, shownFor = words ? words.value.trim() : "";

  function look() {
    if (!live) return;
    var typed = words.value.trim();
    if (typed === shownFor) return;
    if (asked) asked.abort();
    shownFor = typed;
    if (typed.length < 2) {
      list.textContent = "";
      return;
    }
    asked = new AbortController();
    fetch(form.dataset.known, { method: "POST", body: new URLSearchParams({ content: typed, organ: form.elements.organ.value }), signal: asked.signal })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (html) {
        if (words.value.trim() !== typed) return;
        list.replaceChildren.apply(list, new DOMParser().parseFromString(html, "text/html").body.childNodes);
      })
      .catch(function () {
        // Left off, or out of reach: the next step shows the list.
      });
  }

  if (!live) return;
  words.addEventListener("input", function (event) {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(look, 500);
  });
  words.addEventListener("compositionend", function () {
    clearTimeout(timer);
    timer = setTimeout(look, 500);
  });
  if (draft && words.value.trim() !== shownFor) look();
})();
