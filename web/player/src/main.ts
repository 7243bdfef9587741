import { isDirect, playerJsonUrl, replayOf, streamNameOf } from "./stream/address";
import { headStart } from "./stream/head-start";
import { loadAgain } from "./stream/load-again";

const page = new URL(location.href);
const stream = streamNameOf(page);
if (stream.ok) {
  const toPlay = replayOf(page) === undefined && !isDirect(page);
  headStart(playerJsonUrl(stream.name, document.baseURI), toPlay);
}
void loadAgain(
  () => import("./ui/page"),
  () => {
    const place = document.querySelector("spillway-page");
    if (place !== null) place.textContent = "The player cannot be loaded just now. Trying again…";
  },
);
