import { lazy, Suspense } from "react";
import type { Lack } from "../../store/support.ts";
import { Button } from "../parts/button.tsx";
import { Guard } from "../parts/guard.tsx";
import { useBitdial } from "../use-store.ts";

const RecordedSample = lazy(async () => ({
  default: (await import("./recorded-sample.tsx")).RecordedSample,
}));

/** Which of the three it is, what to do in this browser, and what it would look like. */
export function Unsupported({ lack }: { readonly lack: Lack }) {
  const sample = useBitdial((state) => state.sample);
  return (
    <div className="mx-auto grid max-w-3xl gap-4 p-3 tablet:py-8">
      <section aria-labelledby="lack" className="card p-6">
        <h1 id="lack" className="text-lg font-semibold tracking-tight">
          {lack.title}
        </h1>
        <p className="mt-1 text-soft">{lack.sentence}</p>
        <ul className="mt-4 grid list-disc gap-1.5 pl-5">
          {lack.steps.map((step) => (
            <li key={step} className="[overflow-wrap:anywhere]">
              {step}
            </li>
          ))}
        </ul>
        <div className="mt-5 flex justify-end">
          <Button look="go" onClick={() => window.location.reload()}>
            Try again
          </Button>
        </div>
      </section>
      {sample && (
        <Guard fallback={null}>
          <Suspense fallback={null}>
            <RecordedSample sample={sample} />
          </Suspense>
        </Guard>
      )}
    </div>
  );
}
