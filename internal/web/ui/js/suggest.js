// Names below a search box while one types: an ARIA combobox with a listbox.
// Without this script the form works as before.
(function () {
  if (!window.fetch || !window.AbortController) return;
  var hant = document.documentElement.lang === "zh-Hant";
  var words = hant
    ? { list: "文件和機構名稱建議", found: "%d 條建議，用上下鍵選擇", none: "沒有建議" }
    : { list: "文件和机构名称建议", found: "%d 条建议，用上下键选择", none: "没有建议" };

  document.querySelectorAll("[data-suggest]").forEach(function (box, number) {
    var input = box.querySelector('input[type="search"]');
    if (input) attach(box, input, "suggest-" + number);
  });

  function attach(box, input, id) {
    var list = document.createElement("ul");
    var status = document.createElement("p");
    var asked = null, timer = 0, active = -1, shownFor = "", leaving = false;
    list.id = id;
    list.className = "suggest";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.list);
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    box.appendChild(list);
    box.appendChild(status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", id);
    input.setAttribute("aria-expanded", "false");

    function close() {
      clearTimeout(timer);
      if (asked) asked.abort();
      asked = null;
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
    }

    function choose(n) {
      if (list.children[active]) list.children[active].setAttribute("aria-selected", "false");
      active = n;
      var option = list.children[n];
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    function go(option) {
      var href = option.dataset.href;
      close();
      leaving = true;
      location.href = href;
    }

    function part(option, name, text) {
      var span = document.createElement("span");
      span.className = name;
      span.textContent = text;
      option.appendChild(span);
    }

    function show(items) {
      list.textContent = "";
      active = -1;
      input.removeAttribute("aria-activedescendant");
      items.forEach(function (item, n) {
        var option = document.createElement("li");
        option.id = id + "-" + n;
        option.className = "suggest-option";
        option.dataset.href = item.href;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        part(option, "suggest-text", item.text);
        part(option, "suggest-what", item.validity ? item.what + " · " + item.validity : item.what);
        list.appendChild(option);
      });
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      status.textContent = items.length ? words.found.replace("%d", items.length) : words.none;
    }

    function look() {
      var typed = input.value.trim();
      if (asked) asked.abort();
      if (typed === "") {
        shownFor = "";
        return close();
      }
      if (typed === shownFor && !list.hidden) return;
      var now = (asked = new AbortController());
      fetch(box.dataset.suggest + "?q=" + encodeURIComponent(typed), { signal: now.signal })
        .then(function (answer) { return answer.ok ? answer.json() : { suggestions: [] }; })
        .then(function (answer) {
          if (asked !== now || document.activeElement !== input) return;
          shownFor = typed;
          show(answer.suggestions);
        })
        .catch(function () {
          // Left off, or out of reach: the form itself still works.
        });
    }

    input.addEventListener("input", function (event) {
      if (event.isComposing) return; // the pinyin of an input method is not the word
      clearTimeout(timer);
      timer = setTimeout(look, 150);
    });
    input.addEventListener("compositionend", function () {
      clearTimeout(timer);
      timer = setTimeout(look, 150);
    });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      var n = list.children.length;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && !list.hidden && active >= 0) {
        event.preventDefault();
        go(list.children[active]);
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && n > 0) {
        event.preventDefault();
        if (list.hidden) {
          list.hidden = false;
          input.setAttribute("aria-expanded", "true");
        }
        var step = event.key === "ArrowDown" ? 1 : -1;
        // One place beyond each end is the box itself, with the words as typed.
        var next = active + step;
        choose(next >= n ? -1 : next < -1 ? n - 1 : next);
      }
    });
    input.addEventListener("blur", function () {
      // A window that loses the focus keeps its list; the box has not been left.
      if (document.activeElement !== input) close();
    });
    // The form must not send itself and overtake the way to a chosen page; a
    // reader who comes back finds it as before.
    input.form.addEventListener("submit", function (event) { if (leaving) event.preventDefault(); });
    window.addEventListener("pageshow", function () { leaving = false; });
    // The box keeps the focus while an option is pressed, else the list would go first.
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) go(option);
    });
  }
})();
