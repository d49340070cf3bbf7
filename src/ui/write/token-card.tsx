import type { TokenComparison } from "../../store/types.ts";
import { nats, percent, widthOf } from "../figures.ts";
import { useBitdial } from "../use-store.ts";
import { useShownToken } from "./candidate-text.tsx";

/** How both models saw one token: the likeliest ten under each, and how far apart they are. */
export function TokenCard() {
  const at = useShownToken();
  const token = useBitdial((state) => (at === null ? undefined : state.panes.candidate.tokens[at]));
  const row = useBitdial((state) => (at === null ? undefined : state.comparisons[at]));
  return (
    <section
      aria-label="The token pointed at"
      className="mx-4 mb-4 rounded-[10px] border border-line bg-sunk px-3.5 py-3 text-xs"
    >
      {token && row ? (
        <Comparison text={token.text} row={row} id={token.id} />
      ) : (
        <p className="text-faint">
          Point at a word of the candidate, or reach it with the arrow keys, to see what both models
          expected there.
        </p>
      )}
    </section>
  );
}

interface ComparisonProps {
  readonly text: string;
  readonly id: number;
  readonly row: TokenComparison;
}

function Comparison({ text, id, row }: ComparisonProps) {
  const { kl, chosen, referenceEntropy, candidateEntropy } = row;
  return (
    <>
      <p className="mb-2 flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-soft">
        <b className="font-serif text-[15px] font-semibold text-ink">{quoted(text)}</b>
        <span>
          KL <b className="font-mono font-medium text-ink">{nats(kl)}</b> nats
        </span>
        <span>
          probability <b className="font-mono font-medium text-ink">{percent(chosen.reference)}</b>{" "}
          under the reference,{" "}
          <b className="font-mono font-medium text-ink">{percent(chosen.candidate)}</b> under the
          candidate
        </span>
      </p>
      <div className="grid gap-x-5 gap-y-3 @min-[440px]:grid-cols-2">
        <Likeliest
          title={`Reference, entropy ${nats(referenceEntropy)} nats`}
          choices={row.reference}
          chosen={id}
          bar="bg-faint"
        />
        <Likeliest
          title={`Candidate, entropy ${nats(candidateEntropy)} nats`}
          choices={row.candidate}
          chosen={id}
          bar="bg-accent"
        />
      </div>
    </>
  );
}

interface LikeliestProps {
  readonly title: string;
  readonly choices: TokenComparison["reference"];
  readonly chosen: number;
  readonly bar: string;
}

function Likeliest({ title, choices, chosen, bar }: LikeliestProps) {
  const most = Math.max(...choices.map(({ probability }) => probability), 1e-9);
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-semibold text-soft">{title}</h3>
      <ol>
        {choices.map(({ id, text, probability }) => (
          <li
            key={id}
            className={`grid grid-cols-[5.5rem_minmax(0,1fr)_3rem] items-center gap-2 leading-[1.45] ${id === chosen ? "font-semibold" : ""}`}
          >
            <span className="truncate whitespace-pre">{visible(text)}</span>
            <span
              aria-hidden="true"
              className={`h-1.5 rounded-sm ${bar}`}
              style={{ width: widthOf(probability / most) }}
            />
            <span className="text-right font-mono">{percent(probability)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function quoted(text: string): string {
  return `“${visible(text)}”`;
}

/** Line breaks and empty pieces can be seen. */
function visible(text: string): string {
  if (text === "") return "▯";
  return text.replaceAll("\n", "↵");
}
