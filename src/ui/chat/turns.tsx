import type { Answer, Turn } from "../../store/chat-types.ts";
import type { Side } from "../../store/types.ts";
import { counted, perSecond } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

const sides = [
  { side: "reference", title: "Reference" },
  { side: "candidate", title: "Candidate" },
] as const satisfies readonly { side: Side; title: string }[];

export function Turns() {
  const turns = useBitdial((state) => state.chatTurns);
  if (turns.length === 0) {
    return (
      <p className="border-t border-line px-4 py-6 text-soft">
        Send a message: the reference and the candidate both answer it, and each goes on from its
        own answers.
      </p>
    );
  }
  return (
    <ol aria-label="Turns" className="border-t border-line">
      {turns.map((turn, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a turn is its place in the conversation.
        <li key={at} className="border-b border-line last:border-b-0">
          <TurnRow turn={turn} />
        </li>
      ))}
    </ol>
  );
}

function TurnRow({ turn }: { readonly turn: Turn }) {
  return (
    <>
      <p className="bg-sunk px-4 py-2.5 whitespace-pre-wrap break-words">
        <span className="mr-2 text-xs font-semibold text-soft">You</span>
        {turn.said}
      </p>
      <div className="grid @min-[560px]:grid-cols-2">
        {sides.map(({ side, title }) => (
          <AnswerText key={side} title={title} answer={turn.answers[side]} />
        ))}
      </div>
    </>
  );
}

interface AnswerTextProps {
  readonly title: string;
  readonly answer: Answer | null;
}

function AnswerText({ title, answer }: AnswerTextProps) {
  const writing = useBitdial((state) => state.activity === "writing");
  const waiting = writing && (answer === null || answer.stop === null);
  return (
    <article
      aria-label={title}
      aria-busy={waiting}
      className="flex min-w-0 flex-col px-4 pt-3 pb-2.5 not-first:border-t not-first:border-line @min-[560px]:not-first:border-t-0 @min-[560px]:not-first:border-l"
    >
      <h2 className="mb-1.5 flex items-baseline gap-3 text-[13px] font-semibold">
        {title}
        <span className="min-w-0 flex-1 truncate text-right font-mono text-xs font-normal text-soft">
          {answer?.setting}
        </span>
      </h2>
      <p className="whitespace-pre-wrap break-words">
        {answer?.text.trimStart()}
        {answer && waiting && <span className="caret" />}
      </p>
      <p className="mt-auto pt-2 text-xs text-faint">{footOf(answer)}</p>
    </article>
  );
}

function footOf(answer: Answer | null): string {
  if (!answer) return "";
  const { stop, tokens, tokensPerSecond } = answer;
  if (stop === null) return tokens === 0 ? "Reading the conversation …" : counted(tokens, "token");
  const rate = tokensPerSecond === null ? "" : `, ${perSecond(tokensPerSecond)} tok/s`;
  return `${counted(tokens, "token")}${rate}; ${ends[stop]}`;
}

const ends = {
  stop: "ended its turn.",
  length: "cut at as many as asked for.",
  context: "the context is full: begin anew.",
  cancelled: "stopped.",
} as const satisfies Record<NonNullable<Answer["stop"]>, string>;
