import { describe, expect, it } from "vitest";
import { licenceOf, licenceOfReadme } from "../../src/model/licence.ts";
import { givenFiles } from "../../src/model/model-files.ts";

describe("the licence of a model", () => {
  it.each([
    ["---\nlanguage: en\nlicense: apache-2.0\n---\n# A model", "apache-2.0"],
    ['---\r\nlicense: "mit" # free\r\n---\r\n', "mit"],
    ["---\nlicense: other\nlicense_name: gemma\n---\n", "gemma"],
    ["---\nlicense: other\n---\n", "other"],
    ["---\nmodel: x\n---\nlicense: mit\n", null],
    ["# A model\nlicense: mit\n", null],
    ["---\nlicense:\n- mit\n---\n", null],
    ["", null],
  ])("stands in its card: %j", (readme, licence) => {
    expect(licenceOfReadme(readme)).toBe(licence);
  });

  it("is the weights file's own where that names one, and none where nothing does", async () => {
    const readme = new TextEncoder().encode("---\nlicense: mit\n---\n");
    const files = givenFiles({ "README.md": readme });
    expect(await licenceOf(files, { form: "GGUF", licence: "apache-2.0" })).toBe("apache-2.0");
    expect(await licenceOf(files, { form: "safetensors", licence: null })).toBe("mit");
    const bad = givenFiles({ "README.md": Uint8Array.of(0xff, 0xfe) });
    expect(await licenceOf(bad, { form: "safetensors", licence: null })).toBeNull();
    expect(await licenceOf(givenFiles({}), { form: "safetensors", licence: null })).toBeNull();
  });
});
