"use strict";
// The order of rows: drag a row by its handle, press an arrow key on it, or type its number.
{
  const EDGE = 96, SPEED = 12; // Pixels from the edge of the window where a drag scrolls, and how far a frame.

  const groupOf = (row) => row.closest(".rows");
  const rowsOf = (group) => [...group.querySelectorAll(":scope > fieldset > .inline-related:not(.empty-form)")];
  const numberOf = (row) => row.querySelector("input.position");
  const place = (row) => Number(numberOf(row).value) || Infinity;
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  const said = document.createElement("div");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.body.append(said);

  const putInOrder = (rows) => {
    if (rows.every((row, at) => at === 0 || rows[at - 1].compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING)) return;
    rowsOf(groupOf(rows[0]))[0].before(rows[0]);
    rows.slice(1).forEach((row, at) => rows[at].after(row));
  };

  const name = (row) => {
    row.querySelector(".handle").setAttribute("aria-label", `Move ${row.getAttribute("aria-label")}`);
  };

  const settle = (row) => {
    const rows = rowsOf(groupOf(row)), at = rows.indexOf(row) + 1;
    rows.forEach((other, index) => {
      numberOf(other).value = index + 1;
      other.setAttribute("aria-label", other.getAttribute("aria-label").replace(/\d+$/, index + 1));
      name(other);
    });
    said.textContent = `Moved: now ${at} of ${rows.length}.`;
    // For whoever watches the form, as a typed number would.
    numberOf(row).dispatchEvent(new Event("input", { bubbles: true }));
  };

  // The neighbour jumps over the row, so that the row keeps the focus and the pointer.
  const swap = (row, down) => {
    const rows = rowsOf(groupOf(row)), other = rows[rows.indexOf(row) + (down ? 1 : -1)];
    if (other) row[down ? "before" : "after"](other);
    return Boolean(other);
  };

  // --- By keyboard, on the handle ---
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(".rows .handle") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = event.target.closest(".inline-related"), down = ["ArrowDown", "End"].includes(event.key);
    if (!down && !["ArrowUp", "Home"].includes(event.key)) return;
    event.preventDefault();
    let moved = swap(row, down);
    while (moved && !event.key.startsWith("Arrow")) moved = swap(row, down);
    settle(row);
    row.scrollIntoView({ block: "nearest" });
  });

  // --- By number: before the row that has it if that is further up, else behind it; as EntryFormSet does ---
  document.addEventListener("change", ({ target: box }) => {
    if (!box.matches(".rows input.position")) return;
    const row = box.closest(".inline-related"), rows = rowsOf(groupOf(row)), wanted = place(row);
    const before = rows.slice(0, rows.indexOf(row)).find((other) => place(other) >= wanted);
    const focused = document.activeElement === box;
    if (before) before.before(row);
    else rows.findLast((other) => other === row || place(other) <= wanted).after(row);
    settle(row);
    if (focused) box.focus();
  });

  // --- By mouse or finger ---
  let drag = null;
  const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;
  const follow = () => {
    if (!drag) return;
    const { row, y } = drag;
    if (y < EDGE) scrollBy(0, -SPEED);
    else if (y > innerHeight - EDGE) scrollBy(0, SPEED);
    for (const down of [false, true]) {
      for (;;) {
        const rows = rowsOf(groupOf(row)), other = rows[rows.indexOf(row) + (down ? 1 : -1)];
        if (!other || (down ? y < middle(other) : y > middle(other))) break;
        swap(row, down);
      }
    }
    requestAnimationFrame(follow);
  };
  const drop = (keep) => {
    const { row, order } = drag;
    drag = null;
    row.classList.remove("dragged");
    if (!keep) putInOrder(order);
    else if (rowsOf(groupOf(row)).some((other, at) => other !== order[at])) settle(row);
  };
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.(".rows .handle");
    if (!handle || event.button || drag) return;
    const row = handle.closest(".inline-related");
    drag = { row, order: rowsOf(groupOf(row)), y: event.clientY };
    handle.setPointerCapture(event.pointerId);
    row.classList.add("dragged");
    requestAnimationFrame(follow);
  });
  document.addEventListener("pointermove", (event) => {
    if (drag) drag.y = event.clientY;
  });
  document.addEventListener("pointerup", () => drag && drop(true));
  document.addEventListener("pointercancel", () => drag && drop(false));
  document.addEventListener("keydown", ({ key }) => drag && key === "Escape" && drop(false));

  // When a new row is removed, Django numbers the names of all rows in the order of the page, right after it says so.
  // The names of stored rows are those they were loaded with: for that moment the rows stand as they were.
  document.addEventListener("formset:removed", ({ detail }) => {
    const shown = rowsOf(document.getElementById(`${detail.formsetName}-group`));
    if (!shown.length) return;
    const index = (row) => Number(row.id.slice(detail.formsetName.length + 1));
    putInOrder(shown.toSorted((a, b) => compare(index(a), index(b))));
    queueMicrotask(() => putInOrder(shown));
  });

  // The usual links of a show stay behind those that are added (episodes/next_episode.py). Whoever adds a row looks for
  // it at the end, so they move when that is done.
  const FIRST_USUAL = 901;
  document.addEventListener("formset:added", ({ target: row }) => {
    if (!row.matches(".rows .inline-related:has(input.position)") || numberOf(row).value) return;
    queueMicrotask(() => row.after(...rowsOf(groupOf(row)).filter((other) => numberOf(other).value >= FIRST_USUAL)));
  });

  for (const row of document.querySelectorAll(".rows .inline-related:has(input.position)")) {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "handle";
    handle.title = "Drag, or press ↑ or ↓";
    numberOf(row).before(handle);
    name(row);
  }
  // A form that was refused comes back in the order in which it was sent.
  for (const group of document.querySelectorAll(".rows:has(input.position)")) {
    const rows = rowsOf(group);
    if (rows.length) putInOrder(rows.toSorted((a, b) => compare(place(a), place(b))));
  }
}
