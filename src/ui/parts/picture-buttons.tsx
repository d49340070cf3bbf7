import { type RefObject, useState } from "react";
import { Button } from "./button.tsx";
import { pngOf, svgText } from "./picture.ts";
import { saveFile } from "./save-file.ts";

interface PictureButtonsProps {
  /** What holds the drawing; its background becomes the picture's. */
  readonly holder: RefObject<HTMLElement | null>;
  readonly name: string;
}

export function PictureButtons({ holder, name }: PictureButtonsProps) {
  const [fault, setFault] = useState<string | null>(null);
  const save = async (kind: "svg" | "png") => {
    const drawing = holder.current?.querySelector('[role="img"] svg');
    if (!holder.current || !(drawing instanceof SVGSVGElement)) return;
    try {
      const svg = svgText(drawing, getComputedStyle(holder.current).backgroundColor);
      if (kind === "svg") saveFile(`${name}.svg`, "image/svg+xml", svg);
      else saveFile(`${name}.png`, "image/png", await pngOf(svg));
      setFault(null);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box.
    <div role="group" aria-label="Save the chart" className="flex items-center gap-1.5">
      {(["svg", "png"] as const).map((kind) => (
        <Button
          key={kind}
          className="px-2.5 py-1 text-[13px]"
          aria-label={`Save the chart as ${kind.toUpperCase()}`}
          onClick={() => void save(kind)}
        >
          {kind.toUpperCase()}
        </Button>
      ))}
      {fault && (
        <span role="alert" className="text-xs text-bad">
          {fault}
        </span>
      )}
    </div>
  );
}
