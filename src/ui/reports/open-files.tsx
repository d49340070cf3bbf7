import { useEffect, useRef, useState } from "react";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** The button that asks for files, and the page as a place to drop them. */
export function OpenFiles() {
  const importReports = useBitdial((state) => state.importReports);
  const input = useRef<HTMLInputElement>(null);
  const dragging = useFileDrop((files) => void importReports(files));
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        accept=".json,application/json"
        tabIndex={-1}
        aria-label="Report files"
        className="sr-only"
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files) void importReports([...files]);
          // The same file may be chosen again.
          event.currentTarget.value = "";
        }}
      />
      <Button onClick={() => input.current?.click()}>Open reports</Button>
      {dragging && (
        <div className="pointer-events-none fixed inset-3 z-40 grid place-items-center rounded-card border-2 border-dashed border-accent bg-accent-wash/80">
          <p className="card px-5 py-3 font-semibold">Drop reports to open them</p>
        </div>
      )}
    </>
  );
}

/** Whether files hover over the page. Without a handler the browser would leave the page for the file. */
function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [dragging, setDragging] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const ofFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!ofFiles(event)) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      // Into another element is not out of the window.
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      if (!ofFiles(event)) return;
      event.preventDefault();
      setDragging(false);
      latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
  return dragging;
}
