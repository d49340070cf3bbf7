import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connectEngine } from "./engine/client.ts";
import { followAddress } from "./store/address.ts";
import { createBitdial } from "./store/store.ts";
import { browserSurroundings, windowAddress } from "./store/surroundings.ts";
import { App } from "./ui/app.tsx";
import "./ui/styles.css";
import { StoreContext } from "./ui/use-store.ts";

const store = createBitdial(browserSurroundings(connectEngine()));
followAddress(store, windowAddress());
void store.getState().open();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root.");
createRoot(root).render(
  <StrictMode>
    <StoreContext value={store}>
      <App />
    </StoreContext>
  </StrictMode>,
);
