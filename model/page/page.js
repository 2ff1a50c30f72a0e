"use strict";
(() => {
  const { records, labels, flags, definitions, fields, hidden: hiddenPattern, statement, findings, title } =
    JSON.parse(document.getElementById("data").textContent);
  const card = document.getElementById("card");
  const form = document.querySelector(".filters form");
  const byId = new Map(records.map((record) => [`s${record.index}`, record]));
  const links = new Map([...document.querySelectorAll(".flagged a")].map((link) => [link.hash.slice(1), link]));
  const sentences = [...document.querySelectorAll(".s")].map((element) => (
    { element, record: byId.get(element.id), link: links.get(element.id) }
  ));
  const byElement = new Map(sentences.map((sentence) => [sentence.element, sentence]));
  let hovered = null;
  let focused = null;

  // What is said of one sentence: beside it on a wide screen, at the foot of a narrow one.
  function describe({ record }) {
    const rows = [];
    const source = record.source && record.source.text;
    if (record.sourcing === "named") rows.push(["Who", source || "somebody named before"]);
    else if (record.sourcing === "unnamed") rows.push(["Who", `${source ? `${source}: ` : ""}cannot be identified`]);
    else if (record.label && record.label !== "none") rows.push(["Who", "nobody: the outlet’s own voice"]);
    if (record.cue) rows.push(["Why", `“${record.cue.text}”`]);
    const [second, share] = Object.entries(record.probabilities)
      .filter(([label]) => label !== record.label)
      .sort((a, b) => b[1] - a[1])[0];
    if (share >= 0.1) rows.push(["Or else", `${labels[second]}, ${percent(share)}`]);
    rows.push(["Means", record.label ? definitions[record.label] : "the model is too unsure to say"]);
    const name = record.label ? labels[record.label] : "not decided";
    const what = make("p", "what", make("span", "", name + (record.flag ? ` · ${flags[record.flag]}` : "")),
      make("span", "sure", `${percent(record.confidence)} sure`));
    const list = make("dl", "");
    for (const [term, text] of rows) list.append(make("dt", "", term), make("dd", "", visible(text)));
    return [what, list];
  }

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  const percent = (share) => `${Math.min(99, Math.floor(100 * share))} %`;
  const hidden = new RegExp(hiddenPattern, "gu");
  const code = (mark) => `[U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
  const visible = (text) => text.replace(/[\t\n\v\f\r \x85\u2028\u2029]+/g, " ").replace(hidden, code);

  function showCard() {
    const sentence = hovered || focused;
    card.hidden = !sentence;
    if (!sentence) return;
    card.className = sentence.record.label || "none";
    card.replaceChildren(...describe(sentence));
    const lines = sentence.element.getClientRects();
    const last = lines[lines.length - 1];
    const left = Math.min(lines[0].left, last.left, document.documentElement.clientWidth - card.offsetWidth - 16);
    const below = last.bottom + 8;
    const fits = below + card.offsetHeight < window.innerHeight || lines[0].top < card.offsetHeight + 16;
    card.style.left = `${Math.max(16, left) + window.scrollX}px`;
    card.style.top = `${(fits ? below : lines[0].top - card.offsetHeight - 8) + window.scrollY}px`;
  }

  const sentenceAt = (target) => (target instanceof Element ? byElement.get(target.closest(".s")) || null : null);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || card.contains(event.target)) return;
    const sentence = sentenceAt(event.target);
    if (sentence === hovered) return;
    hovered = sentence;
    showCard();
  });
  document.addEventListener("focusin", (event) => {
    focused = sentenceAt(event.target);
    if (focused) makeTabStop(focused);
    for (const { link, element } of sentences) {
      if (link) link.toggleAttribute("aria-current", focused !== null && focused.element === element);
    }
    showCard();
  });
  document.addEventListener("focusout", () => { focused = null; showCard(); });

  // One sentence at a time is a tab stop; the arrow keys go on from there.
  let tabStop = null;
  function makeTabStop(sentence) {
    if (tabStop) tabStop.element.tabIndex = -1;
    tabStop = sentence;
    sentence.element.tabIndex = 0;
  }

  function go(sentence) {
    if (!sentence) return;
    hovered = null;
    sentence.element.scrollIntoView({ block: "center" });
    sentence.element.focus({ preventScroll: true });
  }

  // A finding's sentences are outlined while it is pointed at or has the focus, and on after one of them was gone to.
  let chosen = null;
  function outline(finding) {
    const shown = finding || chosen;
    const evidence = new Set(shown && shown.dataset.evidence.split(" "));
    for (const { element, record } of sentences) {
      element.classList.toggle("evidence", evidence.has(String(record.index)));
    }
  }
  function choose(finding) {
    if (chosen) chosen.classList.remove("chosen");
    chosen = finding;
    if (chosen) chosen.classList.add("chosen");
    outline(null);
  }
  for (const finding of document.querySelectorAll(".findings li")) {
    for (const start of ["mouseenter", "focusin"]) finding.addEventListener(start, () => outline(finding));
    for (const end of ["mouseleave", "focusout"]) finding.addEventListener(end, () => outline(null));
  }

  const isShown = ({ element }) => !element.classList.contains("off");
  const isFlaggedShown = (sentence) => sentence.link && isShown(sentence);
  function step(direction, wanted) {
    const start = focused ? sentences.indexOf(focused) : direction > 0 ? -1 : sentences.length;
    let at = start + direction;
    while (sentences[at] && !wanted(sentences[at])) at += direction;
    go(sentences[at]);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inControl = event.target.matches("input, textarea, select");
    if (event.key === "Escape") { hovered = null; focused = null; choose(null); showCard(); }
    else if (inControl) return;
    else if (event.key === "j") step(1, isFlaggedShown);
    else if (event.key === "k") step(-1, isFlaggedShown);
    else if (!focused) return;
    else if (event.key === "ArrowDown") step(1, isFlaggedShown);
    else if (event.key === "ArrowUp") step(-1, isFlaggedShown);
    else if (event.key === "ArrowRight") step(1, isShown);
    else if (event.key === "ArrowLeft") step(-1, isShown);
    else return;
    if (event.key.startsWith("Arrow")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#s"]');
    if (!link) return;
    event.preventDefault();
    choose(link.closest(".findings li"));
    go(byElement.get(document.getElementById(link.hash.slice(1))));
  });

  // Filters: what does not pass is plain text, and is left out of the list and the counts.
  function filter() {
    const wanted = new Set([...form.querySelectorAll("[name=label]:checked")].map((input) => input.value));
    const flag = form.elements.flag.value;
    const least = Number(form.elements.confidence.value);
    form.querySelector("output").textContent = `${least} %`;
    const counts = Object.fromEntries(Object.keys(labels).map((label) => [label, 0]));
    let flagged = 0;
    for (const { element, record, link } of sentences) {
      const passes = 100 * record.confidence >= least && (!flag || record.flag === flag);
      const shown = passes && (record.label === "none" || record.label === null || wanted.has(record.label));
      element.classList.toggle("off", !shown);
      if (record.index < 0) continue;
      if (passes && record.label) counts[record.label] += 1;
      if (!link) continue;
      link.parentElement.hidden = !shown;
      flagged += shown;
    }
    for (const input of form.querySelectorAll("[name=label]")) {
      input.closest("label").querySelector(".count").textContent = counts[input.value];
    }
    document.querySelector(".flagged .count").textContent = flagged;
    document.querySelector(".flagged .none").hidden = flagged > 0;
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());

  // Export: the records that the command line writes; in CSV but for what a spreadsheet would run (see cell).
  const exports = {
    json: ["application/json", () => `${JSON.stringify(records, null, 2)}\n`],
    csv: ["text/csv", () => [fields, ...records.map(row)].map((cells) => `${cells.map(cell).join(",")}\n`).join("")],
    note: ["text/plain", note],
  };
  const row = (record) => fields.map((name) => {
    const value = record[name];
    if (name === "confidence") return number(value);
    if (name === "probabilities") return shares(value);
    return value && typeof value === "object" ? value.text : value ?? "";
  });
  const shares = (all) => `{${Object.entries(all).map(([label, share]) => `"${label}": ${number(share)}`).join(", ")}}`;
  const number = (value) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

  // A spreadsheet runs a cell that begins like a formula; an apostrophe makes it text.
  function cell(value) {
    const text = typeof value === "string" ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function note() {
    const flagged = sentences.map(({ record }) => record).filter(({ flag, index }) => flag && index >= 0);
    const items = flagged.map(({ text, label, flag, source, confidence }, number) => {
      const who = flag === "vague_source" && source ? `${flags[flag]}: ${visible(source.text)}` : flags[flag];
      return `${number + 1}. ${visible(text)}\n   (${labels[label]}, ${who}, ${percent(confidence)} sure)`;
    });
    const stand = findings.length ? [`What stands out:\n${findings.map((text) => `– ${visible(text)}`).join("\n")}`] : [];
    const end = "By onrecord, which judges the form of the reporting, not whether it is true.";
    return `${[visible(title), statement, ...stand, ...items, end].join("\n\n")}\n`;
  }

  document.querySelector(".export").addEventListener("click", (event) => {
    const kind = event.target.dataset.export;
    if (!kind) return;
    const [type, content] = exports[kind];
    const link = make("a", "");
    link.href = URL.createObjectURL(new Blob([content()], { type: `${type};charset=utf-8` }));
    link.download = kind === "note" ? "onrecord-note.txt" : `onrecord.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });

  for (const { element } of sentences) element.tabIndex = -1;
  if (sentences.length) makeTabStop(sentences.find(isFlaggedShown) || sentences[0]);
  if (window.matchMedia("(max-width: 40rem)").matches) document.querySelector(".filters").open = false;
  filter(); // a reload keeps what was ticked
})();
