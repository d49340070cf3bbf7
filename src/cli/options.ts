import { type Command, InvalidArgumentError, Option } from "commander";
import { ADAPTER_CHOICES, type AdapterChoice } from "./adapters.ts";
import { embeddedModel, embeddedText } from "./model-source.ts";

/** A whole number, for commander's argument parsing. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It takes a whole number, ${range}.`);
    }
    return value;
  };
}

/** A number in a range; `fits` says more where the ends are open. */
export function decimal(range: string, fits: (value: number) => boolean) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) || !fits(value)) {
      throw new InvalidArgumentError(`It takes a number ${range}.`);
    }
    return value;
  };
}

/** Names with commas between them; none twice. */
export function list(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) {
    throw new InvalidArgumentError("It takes names with commas between them.");
  }
  return [...new Set(names)];
}

/** An option whose default --help shows as it would be typed. */
export function option<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
  usual: string,
): Option {
  return new Option(flags, description).argParser(parse).default(parse(usual), usual);
}

export interface AdapterOptions {
  adapter: AdapterChoice;
}

export interface ModelOptions extends AdapterOptions {
  model: string;
  defaultLimits?: true;
}

export function withAdapter(command: Command): Command {
  return command.addOption(
    new Option("--adapter <name>", "the adapter to compute on")
      .choices(ADAPTER_CHOICES)
      .default("auto"),
  );
}

export function withModel(command: Command): Command {
  return withAdapter(command)
    .addOption(
      new Option(
        "--model <model>",
        "a folder, a .gguf or .bin file, an address, or hf:org/name[@revision]",
      ).default(embeddedModel(), "the embedded story model"),
    )
    .option("--default-limits", "use no more than the limits that every WebGPU device has");
}

export function referenceOption(description: string): Option {
  return new Option(
    "--reference <setting>",
    `${description} (default: "f32", of models above 64 million parameters "f16")`,
  );
}

export function textOption(): Option {
  return new Option("--text <file>", "the text that quality is measured on, UTF-8").default(
    embeddedText(),
    "the stories that come with the program",
  );
}

/** A share from a percentage: "5" or "5%" is 0.05. */
function share(text: string): number {
  return (
    decimal("above 0, up to 100", (value) => value > 0 && value <= 100)(text.replace(/\s*%$/, "")) /
    100
  );
}

export function untilOption(): Option {
  return new Option(
    "--until <percent>",
    "stop once the 95 % interval of the mean KL is within so much of it",
  ).argParser(share);
}
