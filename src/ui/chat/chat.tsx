import { useEffect } from "react";
import { BottomBar } from "../bottom-bar.tsx";
import { Dials } from "../dials/dials.tsx";
import { useBitdial } from "../use-store.ts";
import { SamplingBar } from "../write/sampling-bar.tsx";
import { Composer } from "./composer.tsx";
import { TemplateDetails } from "./template-details.tsx";
import { Turns } from "./turns.tsx";

/** Conversations with an instruct model: the reference's answers beside the candidate's. */
export function Chat() {
  const able = useBitdial((state) => state.model?.chatTemplate !== null);
  const openLab = useBitdial((state) => state.openLab);
  // What the buttons do is fetched while the first message is being written.
  useEffect(() => void openLab().catch(() => {}), [openLab]);
  return (
    <>
      <h1 className="sr-only">Chat</h1>
      <div className="mx-auto grid max-w-[1760px] items-start gap-3 p-3 pb-28 tablet:grid-cols-[316px_minmax(0,1fr)] tablet:gap-4 tablet:p-4 tablet:px-5">
        <div className="min-w-0 max-tablet:hidden">
          <Dials />
        </div>
        {able ? <Conversation /> : <Unable />}
      </div>
      <BottomBar />
    </>
  );
}

function Conversation() {
  return (
    <section aria-label="Conversation" className="card @container min-w-0 overflow-hidden">
      <SystemField />
      <Turns />
      <Composer />
      <SamplingBar />
      <TemplateDetails />
    </section>
  );
}

function SystemField() {
  const system = useBitdial((state) => state.chatSystem);
  const setSystem = useBitdial((state) => state.setChatSystem);
  return (
    <label className="grid gap-1 px-4 pt-3.5 pb-3 text-[13px] text-soft">
      System prompt
      <textarea
        rows={1}
        value={system}
        placeholder="Left to the model's template"
        onChange={(event) => setSystem(event.currentTarget.value)}
        className="field block min-h-10 w-full resize-y bg-transparent px-3 py-2 text-sm text-ink"
      />
    </label>
  );
}

function Unable() {
  const name = useBitdial((state) => state.model?.name ?? "This model");
  return (
    <section className="card p-6">
      <h2 className="font-semibold">{name} does not converse</h2>
      <p className="mt-1 text-soft">
        Its files have no chat template: it was not trained on conversations. The playground goes on
        from any text, and an instruct model can be talked to here.
      </p>
    </section>
  );
}
