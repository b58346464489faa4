// The recorded trainings, replayed; the epoch stands in the link.
import drawReplay from "drawing/replay";
import { asked, hosted, link, load, onLink, onTheme, say, theme } from "page";

const known = await load("trainings.json");
let epoch = null;
const replay = hosted(drawReplay, document.querySelector(".trainings"), { epoch: (at) => { epoch = at; link({ epoch: at === known.light.last ? "" : at }); } });
const draw = () => replay({ ...known[theme()], epoch });

function hear() {
  const { last } = known.light, wish = Number(asked().epoch ?? last), is = Number.isInteger(wish) && wish >= 1 && wish <= last;
  epoch = is ? wish : last;
  say(is ? "" : `The link asks for epoch “${asked().epoch.slice(0, 40)}”; there are ${last}. You see the last.`);
  draw();
}

onTheme(draw);
onLink(() => location.reload()); // the replay keeps its own epoch once it is drawn
hear();
