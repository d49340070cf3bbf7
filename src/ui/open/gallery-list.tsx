import { gallery } from "../../store/gallery.ts";
import { parameters } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** Models to try; nothing is fetched before one is pressed. */
export function GalleryList() {
  const lookAt = useBitdial((state) => state.lookAt);
  return (
    <section aria-labelledby="gallery-title" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 id="gallery-title" className="font-semibold">
        Small models to try
      </h3>
      <p className="text-xs text-soft">
        Sizes and licences are as noted for this list: nobody is asked before you press. The card
        that then comes has what the host says, before anything large is fetched.
      </p>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
        {gallery.map(({ id, name, parameters: count, megabytes, licence, words }) => (
          <li
            key={id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-field border border-line px-3 py-2 text-[13px]"
          >
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-medium">
                {name} <span className="text-faint">{parameters(count)}</span>
              </p>
              <p className="text-xs text-soft">{words}</p>
              <p className="truncate font-mono text-[11px] text-soft" title={id}>
                {id}
              </p>
            </div>
            <span className="text-xs text-soft">
              about {megabytes} MB, {licence}
            </span>
            <Button
              className="px-2.5 py-1 text-xs"
              aria-label={`Look at ${name}`}
              onClick={() => void lookAt(id)}
            >
              Look at it
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
