// Follows the filling of the library; when it ends the page is asked for once more.
(function () {
  var bar = document.querySelector("[data-progress]");
  if (!bar || !bar.querySelector("progress") || !window.fetch) return;
  function look() {
    fetch(bar.dataset.progress, { cache: "no-store" })
      .then(function (answer) {
        if (!answer.ok) throw new Error("status " + answer.status);
        return answer.json();
      })
      .then(function (p) {
        if (!p.running) return location.reload();
        bar.querySelector("[data-progress-done]").textContent = p.done;
        bar.querySelector("[data-progress-total]").textContent = p.total;
        bar.querySelector("progress").value = p.percent;
        setTimeout(look, 2000);
      })
      .catch(function () { setTimeout(look, 10000); });
  }
  setTimeout(look, 2000);
})();
