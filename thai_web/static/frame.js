/* Only makes pages kinder: everything works without it. */
(function () {
  "use strict";
  var changed = false, leaving = false;

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  each("form[data-guard]", function (form) {
    form.addEventListener("input", function () { changed = true; });
  });

  function release() {
    leaving = false;
    each("form[data-sent]", function (form) { form.removeAttribute("data-sent"); });
    each("button[aria-disabled]", function (button) { button.removeAttribute("aria-disabled"); });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var refused = form.querySelector("input[data-wrong]"); /* an application's own script may find a field wrong */
    if (refused) {
      event.preventDefault();
      refused.focus();
    } else if (form.hasAttribute("data-sent")) {
      event.preventDefault();
    } else {
      leaving = form.hasAttribute("data-guard");
      form.setAttribute("data-sent", "");
      /* Not `disabled`: a disabled button would keep its own name and value back. */
      each("button[type=submit]", function (button) {
        if (button.form === form) button.setAttribute("aria-disabled", "true");
      });
      setTimeout(release, 15000); /* after a download */
    }
  });

  window.addEventListener("pageshow", release);
  window.addEventListener("beforeunload", function (event) {
    if (changed && !leaving) {
      event.preventDefault();
      event.returnValue = "";
    }
  });

  /* The menus of the head: one at a time, closed by Escape and by a click elsewhere. */
  function close_menus(but) {
    each("header details[open]", function (menu) { if (!but || !menu.contains(but)) menu.removeAttribute("open"); });
  }
  document.addEventListener("click", function (event) { close_menus(event.target); });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && document.activeElement.closest && document.activeElement.closest("header details[open]");
    if (!menu) return;
    close_menus();
    menu.querySelector("summary").focus();
  });

  each(".error-summary", function (summary) { summary.focus(); });
})();
