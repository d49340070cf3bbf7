/** What a drawing takes from the page's style sheet, and would lose outside of it. */
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "paint-order",
  "opacity",
] as const;

/** Pixels of a picture for one of the page. */
const SCALE = 2;

/** The drawing as a file that stands alone: the page's colours written into it, on the colour behind it. */
export function svgText(drawing: SVGSVGElement, background: string): string {
  const { width, height } = drawing.getBoundingClientRect();
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll("*")];
  for (const [at, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const name of STYLES) copies[at]?.setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "style", "aria-hidden"]) copies[at]?.removeAttribute(name);
  }
  copy.querySelector("style")?.remove();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  paper.setAttribute("width", "100%");
  paper.setAttribute("height", "100%");
  paper.setAttribute("fill", background);
  copy.prepend(paper);
  return new XMLSerializer().serializeToString(copy);
}

/** The same as pixels. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth * SCALE, image.naturalHeight * SCALE);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gave no canvas to draw the picture on.");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await canvas.convertToBlob({ type: "image/png" });
}
