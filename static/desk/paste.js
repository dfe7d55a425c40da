"use strict";
// “Paste links”: the server reads what is pasted and answers with a table; its ticked rows become rows of the form.
for (const area of document.querySelectorAll(".paste[data-read]")) {
  const find = (selector) => area.querySelector(selector);
  const box = find("textarea"), found = find(".found"), said = find(".said"), add = find(".add"), read = find(".read");
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const TITLES_AT_ONCE = 20;
  const STILL_THERE = "What you pasted is still in the box.";
  const WRONG = {
    400: "This is too much for one go: paste a part of it.",
    403: `You may not write on this show. ${STILL_THERE}`,
    413: "This is too much for one go: paste a part of it.",
  };

  const say = (words) => { said.textContent = words; };
  const links = (count) => `${count} link${count === 1 ? "" : "s"}`;
  const rows = () => [...found.querySelectorAll("tr.link")];
  const tick = (row) => row.querySelector("input");
  const ticked = () => rows().filter((row) => tick(row).checked);
  // What is in the box as HTML, as long as nothing else is in it.
  let held = { text: "", html: "" };
  let asked = 0;
  // Boxes of rows that were added without a text, by address: a title may still come.
  let waiting = new Map();

  const count = () => {
    const [some, all] = [ticked().length, rows().filter((row) => !tick(row).disabled).length];
    add.hidden = !all;
    add.disabled = !some;
    add.textContent = `Add ${links(some)}`;
    const every = find(".all");
    if (every) Object.assign(every, { hidden: false, checked: some === all, indeterminate: some > 0 && some < all });
  };
  const clear = () => {
    found.replaceChildren();
    add.hidden = true;
  };

  const addresses = () => [...document.querySelectorAll('#links-group .inline-related:not(.empty-form)')]
    .filter((row) => !row.querySelector('[name$="-DELETE"]')?.checked)
    .map((row) => row.querySelector('[name$="-url"]')?.value).filter(Boolean);

  const show = async () => {
    const turn = ++asked, data = new FormData();
    clear();
    if (!box.value.trim() && !held.html) return say("Paste something first.");
    data.set("csrfmiddlewaretoken", token);
    data.set("text", box.value);
    if (held.text === box.value) data.set("html", held.html);
    data.set("episode", area.dataset.episode);
    data.set("show", document.getElementById("id_show")?.value ?? "");
    addresses().forEach((url) => data.append("here", url));
    say("Reading…");
    const answer = await fetch(area.dataset.read, { method: "POST", body: data }).catch(() => null);
    // Something else was pasted meanwhile.
    if (turn !== asked) return;
    if (answer?.redirected) return say(`You are signed out. ${STILL_THERE}`);
    if (!answer?.ok) return say(WRONG[answer?.status] ?? `The server did not answer. ${STILL_THERE}`);
    found.innerHTML = await answer.text();
    count();
    const [all, some] = [rows().length, ticked().length];
    say(all ? `${links(all)} found${some < all ? `, ${all - some} to look at twice` : ""}.` : found.textContent.trim());
    // The next step is in sight, in front of the bar.
    add.scrollIntoView({ block: "nearest" });
    askForTitles();
  };
  const fill = ({ url, text, description, heading }) => {
    document.querySelector("#links-group .add-row a").click();
    const row = document.getElementById("links-empty").previousElementSibling;
    for (const [name, value] of Object.entries({ url, text, description, heading })) {
      const field = row.querySelector(`[name$="-${name}"]`);
      if (!field || !value) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const field = row.querySelector('[name$="-text"]');
    if (!text) waiting.set(url, [...(waiting.get(url) ?? []), field]);
    return field;
  };
  const accept = () => {
    // The heading of a group stands at its first row that is added.
    let heading = "";
    const boxes = [], added = new DocumentFragment(), group = document.getElementById("links-group");
    // Hundreds of rows stay instant: Django looks at every row that there is when it adds one, and at how it looks.
    group.hidden = true;
    for (const row of rows()) {
      heading = row.dataset.heading || heading;
      if (!tick(row).checked || tick(row).disabled) continue;
      const field = fill({ ...row.dataset, heading });
      boxes.push(field);
      added.append(field.closest(".inline-related"));
      heading = "";
    }
    document.getElementById("links-empty").before(added);
    group.hidden = false;
    asked += 1;
    held = { text: "", html: "" };
    box.value = "";
    clear();
    say(`${links(boxes.length)} added below. Save the episode to keep ${boxes.length === 1 ? "it" : "them"}.`);
    boxes[0]?.focus();
  };

  // --- Titles of bare addresses, where the server may ask for them ---
  const askForTitles = async () => {
    const urls = [...new Set(rows().filter((row) => !row.dataset.text && /^https?:/i.test(row.dataset.url)).map((row) => row.dataset.url))];
    waiting = new Map();
    for (let start = 0; area.dataset.titles && start < urls.length; start += TITLES_AT_ONCE) {
      const body = JSON.stringify({ urls: urls.slice(start, start + TITLES_AT_ONCE) });
      const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
      const answer = await fetch(area.dataset.titles, { method: "POST", headers, body }).catch(() => null);
      if (!answer?.ok) return;
      for (const [url, title] of Object.entries((await answer.json()).titles ?? {})) call(url, title);
    }
  };
  const call = (url, title) => {
    for (const row of rows()) {
      if (row.dataset.url !== url || row.dataset.text) continue;
      row.dataset.text = title;
      row.querySelector(".text").textContent = title;
    }
    for (const field of waiting.get(url) ?? []) {
      if (field.value || !field.isConnected) continue;
      field.value = title;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  box.addEventListener("paste", (event) => {
    const [text, html] = ["text/plain", "text/html"].map((type) => event.clipboardData.getData(type));
    if (!text && !html) return;
    event.preventDefault();
    // Into an empty box, or over all of it: then the HTML says all that is in it.
    const replaces = !(box.value.slice(0, box.selectionStart) + box.value.slice(box.selectionEnd)).trim();
    if (replaces) box.value = text;
    else box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    held = replaces ? { text: box.value, html } : { text: "", html: "" };
    show();
  });
  read.addEventListener("click", show);
  add.addEventListener("click", accept);
  found.addEventListener("change", ({ target }) => {
    if (target.matches(".all")) rows().forEach((row) => { tick(row).checked = target.checked && !tick(row).disabled; });
    count();
  });

  find(".with-script").hidden = false;
}
