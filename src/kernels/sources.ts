/** Every shader file as text, by its path below shaders/ without the ending: the one place that reads them. */
const files = import.meta.glob<string>("/shaders/**/*.wgsl", {
  query: "?raw",
  import: "default",
  eager: true,
});

const sources = new Map(
  Object.entries(files).map(([path, text]) => [
    path.replace("/shaders/", "").replace(".wgsl", ""),
    text,
  ]),
);

export function shaderFile(stem: string): string {
  const text = sources.get(stem);
  if (text === undefined) throw new Error(`shaders/${stem}.wgsl does not exist`);
  return text;
}

export function shaderFiles(): readonly string[] {
  return [...sources.keys()].sort();
}
