/** A run of ids that looks like no text, the same for whoever reads it: what is measured with it can be measured again. */
export function fixedIds(count: number, vocabSize: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7919 + 17) % vocabSize);
}
