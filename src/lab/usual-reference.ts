/** Parameters of a model whose reference is f16 where nobody names one: in f32 it would take more than everything else together. */
const large = 64e6;

export function usualReference(model: { readonly parameters: number } | null): "f32" | "f16" {
  return model && model.parameters > large ? "f16" : "f32";
}
