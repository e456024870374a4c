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

  /* Keys, for who wants them: / searches, j and k go along a list, ? tells. Kept in this browser whether they are off. */
  var keys = document.getElementById("keys"), OFF = "keys-off";
  var ROWS = "main .rows > li, main .queue > li, main .table tbody tr";

  function are_off() {
    try { return localStorage.getItem(OFF) === "1"; } catch (refused) { return false; }
  }
  function step_along(by) {
    var links = [], here = -1;
    each(ROWS, function (row) {
      var link = row.querySelector("a");
      if (!link || !link.getClientRects().length) return;
      if (row.contains(document.activeElement)) here = links.length;
      links.push(link);
    });
    var next = links[here < 0 ? (by > 0 ? 0 : -1) : here + by];
    if (next) next.focus();
  }
  function search() {
    var seen = Array.prototype.filter.call(document.querySelectorAll("main input[type=search], #site-search"), function (input) {
      return input.getClientRects().length;
    });
    if (seen[0]) seen[0].focus();
    return seen[0];
  }
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (!keys || typing || keys.open || event.ctrlKey || event.metaKey || event.altKey || are_off()) return;
    if (event.key === "/" && search()) event.preventDefault();
    else if (event.key === "j") step_along(1);
    else if (event.key === "k") step_along(-1);
    else if (event.key === "?" && keys.showModal) keys.showModal();
  });
  if (keys && keys.showModal) {
    each("[data-keys]", function (place) {
      place.hidden = false;
      place.querySelector("button").addEventListener("click", function () { keys.showModal(); });
    });
    /* Not when the dialog is closed, which is told a moment later: the next key may have come. */
    each("#keys button[value]", function (button) {
      button.addEventListener("click", function () {
        try { localStorage.setItem(OFF, button.value === "off" ? "1" : "0"); } catch (refused) { /* private browsing */ }
      });
    });
  }

  each(".error-summary", function (summary) { summary.focus(); });
})();
