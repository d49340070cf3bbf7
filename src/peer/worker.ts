import * as Comlink from "comlink";
import { createPeer } from "./peer.ts";
import { webHost } from "./web.ts";

// A worker of its own: ONNX Runtime's processor code would hold up the page or our engine.
Comlink.expose(createPeer(webHost));
