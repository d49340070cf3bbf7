import { describe, expect, it } from "vitest";
import { createChat, turnEnd } from "../../src/model/chat.ts";
import { loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { tinyModels } from "../support/tiny-model.ts";

const open = (template: string) => createChat({ name: "chat", template, tokens: { eos: "</s>" } });

describe("the token that ends a turn", async () => {
  const { tokenizer } = await loadModel(givenFiles(tinyModels.folder ?? {}));
  const end = tokenizer.encode("</s>", true)[0];

  it("is the special one that the template writes behind an answer", () => {
    const template = "{% for m in messages %}{{ m.content }}{{ eos }}\n{% endfor %}";
    expect(turnEnd(open(template), tokenizer)).toBe(end);
    expect(end).toBe(1);
  });

  it.each([
    ["another text", "{% for m in messages %}{{ m.content }} abc{% endfor %}"],
    ["nothing", "{% for m in messages %}{{ m.content }}{% endfor %}"],
    ["no answer at all", "abc"],
    ["what it cannot", "{{ raise_exception('no') }}"],
  ])("is unknown where the template writes %s", (_what, template) => {
    expect(turnEnd(open(template), tokenizer)).toBeNull();
  });

  it("comes with a model, whose conversations get no second BOS", async () => {
    const model = await loadModel(givenFiles(tinyModels.folder ?? {}));
    expect(model.chat).not.toBeNull();
    const text = model.chat?.render([{ role: "user", content: "ab" }], true) ?? "";
    expect(text.startsWith("<s>")).toBe(true);
    expect(model.tokenizer.encode(text, true).filter((id) => id === 0)).toHaveLength(1);
    expect(model.tokenizer.encode(text).filter((id) => id === 0)).toHaveLength(2);
  });
});
