import type { SessionRow } from "../../store/types.ts";
import { bits, megabytes, percent } from "../figures.ts";
import { Score, Unknown } from "./score.tsx";

interface SizeScoreProps {
  readonly row: SessionRow | undefined;
  readonly reference: SessionRow | undefined;
}

export function SizeScore({ row, reference }: SizeScoreProps) {
  const size = row?.size;
  const whole = reference?.size.weightBytes;
  return (
    <Score
      name="Size"
      value={size ? `${megabytes(size.weightBytes)} MB` : <Unknown />}
      source="Bytes of the GPU buffers that hold the weights: layers, embedding and head, norms; 1 MB is 1,000,000 bytes."
    >
      {size && (
        <>
          {whole ? `${percent(size.weightBytes / whole)} of ${reference.setting}, ` : ""}
          {bits(size.bitsPerWeight)} bits a weight
        </>
      )}
    </Score>
  );
}
