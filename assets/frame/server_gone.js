// Streamlit asks whether one is connected to the internet. This app needs none: only its own server.
const SAID = "Streamlit server is not responding. Are you connected to the internet?";
const SAYS = "The server of this page does not answer. It may have been stopped. The page goes on by itself once it is back.";

export default () => {
  if (window.saysServerIsGone) return;
  window.saysServerIsGone = true;
  new MutationObserver((changes) => {
    for (const added of changes.flatMap((one) => [...one.addedNodes])) {
      if (!added.textContent?.includes(SAID)) continue;
      const texts = document.createTreeWalker(added, NodeFilter.SHOW_TEXT);
      for (let text = added.nodeType === 3 ? added : texts.nextNode(); text; text = texts.nextNode())
        text.data = text.data.replace(SAID, SAYS);
    }
  }).observe(document.body, { childList: true, subtree: true });
};
