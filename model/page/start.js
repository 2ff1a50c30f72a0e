"use strict";
(() => {
  const form = document.querySelector("form");
  const file = form.elements.file;
  const busy = document.getElementById("busy");

  function send() {
    busy.textContent = "Reading …";
    form.submit();
  }

  form.addEventListener("submit", () => { busy.textContent = "Reading …"; });
  window.addEventListener("pageshow", () => { busy.textContent = ""; });
  file.addEventListener("change", () => { if (file.files.length) send(); });
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const dropped = new DataTransfer();
    dropped.items.add(event.dataTransfer.files[0]);
    file.files = dropped.files;
    send();
  });
})();
