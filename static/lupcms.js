// Makes pages nicer; without it everything still works. In the head, so that chosen colours come before the first paint.
const root = document.documentElement;

const theme = {
  get: () => { try { return localStorage.getItem("theme") || ""; } catch { return ""; } },
  set: (name) => { try { name ? localStorage.setItem("theme", name) : localStorage.removeItem("theme"); } catch { /* for this page only, then */ } },
};

function paint(name) {
  name === "light" || name === "dark" ? root.dataset.theme = name : delete root.dataset.theme;
}

paint(theme.get());

addEventListener("DOMContentLoaded", () => {
  const chooser = document.querySelector(".theme");
  const mark = (chosen) => chooser.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.theme === chosen);
  });
  if (chooser) {
    chooser.hidden = false;
    mark(theme.get());
    chooser.addEventListener("click", ({ target }) => {
      if (target.dataset.theme === undefined) return;
      theme.set(target.dataset.theme);
      paint(target.dataset.theme);
      mark(target.dataset.theme);
    });
  }

  // A ticket's code can be copied where the browser allows it, which is on https and on localhost.
  if (navigator.clipboard) {
    document.querySelectorAll(".ticket").forEach((ticket) => {
      const button = ticket.querySelector("button");
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(ticket.querySelector("code").textContent);
        ticket.querySelector("[role=status]").textContent = button.dataset.done;
      });
    });
  }
});
