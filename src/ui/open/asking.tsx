import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";
import { OpenModel } from "./open-model.tsx";

/** A link names a model that must be fetched: nothing is asked of another host before the user says so. */
export function Asking() {
  const linked = useBitdial((state) => state.linked ?? state.opened?.id ?? "a model");
  const openEmbedded = useBitdial((state) => state.openEmbedded);
  return (
    <div className="px-3">
      <section aria-labelledby="asking" className="card mx-auto mt-[6vh] max-w-2xl">
        <div className="border-b border-line px-4 py-3">
          <h1 id="asking" className="text-lg font-semibold tracking-tight">
            This link opens another model
          </h1>
          <p className="mt-1 text-soft wrap-anywhere">
            It names <code>{linked}</code>, which is not kept in this browser. Nothing is fetched
            before you ask for it.
          </p>
          <Button className="mt-3" onClick={() => void openEmbedded()}>
            Use the embedded model
          </Button>
        </div>
        <OpenModel />
      </section>
    </div>
  );
}
