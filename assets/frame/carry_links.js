// A link that is opened in another tab begins a new visit there: it takes along what holds on every page.
const CARRIED = ["present", "room", "lesson"];

const ownLink = (event) => {
  const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement && one.href);
  return link?.origin === location.origin && !link.hash && !link.hasAttribute("download") ? link : null;
};

const carry = (event) => {
  const link = ownLink(event);
  if (!link) return;
  const here = new URLSearchParams(location.search), to = new URL(link.href);
  for (const name of CARRIED) {
    if (here.get(name) && !to.searchParams.has(name)) to.searchParams.set(name, here.get(name));
  }
  if (to.href !== link.href) link.href = to.href;
};

// Streamlit takes every press of a link for a change of page; with a key held it is the browser's, as everywhere else.
const leaveToBrowser = (event) => {
  if ((event.ctrlKey || event.metaKey || event.shiftKey) && ownLink(event)) event.stopPropagation();
};

export default () => {
  if (window.carriesLinks) return;
  window.carriesLinks = true;
  for (const touch of ["pointerdown", "keydown", "contextmenu"]) addEventListener(touch, carry, true);
  addEventListener("click", leaveToBrowser, true);
};
