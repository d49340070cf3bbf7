import * as Comlink from "comlink";
import { createEngine } from "./engine.ts";
import { browserHost } from "./host-browser.ts";

// The engine lives in a worker so that packing and compiling never hold up the page.
Comlink.expose(createEngine(browserHost()));
