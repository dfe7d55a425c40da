"use strict";
// Leaving a form that differs from what was served asks first: also where rows were added, removed or moved.
{
  const form = document.getElementById("episode_form");
  const boxes = () => [...form.elements].filter((box) => box.name && box.name !== "csrfmiddlewaretoken" && box.type !== "submit");
  // As a browser makes it of what the page has, whose line breaks may be of any kind.
  const plain = (box, text) => (box.type === "textarea" ? text.replace(/\r\n?/g, "\n") : text.replace(/[\r\n]/g, ""));
  const now = (box) => {
    if (box.type === "checkbox" || box.type === "radio") return box.checked;
    if (box.type === "file") return box.files.length > 0;
    return box.type === "select-multiple" ? [...box.selectedOptions].map(({ value }) => value) : plain(box, box.value);
  };
  // A browser that comes back fills the boxes with what was in them: what counts is what the page came with.
  const served = (box) => {
    if (box.type === "checkbox" || box.type === "radio") return box.defaultChecked;
    if (box.type === "file") return false;
    if (box.tagName !== "SELECT" || box.type === "select-multiple") return "defaultValue" in box ? plain(box, box.defaultValue) : now(box);
    return ([...box.options].find(({ defaultSelected }) => defaultSelected) ?? box.options[0])?.value ?? "";
  };
  const read = (value) => JSON.stringify(boxes().map((box) => [box.name, value(box)]).sort());

  const before = form && read(served);
  // What was refused is nowhere but on this page.
  const refused = form?.querySelector(".errornote");
  let sent = false;
  addEventListener("submit", (event) => {
    sent = event.target === form && !event.defaultPrevented && !(event.submitter?.formTarget || form.target);
  });
  addEventListener("pageshow", () => (sent = false));
  addEventListener("beforeunload", (event) => {
    if (form && !sent && (refused || read(now) !== before)) event.preventDefault();
  });
}
