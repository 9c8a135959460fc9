// 朗读: reads the main part of the page with the browser's own voice, a
// paragraph at a time, so that long texts do not overrun the engine.
(function () {
  var start = document.querySelector("[data-read-aloud]");
  var stop = document.querySelector("[data-read-stop]");
  if (!start || !stop || !("speechSynthesis" in window)) return;
  var queue = [];
  start.hidden = false;

  function end() {
    queue = [];
    speechSynthesis.cancel();
    stop.hidden = true;
    start.hidden = false;
  }

  function next() {
    if (queue.length === 0) return end();
    var speech = new SpeechSynthesisUtterance(queue.shift());
    speech.lang = "zh-CN";
    speech.rate = 0.9;
    speech.onend = next;
    speech.onerror = end;
    speechSynthesis.speak(speech);
  }

  start.addEventListener("click", function () {
    var parts = document.querySelectorAll("main h1, main h2, main h3, main p, main li, main dt, main dd");
    queue = [];
    parts.forEach(function (part) {
      if (part.querySelector("p, li") || part.closest("[hidden], nav")) return;
      var text = part.innerText.replace(/§/g, "").trim();
      if (text) queue.push(text);
    });
    start.hidden = true;
    stop.hidden = false;
    stop.focus();
    next();
  });
  stop.addEventListener("click", function () { end(); start.focus(); });
  window.addEventListener("pagehide", function () { speechSynthesis.cancel(); });
})();
