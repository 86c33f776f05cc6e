// Everything works without this file: it only saves a click.
"use strict";

for (const box of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  const told = document.createElement("span");
  button.type = "button";
  button.textContent = "Copy";
  told.setAttribute("role", "status");
  told.className = "soft";
  button.addEventListener("click", async () => {
    const text = box.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(box.querySelector("pre"));
      told.textContent = "Selected; press Ctrl+C or ⌘C.";
    }
  });
  const row = document.createElement("p");
  row.append(button, " ", told);
  box.append(row);
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  for (const input of document.querySelectorAll("input[data-zone]")) input.value = zone;
  for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = zone;
}

const form = document.querySelector("form[data-live]");
if (form) {
  const input = form.querySelector("[data-filter]") ?? form.elements.q;
  const searches = form.method === "get";
  const results = document.getElementById("results");
  const told = document.getElementById("told");
  let shown = input.value.trim();
  let waiting = 0;
  let asking = null;

  const look = async () => {
    const text = input.value.trim();
    if (text === shown) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.live}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (!answer.ok) return;
      const found = await answer.text();
      shown = text;
      results.innerHTML = found; // drawn and escaped by the server, as the whole page is
      const said = results.querySelector("[data-told]");
      told.textContent = said ? said.dataset.told : "";
      const wrong = results.querySelector("#mistake");
      input.toggleAttribute("aria-invalid", Boolean(wrong));
      const hint = document.getElementById("filter-hint") ? ["filter-hint"] : [];
      const described = [...(wrong ? ["mistake"] : []), ...hint].join(" ");
      if (described) input.setAttribute("aria-describedby", described);
      else input.removeAttribute("aria-describedby");
      document.getElementById("filter-error")?.remove();
      for (const field of document.querySelectorAll("[data-typed]")) field.value = text;
      for (const other of document.querySelectorAll("[data-other]")) {
        const way = new URL(other.href);
        way.searchParams.set("filter", text);
        other.href = way.href;
      }
      if (!searches) return;
      history.replaceState(null, "", text ? `${form.action}?q=${encodeURIComponent(text)}` : form.action);
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 200);
  });
  form.addEventListener("click", (event) => {
    const mended = event.target.closest("[data-take]");
    if (!mended) return;
    event.preventDefault(); // what else is filled in stays
    input.value = mended.dataset.take;
    input.focus();
    look();
  });
}
