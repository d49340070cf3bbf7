import type { ModelNeeds } from "../../store/open-types.ts";
import { megabytes, whole } from "../figures.ts";

/** GPU bytes by category, under the settings and the context chosen. */
export function NeedsTable({ needs }: { readonly needs: ModelNeeds }) {
  const { gpu, choice, largest, masterBytes, reference, candidate, memoryBytes } = needs;
  const rows = [
    [`Weights in ${choice.reference} and ${choice.candidate}`, gpu.weights],
    ["Norms, biases, positions", gpu.norms],
    [`Caches of three texts, at ${whole(choice.context)} tokens`, gpu.kvCache],
    ["Activations and tables", gpu.activations],
  ] as const;
  return (
    <div className="rounded-field bg-sunk px-3 py-2.5 text-[13px]">
      <table className="w-full">
        <caption className="mb-1 text-left font-semibold">GPU memory</caption>
        <tbody>
          {rows.map(([name, bytes]) => (
            <Row key={name} name={name} bytes={bytes} />
          ))}
        </tbody>
        <tfoot className="border-t border-line font-semibold">
          <Row name="In all" bytes={gpu.total} />
        </tfoot>
      </table>
      <p className="mt-2 text-xs text-soft">
        Alone, {choice.candidate} takes {megabytes(candidate.weightBytes)} MB and {choice.reference}{" "}
        {megabytes(reference.weightBytes)} MB of weights. The largest buffer, {largest.name}, has{" "}
        {megabytes(largest.bytes)} MB; this device allows {megabytes(largest.allowed)} MB in one. Of
        the weights the page itself holds {megabytes(masterBytes)} MB more.{" "}
        {memoryBytes === null
          ? "Browsers do not say how much GPU memory there is."
          : `Browsers do not say how much GPU memory there is; of the machine's memory this one tells ${megabytes(memoryBytes)} MB.`}
      </p>
    </div>
  );
}

function Row({ name, bytes }: { readonly name: string; readonly bytes: number }) {
  return (
    <tr>
      <th
        scope="row"
        className="py-0.5 pr-3 text-left font-normal in-[tfoot]:font-semibold wrap-anywhere"
      >
        {name}
      </th>
      <td className="py-0.5 text-right font-mono text-xs whitespace-nowrap">
        {megabytes(bytes)} MB
      </td>
    </tr>
  );
}
