// Copy buttons, and § marks that copy the address of a provision.
(function () {
  function put(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    return new Promise(function (resolve, reject) {
      var area = document.createElement("textarea");
      area.value = text;
      area.className = "visually-hidden";
      document.body.appendChild(area);
      area.select();
      var done = document.execCommand("copy");
      document.body.removeChild(area);
      if (done) resolve();
      else reject(new Error("copy refused"));
    });
  }

  var hant = document.documentElement.lang === "zh-Hant";
  var words = { done: hant ? "已複製" : "已复制", failed: hant ? "請手動複製" : "请手动复制" };
  var status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.body.appendChild(status);

  function tell(element, text) {
    var before = element.dataset.label || element.textContent;
    element.dataset.label = before;
    element.textContent = text;
    status.textContent = text;
    setTimeout(function () {
      element.textContent = before;
      status.textContent = "";
    }, 2000);
  }

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      put(button.dataset.copy).then(
        function () { tell(button, words.done); },
        function () { tell(button, words.failed); }
      );
    });
  });

  document.addEventListener("click", function (event) {
    var mark = event.target.closest && event.target.closest("a.anchor");
    if (!mark) return;
    put(mark.href).then(
      function () { tell(mark, words.done); },
      function () { status.textContent = words.failed; }
    );
  });
})();
