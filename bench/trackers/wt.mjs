// wt-tracker on uWebSockets.js: node wt.mjs PORT. It is in no package registry: see docs/benchmarks.md for how it gets here.
import { createRequire } from "node:module";
import { FastTracker } from "./wt-tracker/dist/fast-tracker.js";
import { sendMessage, UWebSocketsTracker } from "./wt-tracker/dist/uws-tracker.js";

// Where its native part does not load, that package quietly goes on in JavaScript: not what is to be compared with.
createRequire(import.meta.url)(`./node_modules/uWebSockets.js/dist/uws_${process.platform}_${process.arch}_${process.versions.modules}.node`);
const port = Number(process.argv[2]);
const server = new UWebSocketsTracker(new FastTracker(undefined, sendMessage), { server: { port, host: "127.0.0.1" } });
await server.run();
console.log("ready");
