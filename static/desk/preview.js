"use strict";
// The preview beside the form: what is typed, as a page, a moment after the last key. What is only chosen from the
// computer is not sent. Each answer comes into a new frame behind the old one, so that nothing flickers and the
// browser's Back still leads out of the form.
{
  const pane = document.getElementById("preview");
  const form = document.getElementById("episode_form");
  const opener = document.querySelector("[name=_preview]");
  const PAUSE = 600;
  const COMPUTER_WIDTH = 1280;
  const besideForm = matchMedia("(min-width: 1500px)");

  const remembered = {
    get: (name) => { try { return localStorage.getItem(`preview.${name}`); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(`preview.${name}`, value); } catch { /* for this page only, then */ } },
  };

  const start = () => {
    const frames = pane.querySelector(".preview-frames");
    const said = pane.querySelector(".preview-said");
    const chosen = { as: "", width: remembered.get("width") === "computer" ? "computer" : "phone" };
    let waiting, asking;

    const say = (text) => { if (said.textContent !== text) said.textContent = text; };

    const show = (html) => {
      const old = frames.lastElementChild;
      const frame = document.createElement("iframe");
      frame.title = chosen.as ? "The notes in a podcast app" : "The page";
      frame.className = "coming";
      frame.srcdoc = html;
      frame.addEventListener("load", () => {
        const sameAs = old?.dataset.as === chosen.as;
        frame.dataset.as = chosen.as;
        if (sameAs) frame.contentWindow.scrollTo(0, old.contentWindow.scrollY);
        frame.className = "";
        while (frames.firstElementChild !== frame) frames.firstElementChild.remove();
      }, { once: true });
      frames.append(frame);
    };

    const ask = async () => {
      if (pane.hidden) return;
      asking?.abort();
      asking = new AbortController();
      const data = new FormData(form);
      form.querySelectorAll("input[type=file]").forEach(({ name }) => data.delete(name));
      try {
        const answer = await fetch(`${pane.dataset.url}${chosen.as ? `?as=${chosen.as}` : ""}`, { method: "POST", body: data, signal: asking.signal });
        if (answer.redirected) say("You are signed out: sign in again in another tab. Nothing that you typed here is lost.");
        else if (answer.status === 403) say("You may not do this on that show, so there is no preview.");
        else if (!answer.ok) say("The preview cannot be shown now. What you typed is still in the form.");
        else { show(await answer.text()); say(""); }
      } catch (error) {
        if (error.name !== "AbortError") say("The preview cannot be shown now. What you typed is still in the form.");
      }
    };

    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, PAUSE);
    };

    const scale = () => frames.style.setProperty("--scale", chosen.width === "computer" ? frames.clientWidth / COMPUTER_WIDTH : 1);

    const choose = (what, value) => {
      chosen[what] = value;
      pane.querySelectorAll(`[data-${what}]:is(button)`).forEach((button) => button.setAttribute("aria-pressed", button.dataset[what] === value));
      frames.dataset.width = chosen.width;
      scale();
    };

    const open = (isOpen) => {
      pane.hidden = !isOpen;
      opener.setAttribute("aria-expanded", isOpen);
      document.body.classList.toggle("has-preview", isOpen);
      document.body.classList.toggle("no-preview", !isOpen);
      if (isOpen) { scale(); ask(); }
    };

    opener.setAttribute("aria-controls", pane.id);
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      open(pane.hidden);
      if (besideForm.matches) remembered.set("open", pane.hidden ? "no" : "yes");
      else if (!pane.hidden) pane.querySelector(".preview-close").focus();
    });
    const close = () => {
      open(false);
      if (besideForm.matches) remembered.set("open", "no");
      opener.focus();
    };
    pane.querySelector(".preview-close").addEventListener("click", close);
    pane.addEventListener("keydown", ({ key }) => { if (key === "Escape") close(); });
    pane.addEventListener("click", ({ target }) => {
      if (target.dataset.as !== undefined && target.matches("button")) { choose("as", target.dataset.as); ask(); }
      if (target.dataset.width && target.matches("button")) { choose("width", target.dataset.width); remembered.set("width", chosen.width); }
    });
    new ResizeObserver(scale).observe(frames);

    for (const name of ["input", "change"]) form.addEventListener(name, soon);
    for (const name of ["formset:added", "formset:removed"]) document.addEventListener(name, soon);
    // Select2 tells its changes to jQuery only.
    window.django?.jQuery?.(form).on("change", soon);

    choose("width", chosen.width);
    open(besideForm.matches && remembered.get("open") !== "no");
  };

  if (pane && form && opener) start();
}
