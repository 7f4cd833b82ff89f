/* global MiniSearch, siteIndex */
(() => {
  const root = document.body.dataset.root;
  const input = document.getElementById("search");
  const results = document.getElementById("results");
  const pages = document.querySelector("nav details");
  if (matchMedia("(max-width: 52rem)").matches) pages.open = false;

  let engine;
  const search = (words) => {
    if (!engine) {
      engine = new MiniSearch({
        fields: ["title", "words"],
        storeFields: ["title", "href", "place"],
        searchOptions: { boost: { title: 3 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
        // instances.batchUpdate is found by batch, by update, and as a whole.
        tokenize: (text) => text.split(/[^\p{L}\p{N}]+/u).flatMap((word) => [word, ...word.split(/(?=\p{Lu})/u)]),
      });
      engine.addAll(siteIndex);
    }
    return engine.search(words).slice(0, 12);
  };

  const item = ({ title, href, place }) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    const where = document.createElement("small");
    link.href = root + href;
    link.textContent = title;
    where.textContent = place;
    link.append(where);
    row.append(link);
    return row;
  };

  const none = () => {
    const row = document.createElement("li");
    row.className = "none";
    row.textContent = "Nothing found.";
    return row;
  };

  const show = () => {
    const words = input.value.trim();
    const found = words === "" ? [] : search(words);
    results.replaceChildren(...(found.length > 0 ? found.map(item) : [none()]));
    results.hidden = words === "";
  };

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") results.querySelector("a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") results.hidden = true;
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) results.hidden = true;
  });
  // A link to a folded part of the page unfolds it.
  const unfold = () => {
    for (let at = document.getElementById(location.hash.slice(1)); at; at = at.parentElement)
      if (at.tagName === "DETAILS") at.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
