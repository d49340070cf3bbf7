import { Fragment, lazy, Suspense, useMemo } from "react";
import type { KernelSource } from "../../store/types.ts";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { Guard } from "../parts/guard.tsx";
import { useBitdial } from "../use-store.ts";
import { wgslClasses, wgslTokens } from "./wgsl.ts";

const CopyEditor = lazy(async () => ({ default: (await import("./copy-editor.tsx")).CopyEditor }));

/** The assembled text of the shown variant, or a copy of it that is being changed. */
export function SourceCard() {
  const draft = useBitdial((state) => state.copyDraft);
  const source = useBitdial(({ kernelSources, kernelVariant }) =>
    kernelSources.find(({ variant }) => variant === kernelVariant),
  );
  if (!source) return null;
  return (
    <section aria-labelledby="source-title" className="card overflow-hidden">
      {draft ? (
        <Guard fallback={<p className="px-4 py-3">The editor could not be fetched.</p>}>
          <Suspense fallback={<p className="px-4 py-3 text-soft">Fetching the editor …</p>}>
            <CopyEditor draft={draft} />
          </Suspense>
        </Guard>
      ) : (
        <Text source={source} />
      )}
    </section>
  );
}

function Text({ source: { label, code, sha256 } }: { readonly source: KernelSource }) {
  const editCopy = useBitdial((state) => state.editCopy);
  const kept = useBitdial(({ copies }) => copies.some((copy) => copy.label === label));
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
        <div className="min-w-0 flex-1 basis-60">
          <h2 id="source-title" className="truncate font-mono text-[13px]">
            {label}.wgsl
          </h2>
          <p className="truncate font-mono text-[11px] text-soft" title={sha256}>
            SHA-256 {sha256}
          </p>
        </div>
        <CopyButton text={code} label="Copy the WGSL" />
        <Button className="px-2.5 py-1 text-[13px]" onClick={() => void editCopy()}>
          {kept ? "Edit your copy" : "Edit a copy"}
        </Button>
      </div>
      <Highlighted code={code} />
    </>
  );
}

function Highlighted({ code }: { readonly code: string }) {
  const parts = useMemo(() => {
    let end = 0;
    const found = wgslTokens(code).map(({ from, to, kind }) => {
      const before = code.slice(end, from);
      end = to;
      return { from, before, text: code.slice(from, to), kind };
    });
    return { found, rest: code.slice(end) };
  }, [code]);
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
      tabIndex={0}
      aria-label="Assembled WGSL"
      className="max-h-[30rem] overflow-auto border-t border-line bg-sunk px-4 py-3"
    >
      <pre className="font-mono text-xs leading-5">
        <code>
          {parts.found.map(({ from, before, text, kind }) => (
            <Fragment key={from}>
              {before}
              <span className={wgslClasses[kind]}>{text}</span>
            </Fragment>
          ))}
          {parts.rest}
        </code>
      </pre>
    </section>
  );
}
