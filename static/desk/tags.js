"use strict";
// A box for tags, names with commas between them: how the word at the caret may go on, and which names are new but
// resemble another. Nothing is chosen before an arrow key or the pointer chooses it, so that typing is never disturbed.
{
  const SUGGESTING_AFTER = 120;
  const REMARKING_AFTER = 500;
  // What fits into the address of a request anywhere.
  const ASKED_AT_ONCE = 2000;

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const ask = async (address, query) => {
    try {
      const answer = await fetch(`${address}?${new URLSearchParams(query)}`);
      // Who is signed out meanwhile is sent elsewhere, and goes on typing.
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  const namesIn = (text) => text.split(",").map((name) => name.trim()).filter(Boolean);

  // The word between the commas around the caret: what was typed of it, and where it stands.
  const wordAt = (box) => {
    const { value, selectionStart: caret } = box;
    const before = value.slice(0, caret);
    const start = before.lastIndexOf(",") + 1;
    const comma = value.indexOf(",", caret);
    const end = comma < 0 ? value.length : comma;
    return { typed: before.slice(start).trim(), start, end, isWhole: !value.slice(caret, end).trim() };
  };

  const setUp = (box) => {
    const list = make("ul", { id: `${box.id}-suggestions`, role: "listbox", "aria-label": "Suggested tags", hidden: "" });
    const count = make("p", { class: "visually-hidden", role: "status" });
    const remarks = make("ul", { class: "tag-remarks", "aria-live": "polite", "aria-label": "New tags that resemble others" });
    box.after(make("div", { class: "below-tags" }, list, count, remarks));
    // A text box of several lines may not be a combobox, and says the same with these.
    for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": list.id, autocomplete: "off" })) {
      box.setAttribute(name, value);
    }

    const active = () => list.querySelector('[aria-selected="true"]');
    const activate = (option) => {
      active()?.setAttribute("aria-selected", "false");
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) box.setAttribute("aria-activedescendant", option.id);
      else box.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      activate(null);
      list.hidden = true;
      count.textContent = "";
    };

    // Other scripts hear of it as of typing.
    const put = (name, start, end) => {
      box.setRangeText(name, start, end, "end");
      box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
    };
    const take = (option) => {
      const { start, end } = wordAt(box);
      const isLast = end === box.value.length;
      close();
      put(`${start ? " " : ""}${option.dataset.name}${isLast ? ", " : ""}`, start, end);
    };

    let asked = 0;
    let pause;
    const suggest = async () => {
      const { typed, isWhole } = wordAt(box);
      const turn = ++asked;
      if (!typed || !isWhole) return close();
      const show = box.form?.elements.show?.value ?? "";
      const answer = await ask(box.dataset.suggestions, { q: typed, show });
      if (turn !== asked || document.activeElement !== box) return;
      const { start, end } = wordAt(box);
      const others = new Set(namesIn(`${box.value.slice(0, start)},${box.value.slice(end)}`));
      const found = (answer?.suggestions ?? []).filter(({ name }) => name !== typed && !others.has(name));
      list.replaceChildren(...found.map(({ name, alias }, at) => {
        const option = make("li", { id: `${list.id}-${at}`, role: "option", "aria-selected": "false" }, name);
        option.dataset.name = name;
        if (alias) option.append(make("span", { class: "quiet" }, ` alias: ${alias}`));
        return option;
      }));
      activate(null);
      list.hidden = !found.length;
      count.textContent = found.length ? `${found.length} suggestion${found.length === 1 ? "" : "s"}, arrow down to choose` : "";
    };

    // Each name is looked at once; what stands in the box at first is stored.
    const resembling = new Map(namesIn(box.value).map((name) => [name, []]));
    const replace = (name, other) => {
      const kept = namesIn(box.value).map((one) => (one === name ? other : one));
      put(`${[...new Set(kept)].join(", ")}, `, 0, box.value.length);
      box.focus();
    };
    const showRemarks = () => {
      const { start, end } = wordAt(box);
      const isTyping = document.activeElement === box;
      const done = namesIn(isTyping ? `${box.value.slice(0, start)},${box.value.slice(end)}` : box.value);
      const rows = done.filter((name) => resembling.get(name)?.length).map((name) => {
        const buttons = resembling.get(name).slice(0, 3).map((other) => {
          const button = make("button", { type: "button", "aria-label": `Take ${other} instead of ${name}` }, other);
          button.addEventListener("click", () => replace(name, other));
          return button;
        });
        return make("li", {}, make("b", {}, name), " is new; like ", ...buttons.flatMap((button, at) => (at ? [" or ", button] : [button])), "?");
      });
      const said = rows.map((row) => row.textContent).join();
      // What is said already is not said again, and keeps the focus of whoever is about to press it.
      if (said !== remarks.dataset.said) remarks.replaceChildren(...rows);
      remarks.dataset.said = said;
      return done;
    };
    let remarkPause;
    const remark = async () => {
      const unknown = [];
      for (const name of showRemarks()) {
        if (!resembling.has(name) && encodeURIComponent([...unknown, name].join(",")).length < ASKED_AT_ONCE) unknown.push(name);
      }
      if (!unknown.length) return;
      const answer = await ask(box.dataset.resembling, { names: unknown.join(",") });
      if (!answer) return;
      for (const name of unknown) resembling.set(name, answer.resembling[name] ?? []);
      showRemarks();
    };

    box.addEventListener("input", ({ inputType }) => {
      clearTimeout(pause);
      clearTimeout(remarkPause);
      remarkPause = setTimeout(remark, REMARKING_AFTER);
      // A list that was pasted stays as it is.
      if (inputType?.startsWith("insertFrom") || inputType === "insertReplacementText") close();
      else pause = setTimeout(suggest, SUGGESTING_AFTER);
    });
    box.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const options = [...list.children];
      const at = options.indexOf(active());
      if (event.key === "ArrowDown") activate(options[at + 1] ?? options[0]);
      else if (event.key === "ArrowUp") activate(options.at(at < 0 ? -1 : at - 1));
      else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(options[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    box.addEventListener("blur", () => {
      asked += 1;
      clearTimeout(pause);
      close();
      remark();
    });
    // The box keeps the focus.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => take(target.closest('[role="option"]')));
  };

  document.querySelectorAll("textarea[data-suggestions]").forEach(setUp);
}
