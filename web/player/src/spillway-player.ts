import { playerJsonBeside } from "./stream/address";
import { headStart } from "./stream/head-start";
import { loadAgain } from "./stream/load-again";

/*
 * The module that other sites name: it is small, asks for the streams that stand in the page at once, and loads the element meanwhile.
 */
for (const element of document.querySelectorAll("spillway-player[src]:not([noautoplay])")) {
  const address = playerJsonBeside(element.getAttribute("src") ?? "", document.baseURI);
  if (address !== undefined) headStart(address, !element.getAttribute("replay"));
}
void loadAgain(() => import("./ui/player"));
