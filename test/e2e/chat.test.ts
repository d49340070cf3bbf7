import { afterAll, describe, expect, it } from "vitest";
import { lookAt, lookOnPhone, openVisit } from "./site.ts";

const { site, page, errors, close } = await openVisit();
afterAll(close);

/** The story model was made for no conversation: it gets a template on its way here. */
const template =
  "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";

describe("a chat", () => {
  it("is answered by both sides, turn after turn", async () => {
    await page.route("**/models/stories/tokenizer_config.json", (route) =>
      route.fulfill({ json: { chat_template: template } }),
    );
    await page.goto(`${site.url}#int4-g32&tokens=12&temperature=0&view=chat`);
    const message = page.getByRole("textbox", { name: "Message" });
    await message.waitFor({ timeout: 240_000 });
    await page.getByRole("textbox", { name: "System prompt" }).fill("Tell stories.");
    const turns = page.getByRole("list", { name: "Turns" }).getByRole("listitem");
    for (const [at, said] of ["Once upon a time", "And then?"].entries()) {
      await message.fill(said);
      await message.press("Enter");
      const answers = turns.nth(at).getByRole("article");
      for (const name of ["Reference", "Candidate"]) {
        const answer = answers.and(page.getByRole("article", { name }));
        await answer.getByText(/ tokens?,? .*(cut at|ended)/).waitFor({ timeout: 120_000 });
      }
      expect(await message.inputValue()).toBe("");
    }
    await page.getByText("The model's template, and what it read last").click();
    const read = await page.locator("pre").nth(1).textContent();
    expect(read).toMatch(/^system: Tell stories.\nuser: Once upon a time\nassistant: .+/);
    expect(read).toMatch(/user: And then\?\nassistant: $/);
  });

  it.each(["light", "dark"] as const)("has no serious violation in %s", async (scheme) => {
    expect(await lookAt(page, "chat", scheme)).toEqual([]);
  });

  it("fits a phone", async () => {
    expect(await lookOnPhone(page, "chat")).toEqual({ sideways: 0, violations: [] });
  });

  it("met no error on the way", () => {
    expect(errors).toEqual([]);
  });
});
