// Runs before the first paint, so that a chosen colour scheme does not flash.
(function () {
  try {
    var theme = localStorage.getItem("theme");
    var size = localStorage.getItem("size");
    if (theme === "care" || theme === "night") document.documentElement.dataset.theme = theme;
    if (size === "2" || size === "3") document.documentElement.dataset.size = size;
  } catch (e) {
    // Storage is closed to us: the page keeps the default looks.
  }
})();
