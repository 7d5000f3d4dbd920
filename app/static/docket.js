/* What scripts add to ERC Docket's pages. Every page works without them: each part below only makes something easier.
   One function around all, because the answer to an upload is written into the same window and runs this file again. */
(() => {
"use strict";

const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/* Said aloud by screen readers, seen by nobody. */
const announcer = make("p", "usa-sr-only");
announcer.setAttribute("role", "status");
function announce(words) {
  announcer.textContent = "";
  window.setTimeout(() => { announcer.textContent = words; }, 50);
}

/* Copy a serial or a checksum. The clipboard needs a secure address; elsewhere an old command does it. */
async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = make("textarea", "usa-sr-only");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function offerCopying(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copyText(button.dataset.copy);
    } catch {
      announce("Copying was refused by the browser.");
      return;
    }
    announce("Copied.");
    const said = make("span", "said", "Copied");
    said.setAttribute("aria-hidden", "true");
    button.querySelector(".said")?.remove();
    button.append(said);
    window.setTimeout(() => said.remove(), 2000);
  });
}

/* The reader's own time, added to the UTC that is there on hover. */
function addOwnTime(element) {
  const moment = new Date(element.dateTime);
  if (!element.dateTime.includes("T") || Number.isNaN(moment.getTime())) return;
  const own = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  element.title = `${element.title} · your time: ${own}`;
}

/* The menu and long parts are open without scripts and on wide screens; on narrow ones they start closed. */
function foldMenu(menu) {
  const narrow = window.matchMedia("(max-width: 40em)");
  const fit = () => { menu.open = !narrow.matches; };
  narrow.addEventListener("change", fit);
  fit();
}

/* Files: drop them on the box, see their names and sizes before sending. */
function humanSize(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB"];
  let size = bytes / 1000;
  while (size >= 999.95 && units.length > 1) {
    size /= 1000;
    units.shift();
  }
  return `${size.toFixed(1)} ${units[0]}`;
}

function listFiles(box, input) {
  const most = Number(box.dataset.maxBytes || Infinity);
  box.querySelector("[data-drop-files]").replaceChildren(...Array.from(input.files, (file) => {
    const tooLarge = file.size > most;
    const words = `${file.name}, ${humanSize(file.size)}`;
    return make("li", tooLarge ? "too-large" : "", tooLarge ? `${words}: larger than the ${box.dataset.maxSize} allowed` : words);
  }));
}

function acceptDrops(box) {
  const input = box.querySelector("input[type=file]");
  box.querySelector("[data-drop-words]").hidden = false;
  input.addEventListener("change", () => listFiles(box, input));
  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => { event.preventDefault(); box.classList.add("drop--over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    box.addEventListener(kind, () => box.classList.remove("drop--over"));
  }
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    const dropped = new DataTransfer();
    for (const file of Array.from(event.dataTransfer.files).slice(0, input.multiple ? undefined : 1)) dropped.items.add(file);
    if (!dropped.files.length) return;
    input.files = dropped.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/* Rows of a repeating fieldset. A new row takes the next number that was never used, so that no two rows share a name. */
function repeatRows(block) {
  const rows = block.querySelector("[data-repeat-rows]");
  const template = block.querySelector("[data-repeat-template]");
  const add = block.querySelector("[data-repeat-add]");
  const what = block.dataset.repeatWhat;
  let next = rows.children.length;
  const number = () => all("[data-repeat-row]", rows).forEach((row, index, { length }) => {
    row.querySelector("[data-repeat-ordinal]").textContent = String(index + 1);
    row.querySelector("[data-repeat-remove]").hidden = length === 1;
  });
  add.hidden = false;
  add.addEventListener("click", () => {
    rows.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__index__", String(next++)));
    number();
    const row = rows.lastElementChild;
    enhance(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    announce(`${what} ${rows.children.length} added.`);
  });
  rows.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-repeat-remove]");
    if (!remove) return;
    remove.closest("[data-repeat-row]").remove();
    number();
    rows.dispatchEvent(new Event("input", { bubbles: true }));
    announce(`${what} removed.`);
    add.focus();
  });
  number();
}

/* The summary of a refusal calls each field by the label it has on this page. */
function useLabels(name) {
  const field = document.getElementById(name.closest("a").hash.slice(1));
  const label = field?.labels?.[0] || field?.querySelector("legend");
  if (label) name.textContent = label.firstChild.textContent.trim().replace(/[.:?]$/, "");
}

