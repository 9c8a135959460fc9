// Keeps the display choices. Without this script they still work, for one page.
(function () {
  ["theme", "size"].forEach(function (name) {
    var kept = document.documentElement.dataset[name];
    document.querySelectorAll('input.choice[name="' + name + '"]').forEach(function (input) {
      if (kept) input.checked = input.value === kept;
      input.addEventListener("change", function () {
        var plain = input.value === "default" || input.value === "1";
        if (plain) delete document.documentElement.dataset[name];
        else document.documentElement.dataset[name] = input.value;
        try {
          if (plain) localStorage.removeItem(name);
          else localStorage.setItem(name, input.value);
        } catch (e) {
          // The choice then holds for this page only.
        }
      });
    });
  });

  var settings = document.querySelector(".display-settings");
  if (!settings) return;
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && settings.open) {
      settings.open = false;
      settings.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", function (event) {
    var ofPage = event.isTrusted && !settings.contains(event.target) && !event.target.closest("input.choice");
    if (settings.open && ofPage) settings.open = false;
  });
})();
