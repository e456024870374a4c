/* Files before they are sent: what the server would refuse after a slow upload is said at once, photographs become as small as the server keeps them, and a slot sends what was chosen or dropped there. Everything works without it. Its sentences are data attributes of the page. */
(function () {
  "use strict";

  var DOCUMENT = /^(?:[\s\0]|\xef\xbb\xbf)*%PDF-|^\xff\xd8\xff|^\x89PNG/; /* by the first bytes, whatever the name */
  var PHONE_PICTURE = /^[^]{4}ftyp(?:hei|hev|mif|msf|avi)|^RIFF[^]{4}WEBP/;
  var LONGEST = 2000, NARROWEST = 800, SMALL = 500 * 1024, QUALITY = 0.88;

  function noteOf(input) {
    var note = document.getElementById(input.id + "-note");
    if (!note) {
      note = document.createElement("p");
      note.id = input.id + "-note";
      note.setAttribute("role", "status");
      input.parentNode.appendChild(note);
    }
    return note;
  }

  function tell(input, text, isWrong) {
    var note = noteOf(input);
    if (isWrong) input.setAttribute("data-wrong", ""); else input.removeAttribute("data-wrong");
    note.className = isWrong ? "error" : "hint";
    note.textContent = text;
  }

  function read(file, then) {
    var reader = new FileReader();
    reader.onload = function () { then(String.fromCharCode.apply(null, new Uint8Array(reader.result))); };
    reader.readAsArrayBuffer(file.slice(0, 1100));
  }

  /* The picture as the server would keep it: upright, opaque, its longest side 2000 points; a strip stays as wide as it is. */
  function painted(file, isForeign) {
    if (!window.createImageBitmap) return Promise.reject();
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas"), brush;
      if (scale * Math.min(picture.width, picture.height) < NARROWEST) scale = 1;
      if (scale === 1 && file.size <= SMALL && !isForeign) return file;
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      brush = canvas.getContext("2d");
      brush.imageSmoothingQuality = "high";
      brush.fillStyle = "white";
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return new Promise(function (done, failed) {
        canvas.toBlob(function (blob) {
          if (!blob) failed();
          else done(blob.size < file.size || isForeign ? new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" }) : file);
        }, "image/jpeg", QUALITY);
      });
    });
  }

  /* What is to be sent of a file, or why nothing is: the name of the attribute that says it. */
  function ready(file, input, then, refuse) {
    function judge(result) {
      if (result.size > Number(input.getAttribute("data-max-bytes"))) refuse("data-too-large"); else then(result);
    }
    read(file, function (start) {
      var isForeign = PHONE_PICTURE.test(start);
      if (!isForeign && !DOCUMENT.test(start)) refuse("data-wrong-kind");
      else if (start.indexOf("%PDF-") >= 0) judge(file);
      else painted(file, isForeign).then(judge, function () { if (isForeign) refuse("data-phone-picture"); else judge(file); });
    });
  }

  function put(input, file) {
    var files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
  }

  function take(input, file) {
    var form = input.form;
    if (form.hasAttribute("data-busy")) return;
    tell(input, "");
    ready(file, input, function (result) {
      if (form.hasAttribute("data-slot")) send(form, input, result);
      else if (input.files[0] !== result) put(input, result);
    }, function (reason) {
      tell(input, input.getAttribute(reason), true);
      input.focus();
    });
  }

  function send(form, input, file) {
    var slots = document.getElementById("slots"), request = new XMLHttpRequest(), data = new FormData(form);
    var bar = document.createElement("progress"), place = form.closest("section");
    bar.className = "bar";
    bar.setAttribute("aria-label", slots.getAttribute("data-sending"));
    tell(input, slots.getAttribute("data-sending") + " " + file.name);
    noteOf(input).appendChild(bar);
    form.setAttribute("data-busy", "");
    data.delete(input.name);
    data.append(input.name, file, file.name);
    request.upload.onprogress = function (event) {
      if (event.lengthComputable && event.loaded < event.total) bar.value = event.loaded / event.total;
      else bar.removeAttribute("value"); /* sent; the server paints it */
    };
    request.onload = function () { show(request, form, input, place && place.id); };
    request.onerror = function () {
      form.removeAttribute("data-busy");
      tell(input, slots.getAttribute("data-unsent"), true);
    };
    request.open("POST", form.getAttribute("action"));
    request.send(data);
  }

  /* The page as it is now, in the place of the one before; what is no such page is gone to, or told beside the file. */
  function show(request, form, input, placeId) {
    var page = new DOMParser().parseFromString(request.responseText, "text/html"), slots = page.getElementById("slots"), main = page.querySelector("main"), focused;
    if (slots) {
      document.title = page.title;
      document.querySelector("main").innerHTML = main.innerHTML;
      prepare();
      focused = document.querySelector(".error-summary") || (placeId && document.querySelector("#" + placeId + " h2"));
      if (focused) {
        focused.setAttribute("tabindex", "-1");
        focused.focus();
      }
    } else if (request.status >= 400 && main) {
      form.removeAttribute("data-busy");
      tell(input, Array.prototype.map.call(main.querySelectorAll("h1, h1 ~ p"), function (each) { return each.textContent.trim(); }).slice(0, 3).join(" "), true);
    } else {
      location.assign(request.responseURL || location.href);
    }
  }

  function prepare() {
    var slots = document.getElementById("slots");
    Array.prototype.forEach.call(document.querySelectorAll("input.file:not(.camera)"), function (input) {
      input.accept += ",.webp,.avif"; /* what this browser opens, it paints anew */
    });
    if (!slots) return;
    Array.prototype.forEach.call(slots.querySelectorAll("[data-slot]"), function (form) {
      var hint = document.createElement("span");
      form.querySelector("button[type=submit]").hidden = true; /* choosing sends */
      hint.className = "hint drop-hint";
      hint.textContent = slots.getAttribute("data-drop");
      form.appendChild(hint);
    });
  }

  document.addEventListener("change", function (event) {
    var input = event.target;
    if (input.hasAttribute("data-max-bytes") && input.files[0]) take(input, input.files[0]);
  });
  ["dragover", "dragleave", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var place = event.target.closest && event.target.closest("[data-drop]");
      var input = place && place.querySelector("[data-slot] input.file:not(.camera)");
      if (!input) return;
      event.preventDefault();
      place.classList.toggle("dropping", name === "dragover");
      if (name === "drop" && event.dataTransfer.files[0]) take(input, event.dataTransfer.files[0]);
    });
  });
  prepare();
})();
