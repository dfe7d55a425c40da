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
}
