// bittorrent-tracker's own server, WebSockets only: node bt.mjs PORT. Its settings are its own but for one: a swarm keeps 1,000 peers
// by default and throws the others out.
import Server from "bittorrent-tracker/server";

const port = Number(process.argv[2]);
const server = new Server({ udp: false, http: false, ws: true, stats: false, peersCacheLength: 20_000 });
server.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
server.on("warning", () => {});
server.listen(port, "127.0.0.1", () => console.log("ready"));
