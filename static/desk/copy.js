"use strict";
// One press copies a box, where the browser allows it: on https and on localhost. Elsewhere the text can be selected.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const said = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const box = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(box.value);
        said.textContent = "Copied";
      } catch {
        box.select();
        said.textContent = "Your browser does not let this page copy: the text is selected, copy it with the keyboard.";
      }
    });
  }
}
