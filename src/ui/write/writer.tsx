import { CandidatePane, ReferencePane } from "./panes.tsx";
import { PromptBox } from "./prompt-box.tsx";
import { SamplingBar } from "./sampling-bar.tsx";
import { TokenCard } from "./token-card.tsx";

export function Writer() {
  return (
    <section aria-label="Write" className="@container">
      <PromptBox />
      <SamplingBar />
      <div className="grid border-t border-line @min-[560px]:grid-cols-2">
        <ReferencePane />
        <CandidatePane />
      </div>
      <TokenCard />
    </section>
  );
}
