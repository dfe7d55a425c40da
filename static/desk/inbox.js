// The small window that collected a link can be closed with a button, where there is script.
for (const button of document.querySelectorAll("[data-close]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.close());
}
