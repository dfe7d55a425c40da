"use strict";
// An autocomplete box is named by what is chosen in it. Its users need to hear which field it is, too.
{
  const nameBoxes = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete.select2-hidden-accessible")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const box = select.nextElementSibling.querySelector(".select2-selection");
      const chosen = box.querySelector(".select2-selection__rendered");
      label.id = `${select.id}_label`;
      chosen.setAttribute("aria-labelledby", label.id);
      box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
    }
  };

  // The list with its search box is made when it opens, and the search box has the focus then.
  const nameList = ({ target }) => {
    if (!target.matches(".select2-search__field")) return;
    target.setAttribute("aria-label", "Search");
    const box = document.querySelector(".select2-container--open .select2-selection");
    box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
  };

  // After autocomplete.js, which waits for jQuery to be ready and makes the boxes then.
  window.django?.jQuery?.(nameBoxes);
  document.addEventListener("formset:added", nameBoxes);
  document.addEventListener("focusin", nameList);

  // Choosing a sponsor in a new row fills what is still empty, or as we filled it, with what was booked or said last.
  // A row that is saved with nothing but its sponsor is filled then.
  const filled = new WeakMap();
  const fill = (box, value) => {
    if (!box || (box.value && box.value !== (filled.get(box) ?? box.dataset.empty))) return;
    if (box.matches(".admin-autocomplete")) {
      box.replaceChildren(...(value ? [new Option(value.text, value.id, true, true)] : []));
      window.django.jQuery(box).trigger("change.select2");
      filled.set(box, value ? String(value.id) : "");
    } else {
      box.value = value ?? "";
      filled.set(box, box.value);
    }
  };
  const prefill = async ({ target: select }) => {
    if (!select.dataset.prefill || !select.value) return;
    const valueOf = (id) => document.getElementById(id)?.value ?? "";
    const episode = location.pathname.match(/\/episode\/(\d+)\/change\/$/)?.[1] ?? "";
    if (!episode && !valueOf("id_show")) return;
    const asked = new URLSearchParams({ sponsor: select.value, show: valueOf("id_show"), day: valueOf("id_air_date"), episode });
    const answer = await fetch(`${select.dataset.prefill}?${asked}`);
    // Somebody may have chosen another sponsor meanwhile.
    if (!answer.ok || select.value !== asked.get("sponsor")) return;
    for (const [name, value] of Object.entries(await answer.json())) {
      fill(document.getElementById(select.id.replace(/sponsor$/, name)), value);
    }
  };
  // On the form of a new episode the show may be chosen after its sponsors.
  document.addEventListener("change", ({ target }) => {
    if (target.id === "id_show") document.querySelectorAll("select[data-prefill]").forEach((select) => prefill({ target: select }));
  });
  // Django says of every box that it changed when the page is ready; what came filled needs no answer.
  const chosen = new WeakMap([...document.querySelectorAll("select[data-prefill]")].map((select) => [select, select.value]));
  // Select2 tells its changes to jQuery only.
  window.django?.jQuery?.(document).on("change", "select[data-prefill]", (event) => {
    if (chosen.get(event.target) === event.target.value) return;
    chosen.set(event.target, event.target.value);
    prefill(event);
  });
}
