import type { RefObject } from "react";
import { FileButtons } from "./file-buttons.tsx";
import { pngOf, svgText } from "./picture.ts";
import { saveFile } from "./save-file.ts";

const kinds = [
  { kind: "svg", label: "SVG" },
  { kind: "png", label: "PNG" },
] as const;

interface PictureButtonsProps {
  /** What holds the drawing; its background becomes the picture's. */
  readonly holder: RefObject<HTMLElement | null>;
  readonly name: string;
  /** What the buttons say, and after it the kind of file. */
  readonly label?: string;
}

export function PictureButtons({ holder, name, label = "Save the chart" }: PictureButtonsProps) {
  const save = async (kind: "svg" | "png") => {
    const drawing = holder.current?.querySelector('[role="img"] svg');
    if (!holder.current || !(drawing instanceof SVGSVGElement)) {
      throw new Error("The chart is not drawn yet.");
    }
    const svg = svgText(drawing, getComputedStyle(holder.current).backgroundColor);
    if (kind === "svg") saveFile(`${name}.svg`, "image/svg+xml", svg);
    else saveFile(`${name}.png`, "image/png", await pngOf(svg));
  };
  return <FileButtons label={label} kinds={kinds} save={save} />;
}
