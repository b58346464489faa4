// A button that is gone once it was pressed hands the focus on to what one would press next.
const NEXT = ["button[data-testid='stBaseButton-primary']", ".st-key-show_answer button", ".st-key-go_on button",
  ".st-key-go_back button"];
let last = null;

const hand_on = () => {
  const gone = last && (!last.isConnected || last.disabled);
  if (!gone || (document.activeElement !== document.body && document.activeElement !== last)) return;
  const main = document.querySelector("[data-testid='stMain']");
  const next = NEXT.flatMap((one) => [...(main?.querySelectorAll(one) ?? [])]).find((one) => !one.disabled);
  next?.focus({ preventScroll: true });
};
const remember = ({ target }) => { last = target.closest("[data-testid='stMain'] button"); };
const forget = () => queueMicrotask(() => { if (last?.isConnected && document.activeElement === document.body) last = null; });

export default () => {
  const watching = new MutationObserver(hand_on);
  watching.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  document.addEventListener("focusin", remember);
  document.addEventListener("focusout", forget);  // who clicks beside it wants no button
  return () => {
    watching.disconnect();
    document.removeEventListener("focusin", remember);
    document.removeEventListener("focusout", forget);
  };
};
