"""A plain page that hosts a widget as anywidget does in all notebooks: a module made of a text, and a model."""

PAGE = """<!doctype html><html lang="en"><title>A notebook</title>
<meta name="viewport" content="width=device-width"><style>body { margin: 0; background: %s }</style>
<main><h1 style="position: absolute; clip-path: inset(50%%)">A notebook</h1><div id="cell"></div></main></html>"""
# The model keeps what Python said, tells what the drawing says, and hears Python's answer. No other contact is given.
START = """async ([esm, state]) => {
  const heard = {}, said = {};
  const take = (changes) => {
    Object.assign(state, changes);
    for (const name in changes) (heard[`change:${name}`] ?? []).forEach((hear) => hear());
  };
  const model = {
    get: (name) => structuredClone(state[name]),
    set: (name, value) => { state[name] = said[name] = value; },
    save_changes: async () => {
      const now = { ...said };
      for (const name in said) delete said[name];
      take(await window.python(now));
    },
    on: (name, hear) => (heard[name] ??= []).push(hear),
    off: () => {},
  };
  window.take = take; // what Python says unasked
  const address = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(address);
  await widget.render({ model, el: document.querySelector("#cell") });
}"""


def host(page, widget, theme="light"):
    """Draw a widget in a page, and answer what a reader does there by the widget itself; gives what was asked for.

    Returns:
        The addresses that the page asked for meanwhile. None is needed.
    """
    asked = []
    page.emulate_media(color_scheme=theme)
    page.set_content(PAGE % ("#111111" if theme == "dark" else "#ffffff"))
    page.on("request", lambda request: asked.append(request.url))

    def python(said):
        before = widget.get_state()
        widget.set_state(said)
        now = widget.get_state()
        return {name: value for name, value in now.items() if value != before[name] and name not in said}

    page.expose_function("python", python)
    page.evaluate(START, [widget._esm, widget.get_state()])
    return asked
