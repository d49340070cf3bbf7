import { describe, expect, it } from "vitest";
import { messagesOf } from "../../src/store/chat.ts";
import type { Answer, Turn } from "../../src/store/chat-types.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

async function ready() {
  const engine = new FakeEngine();
  const store = createBitdial(surroundings(engine));
  store.getState().goTo("chat");
  await store.getState().open();
  engine.calls.length = 0;
  return { engine, store, get: store.getState };
}

describe("a conversation", () => {
  it("is answered by both sides, each going on from its own answers", async () => {
    const { engine, get } = await ready();
    get().setChatSystem("Be brief.");
    get().editMessage("Hello");
    await get().say();
    expect(engine.calls).toEqual(["generate reference", "generate candidate"]);
    const [turn] = get().chatTurns;
    expect(turn?.said).toBe("Hello");
    expect(turn?.answers.reference).toMatchObject({ setting: "f32", stop: "length" });
    expect(turn?.answers.candidate).toMatchObject({ setting: "int4-g32", stop: "length" });
    expect(get().chatDraft).toBe("");
    get().editMessage("And now?");
    await get().say();
    const said = turn?.answers.candidate?.text.trim();
    expect(get().chatPrompt).toBe(`<system>Be brief.<user>Hello<assistant>${said}<user>And now?`);
    await get().sayAgain();
    expect(get().chatTurns.map((each) => each.said)).toEqual(["Hello", "And now?"]);
    await get().clearChat();
    expect(get().chatTurns).toEqual([]);
  });

  it("says nothing for an empty message, and leaves the playground's text alone", async () => {
    const { engine, get } = await ready();
    get().editMessage("  ");
    await get().say();
    expect(engine.calls).toEqual([]);
    expect(get().panes.candidate.tokens).toEqual([]);
  });

  it("shows what the template refuses as a sentence", async () => {
    const { engine, get } = await ready();
    engine.renderChat = () => Promise.reject(new Error("The template does not work."));
    get().editMessage("Hello");
    await get().say();
    expect(get().chatFault).toBe("The template does not work.");
    expect(get().activity).toBe("idle");
  });

  it("leaves out turns that a side never answered", () => {
    const answer = (text: string): Answer => ({
      setting: "f32",
      text,
      tokens: 1,
      tokensPerSecond: null,
      stop: "stop",
    });
    const turns: Turn[] = [
      { said: "a", answers: { reference: answer(" b "), candidate: null } },
      { said: "c", answers: { reference: answer("d"), candidate: answer("e") } },
    ];
    const roles = (side: "reference" | "candidate") =>
      messagesOf("", turns, "f", side).map(({ role, content }) => `${role} ${content}`);
    expect(roles("reference")).toEqual([
      "user a",
      "assistant b",
      "user c",
      "assistant d",
      "user f",
    ]);
    expect(roles("candidate")).toEqual(["user c", "assistant e", "user f"]);
  });
});
