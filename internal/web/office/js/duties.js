// 今日应办 by keyboard: j and k move from duty to duty, Enter opens the one in
// focus (its link does that by itself). Without this file the page is the same.
(function () {
  "use strict";
  var links = Array.prototype.slice.call(document.querySelectorAll(".duties .duty-title a"));
  if (!links.length) {
    return;
  }
  document.addEventListener("keydown", function (e) {
    var at = e.target;
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || (at && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName))) {
      return;
    }
    var step = e.key === "j" ? 1 : e.key === "k" ? -1 : 0;
    if (!step) {
      return;
    }
    var now = links.indexOf(document.activeElement);
    var next = now < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, now + step));
    links[next].focus();
    e.preventDefault();
  });
})();
