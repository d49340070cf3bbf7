import type { AddCommand, Context } from "../context.ts";
import { json, megabytes } from "../format.ts";
import { decimal, type ModelOptions, withModel } from "../options.ts";
import { type Session, withSession } from "../session.ts";

interface BudgetOptions extends ModelOptions {
  bits: number;
  setting: string;
  json?: true;
}

export const addBudget: AddCommand = (program, context) => {
  withModel(program.command("budget"))
    .description("give every matrix a format so that the layers keep to so many bits a weight")
    .requiredOption(
      "--bits <bits>",
      "bits a weight in the layers, scales and padding counted",
      decimal("above 0", (value) => value > 0),
    )
    .option("--setting <setting>", "its kind of format, group and other parts stay", "int4-g32")
    .option("--json", "print one JSON document")
    .action(async (options: BudgetOptions) => {
      await withSession(context, options, (session) => fill(context, session, options));
    });
};

/** The setting alone goes to the output, so that it can stand in another command. */
async function fill(
  { terminal }: Context,
  { engine, model }: Session,
  { bits, setting: base, json: asJson }: BudgetOptions,
): Promise<void> {
  const { setting, size } = await engine.budget(base, bits, terminal.progress);
  terminal.clear();
  const { weightBytes, bitsPerWeight, layerBitsPerWeight } = size;
  if (asJson) {
    terminal.out(
      json({ model: model.name, bits, setting, weightBytes, bitsPerWeight, layerBitsPerWeight }),
    );
    return;
  }
  terminal.out(`${setting}\n`);
  terminal.note(
    `${layerBitsPerWeight.toFixed(3)} bits a weight in the layers, ${bitsPerWeight.toFixed(3)} over all, ${megabytes(weightBytes)}`,
  );
}
