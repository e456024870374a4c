/* What the provider's pages have besides thai_web/static/frame.js. Only makes pages kinder: everything works without it. Its sentences are data attributes of the page. */
(function () {
  "use strict";

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  /* A look at what one typed; hidden again before it is sent, so that the browser keeps it as a password. */
  function drawn(classes, path) {
    var line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    if (classes) line.setAttribute("class", classes);
    return line;
  }

  function eyeDrawing() {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), look = {
      viewBox: "0 0 24 24", width: "24", height: "24", fill: "none", stroke: "currentColor",
      "stroke-width": "1.8", "stroke-linecap": "round", "aria-hidden": "true"
    };
    Object.keys(look).forEach(function (name) { svg.setAttribute(name, look[name]); });
    svg.appendChild(drawn("", "M2 12c2.6-4.6 6-6.9 10-6.9s7.4 2.3 10 6.9c-2.6 4.6-6 6.9-10 6.9S4.6 16.6 2 12z"));
    svg.appendChild(drawn("", "M15.2 12a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0z"));
    svg.appendChild(drawn("slash", "M4 20 20 4"));
    return svg;
  }

  each("input[data-show]", function (input) {
    var box = document.createElement("div"), eye = document.createElement("button");
    function show(shown) {
      input.type = shown ? "text" : "password";
      eye.setAttribute("aria-pressed", String(shown));
    }
    box.className = "secret";
    eye.type = "button";
    eye.setAttribute("aria-label", input.getAttribute("data-show"));
    eye.setAttribute("aria-controls", input.id);
    eye.title = input.getAttribute("data-show");
    eye.appendChild(eyeDrawing());
    input.parentNode.insertBefore(box, input);
    box.appendChild(input);
    box.appendChild(eye);
    show(false);
    eye.addEventListener("click", function () { show(input.type === "password"); });
    if (input.form) input.form.addEventListener("submit", function () { show(false); });
    window.addEventListener("pagehide", function () { show(false); });
  });

  /* What a new password must be, ticked while one types; the server judges it. */
  each("[data-rules-of]", function (list) {
    var input = document.getElementById(list.getAttribute("data-rules-of")), name = document.getElementById("username");
    function tick() {
      Array.prototype.forEach.call(list.children, function (rule) {
        var least = Number(rule.getAttribute("data-least")), typed = input.value.toLowerCase(), person = name ? name.value.trim().toLowerCase() : "";
        rule.className = (least ? typed.length >= least : typed && (person.length < 4 || typed.indexOf(person) < 0)) ? "met" : "";
      });
    }
    input.addEventListener("input", tick);
    if (name) name.addEventListener("input", tick);
  });

  /* Units while one types: a combobox of WAI-ARIA. One that is chosen is sent where the page takes it at once, and fills the search elsewhere. */
  each("input[data-suggest]", function (input) {
    var list = document.createElement("ul"), said = document.createElement("p"), waiting = null, asked = "", at = -1, form = document.querySelector("form[data-choose=" + input.id + "]");
    list.id = input.id + "-list";
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("data-list"));
    list.hidden = true;
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    input.parentNode.appendChild(list);
    input.parentNode.appendChild(said);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);

    function open(isOpen) {
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) move(-1);
    }
    function move(to) {
      at = to;
      Array.prototype.forEach.call(list.children, function (option, place) { option.setAttribute("aria-selected", String(place === at)); });
      if (list.children[at]) {
        input.setAttribute("aria-activedescendant", list.children[at].id);
        list.children[at].scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    }
    function choose(option) {
      var field = form && form.querySelector("input[type=hidden][disabled]");
      input.value = option.getAttribute("data-name");
      open(false);
      if (field) {
        field.disabled = false;
        field.value = option.getAttribute("data-code");
        form.requestSubmit ? form.requestSubmit() : form.submit();
      } else input.form.submit();
    }
    function show(units) {
      list.textContent = "";
      units.forEach(function (unit, place) {
        var option = document.createElement("li"), name = document.createElement("strong"), where = document.createElement("span");
        option.id = list.id + "-" + place;
        option.setAttribute("role", "option");
        option.setAttribute("data-code", unit.code);
        option.setAttribute("data-name", unit.name);
        name.textContent = unit.short;
        where.textContent = unit.place;
        option.appendChild(name);
        option.appendChild(document.createTextNode(" "));
        option.appendChild(where);
        list.appendChild(option);
      });
      open(units.length > 0);
      move(units.length === 1 ? 0 : -1);
      said.textContent = units.length ? units.length + " " + input.getAttribute("data-found") : input.getAttribute("data-none");
    }
    open(false);
    input.addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () {
        var typed = asked = input.value.trim();
        if (typed.length < 3) { open(false); return; }
        fetch(input.getAttribute("data-suggest") + "?q=" + encodeURIComponent(typed)).then(function (answer) {
          return answer.ok ? answer.json() : { units: [] };
        }).then(function (found) {
          if (typed === asked) show(found.units); /* else an older answer came later */
        }, function () {});
      }, 250);
    });
    input.addEventListener("keydown", function (event) {
      var most = list.children.length;
      if (list.hidden) return;
      if (event.key === "ArrowDown") move((at + 1) % most);
      else if (event.key === "ArrowUp") move((at <= 0 ? most : at) - 1);
      else if (event.key === "Escape") open(false);
      else if (event.key === "Enter" && list.children[at]) choose(list.children[at]);
      else return;
      event.preventDefault();
    });
    list.addEventListener("mousedown", function (event) { event.preventDefault(); }); /* the field keeps the focus */
    list.addEventListener("click", function (event) {
      var option = event.target.closest("li");
      if (option) choose(option);
    });
    input.addEventListener("blur", function () { open(false); });
  });

  /* A page of a document turns and grows where it stands; without script the links open it large. */
  each("[data-turn]", function (link) {
    var image = document.getElementById(link.getAttribute("data-turn")), degrees = 0, address = image.getAttribute("src");
    link.addEventListener("click", function (event) {
      event.preventDefault();
      degrees = (degrees + 90) % 360;
      image.removeAttribute("width");
      image.removeAttribute("height");
      image.src = address + (degrees ? "?turn=" + degrees : "");
    });
  });
  each("[data-zoom]", function (button) {
    var frame = document.getElementById(button.getAttribute("data-zoom")).closest(".page-frame");
    button.hidden = false;
    button.addEventListener("click", function () {
      var isLarge = frame.classList.toggle("zoomed");
      button.setAttribute("aria-pressed", String(isLarge));
      if (isLarge) frame.setAttribute("tabindex", "0"); else frame.removeAttribute("tabindex");
    });
  });

  each("[data-copy]", function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.getAttribute("data-copy")).then(function () { button.textContent = button.getAttribute("data-copied"); }, function () {});
    });
  });

  /* A ready answer fills its form when it is chosen; without script a button does. */
  each("select[data-fill]", function (select) {
    var form = select.form;
    var button = form.querySelector("[formaction*='/draft']");
    button.parentNode.removeChild(button);
    select.addEventListener("change", function () {
      var chosen = select.options[select.selectedIndex], items = (chosen.getAttribute("data-items") || "").split(" ");
      if (!chosen.value) return;
      form.elements.reason_code.value = chosen.getAttribute("data-reason-code");
      form.elements.reason.value = chosen.getAttribute("data-reason");
      form.elements.mail_text.value = chosen.getAttribute("data-mail-text");
      Array.prototype.forEach.call(form.querySelectorAll("[name=to_correct]"), function (box) {
        box.checked = items.indexOf(box.value) >= 0;
      });
    });
  });

  /* A link to what is folded away unfolds it, also where the browser would not. */
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='#']");
    var folded = link && link.hash.length > 1 && document.getElementById(link.hash.slice(1));
    folded = folded && folded.closest("details");
    if (folded) folded.open = true;
  });

  /* After one decision the next case comes by itself: a second press of the finger that took the first decides nothing. */
  document.addEventListener("submit", function (event) {
    if (!event.target.hasAttribute("data-pause")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  window.addEventListener("pageshow", function () {
    each("form[data-pause]", function (form) {
      var buttons = document.querySelectorAll("#" + form.id + " [type=submit], [form=" + form.id + "]");
      Array.prototype.forEach.call(buttons, function (button) { button.setAttribute("aria-disabled", "true"); });
      setTimeout(function () {
        form.removeAttribute("data-pause");
        Array.prototype.forEach.call(buttons, function (button) { button.removeAttribute("aria-disabled"); });
      }, 1000);
    });
  });

  each("[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  each("form[data-autosubmit]", function (form) { HTMLFormElement.prototype.submit.call(form); });
})();
