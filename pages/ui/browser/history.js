// The back button leads back. Streamlit adds an entry to the browser's history whenever a page writes its link,
// even where nobody asked for a change: back from there, the page would write the link again, and so for ever.

const OWN = ["run", "begin"]; // written or taken out by the page; what else stands in the link decides it
let acted = false; // whether the person has done anything since the page was opened or gone back to

let leaving = false; // whether they have asked for another page, whose address has not come yet

for (const event of ["pointerdown", "keydown", "click"]) addEventListener(event, note, true);
addEventListener("popstate", () => (acted = leaving = false), true);

function note(event) {
  acted = true;
  const link = event.target.closest?.("a[href]");
  const here = !event.ctrlKey && !event.metaKey && !(event.button > 0);
  leaving = here && Boolean(link) && link.origin === location.origin && link.pathname !== location.pathname;
}

function essence(address) {
  const url = new URL(address, location.href);
  for (const name of OWN) url.searchParams.delete(name);
  url.searchParams.sort();
  return url.href;
}

const push = history.pushState;
history.pushState = function (state, title, address) {
  const elsewhere = address && new URL(address, location.href).pathname !== location.pathname;
  if (elsewhere) leaving = false;
  // The next page's parameters come before its address does; written now they would stand in this page's entry.
  if (leaving) return;
  const changed = address && essence(address) !== essence(location.href);
  if (elsewhere || (acted && changed)) return push.call(this, state, title, address);
  return this.replaceState(state, title, address);
};
