import type { ChatMessage, GenerateEvent, Side } from "../engine/protocol.ts";
import { createBatch } from "./batch.ts";
import type { Answer, ChatVerbs, Turn } from "./chat-types.ts";
import { type Kit, sentenceOf } from "./kit.ts";

const sides: readonly Side[] = ["reference", "candidate"];

/** Conversations with both sides, one beside the other: each remembers its own answers. */
export function chatVerbs(kit: Kit): Omit<ChatVerbs, "setChatSystem" | "editMessage"> {
  const { jobs, get, set } = kit;

  async function ask(before: readonly Turn[], said: string): Promise<void> {
    await jobs.run(async (signal) => {
      const { applied, reference } = get();
      if (!applied || !reference) return;
      const turn: Turn = { said, answers: { reference: null, candidate: null } };
      set({ activity: "writing", chatFault: null, chatTurns: [...before, turn] });
      try {
        for (const side of sides) {
          if (signal.aborted) return;
          const { setting } = side === "reference" ? reference : applied;
          await answer(kit, side, setting, before, said);
        }
      } catch (error) {
        if (!signal.aborted) set({ chatFault: sentenceOf(error) });
      } finally {
        set({ activity: "idle" });
      }
    });
  }

  return {
    async say() {
      const { chatDraft, chatTurns } = get();
      if (chatDraft.trim() === "") return;
      set({ chatDraft: "" });
      await ask(chatTurns, chatDraft);
    },
    async sayAgain() {
      const { chatTurns } = get();
      const last = chatTurns.at(-1);
      if (last) await ask(chatTurns.slice(0, -1), last.said);
    },
    async clearChat() {
      await jobs.stop();
      set({ chatTurns: [], chatPrompt: "", chatFault: null });
    },
  };
}

async function answer(
  kit: Kit,
  side: Side,
  setting: string,
  before: readonly Turn[],
  said: string,
): Promise<void> {
  const { around, get, set } = kit;
  const { sampling, maxTokens, chatSystem } = get();
  const prompt = await around.engine.renderChat(messagesOf(chatSystem, before, said, side));
  if (side === "candidate") set({ chatPrompt: prompt });
  let latest: Answer = { setting, text: "", tokens: 0, tokensPerSecond: null, stop: null };
  const show = (part: Partial<Answer>): void => {
    latest = { ...latest, ...part };
    const turns = get().chatTurns;
    const last = turns.at(-1);
    if (!last) return;
    const answers = { ...last.answers, [side]: latest };
    set({ chatTurns: [...turns.slice(0, -1), { ...last, answers }] });
  };
  show({});
  const batch = createBatch<GenerateEvent>(around.nextFrame, (events) => {
    let { text, tokens } = latest;
    for (const event of events) {
      if (event.kind !== "tokens") continue;
      text += event.texts.join("");
      tokens += event.ids.length;
    }
    show({ text, tokens });
  });
  try {
    const { sides: written } = await around.engine.generate(
      { prompt, conversation: true, maxTokens, sampling, sides: [side], compare: false },
      batch.push,
    );
    batch.flush();
    const [result] = written;
    if (!result) return;
    const { text, tokens, stop, tokensPerSecond } = result;
    const rate = tokensPerSecond > 0 ? tokensPerSecond : null;
    show({ text, tokens: tokens.length, stop, tokensPerSecond: rate });
  } catch (error) {
    batch.flush();
    show({ stop: "cancelled" });
    throw error;
  }
}

/** Answers that were never given are left out: templates want turns to alternate, so their messages go with them. */
export function messagesOf(
  system: string,
  before: readonly Turn[],
  said: string,
  side: Side,
): ChatMessage[] {
  const messages: ChatMessage[] = [];
  if (system.trim() !== "") messages.push({ role: "system", content: system });
  for (const turn of before) {
    const text = turn.answers[side]?.text.trim() ?? "";
    if (text === "") continue;
    messages.push({ role: "user", content: turn.said });
    messages.push({ role: "assistant", content: text });
  }
  return [...messages, { role: "user", content: said }];
}