/* Typing that was not sent is not lost without a question. */
const unsaved = new Set();
function watchTyping(form) {
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("change", () => unsaved.add(form));
  const sentFromHere = new URL(form.action).pathname === window.location.pathname;
  if (sentFromHere && document.getElementById("refused")) unsaved.add(form);
}
function askBeforeLeaving(event) {
  if (unsaved.size) event.preventDefault();
}

/* A question in the page's own words before an act that cannot be undone. */
function ask(question, label) {
  const dialog = make("dialog", "sure");
  const words = make("p", "", question);
  words.id = "sure-words";
  dialog.setAttribute("aria-labelledby", words.id);
  const back = make("button", "usa-button usa-button--outline", "Go back");
  const yes = make("button", "usa-button", label);
  const buttons = make("div", "buttons");
  back.type = yes.type = "button";
  buttons.append(yes, back);
  dialog.append(words, buttons);
  document.body.append(dialog);
  return new Promise((answer) => {
    yes.addEventListener("click", () => dialog.close("yes"));
    back.addEventListener("click", () => dialog.close("no"));
    dialog.addEventListener("close", () => { answer(dialog.returnValue === "yes"); dialog.remove(); });
    dialog.showModal();
    back.focus();
  });
}

/* Sending: once, after the question if there is one, with progress if there are files. The server takes a repeat as a
   repeat, so this only saves waiting; after a while, or on coming back, the form can be sent again. */
const SENDING_MS = 10000;
const confirmed = new WeakSet();

function startSending(form, button) {
  form.dataset.sending = "yes";
  unsaved.clear();
  button?.setAttribute("aria-disabled", "true");
  announce("Sending.");
}

function stopSending(form) {
  delete form.dataset.sending;
  all("[type=submit][aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
}

function showAnswer(request, form) {
  stopSending(form);
  if (request.responseURL) window.history.replaceState(null, "", request.responseURL);
  document.open();
  document.write(request.responseText);
  document.close();
}

function upload(form, button) {
  const box = make("div", "upload");
  const words = make("p", "", "Sending…");
  const bar = make("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", "Sent so far");
  box.append(words, bar);
  form.append(box);
  const request = new XMLHttpRequest();
  const failed = () => {
    words.textContent = "The connection broke before everything was sent. Nothing was saved; send it again.";
    bar.remove();
    unsaved.add(form);
    stopSending(form);
  };
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    words.textContent = event.loaded < event.total
      ? `Sent ${humanSize(event.loaded)} of ${humanSize(event.total)}`
      : "All sent. The server is checking it…";
  });
  request.addEventListener("load", () => showAnswer(request, form));
  request.addEventListener("error", failed);
  request.addEventListener("abort", failed);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.send(new FormData(form, button));
}

async function onSubmit(event) {
  const form = event.target;
  const button = event.submitter;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    announce("Already sending. Please wait.");
    return;
  }
  const tooLarge = form.querySelector(".too-large");
  if (tooLarge) {
    event.preventDefault();
    tooLarge.closest("[data-drop]").querySelector("input[type=file]").focus();
    announce(`Nothing was sent: ${tooLarge.textContent}. Choose a smaller file, split it, or compress it.`);
    return;
  }
  const question = button?.dataset.confirm || form.dataset.confirm;
  if (question && !confirmed.has(form)) {
    event.preventDefault();
    if (await ask(question, button?.textContent.trim() || "Yes")) {
      confirmed.add(form);
      form.requestSubmit(button);
    }
    return;
  }
  confirmed.delete(form);
  startSending(form, button);
  if (all("input[type=file]", form).some((input) => input.files.length)) {
    event.preventDefault();
    upload(form, button);
    return;
  }
  window.setTimeout(() => stopSending(form), SENDING_MS);
}

function enhance(part) {
  all("[data-copy]", part).forEach(offerCopying);
  all("time[title]", part).forEach(addOwnTime);
  all("[data-drop]", part).forEach(acceptDrops);
  all("[data-repeat]", part).forEach(repeatRows);
  all("form[data-warn-unsaved]", part).forEach(watchTyping);
}

document.body.append(announcer);
all("[data-menu], [data-fold]").forEach(foldMenu);
all("[data-field-name]").forEach(useLabels);
enhance(document);
document.addEventListener("submit", onSubmit);
window.addEventListener("beforeunload", askBeforeLeaving);
window.addEventListener("pageshow", () => all("form[data-sending]").forEach(stopSending));
document.getElementById("refused")?.focus();
})();
