// Paper can't be clicked: before printing, each link that the app drew knows its full address, which print.css writes.
export default () => {
  if (window.spellsLinks) return;
  window.spellsLinks = true;
  addEventListener("beforeprint", () => {
    for (const link of document.querySelectorAll('a[data-testid^="stPageLink"], [data-testid="stMarkdownContainer"] a'))
      link.dataset.address = link.href;
  });
};
