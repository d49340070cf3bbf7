import { milliseconds } from "../figures.ts";
import { Switch } from "../parts/switch.tsx";
import { useBitdial } from "../use-store.ts";
import { DialRow } from "./dial-row.tsx";
import { LayerGrid } from "./layer-grid.tsx";
import { Presets } from "./presets.tsx";
import { SettingField } from "./setting-field.tsx";
import { SizeBar } from "./size-bar.tsx";

export function Dials() {
  return (
    <section aria-label="Dials" className="card divide-y divide-line overflow-hidden">
      <div className="grid gap-2 px-4 pt-3 pb-2.5">
        <Title />
        <SettingField />
        <Presets />
      </div>
      <DialRow id="bits" big />
      <div className="grid gap-1.5 px-4 py-2.5">
        <DialRow id="family" bare />
        <DialRow id="symmetry" bare />
      </div>
      <DialRow id="group" />
      <DialRow id="sparsity" />
      <DialRow id="activations" />
      <DialRow id="kv" />
      <DialRow id="kernel" />
      <DialRow id="head" />
      <DialRow id="method" />
      <LayerGrid />
      <SizeBar />
    </section>
  );
}

function Title() {
  const applying = useBitdial((state) => state.activity === "applying");
  const applied = useBitdial((state) => state.applied);
  const live = useBitdial((state) => state.live);
  const setLive = useBitdial((state) => state.setLive);
  const took = applied?.elapsedMs;
  return (
    <h2 className="card-title">
      Candidate
      <span
        className="mr-auto"
        title={
          took
            ? `${Math.round(took.pack)} ms packing ${applied.packedTensors} tensors, ${Math.round(took.compile)} ms compiling, ${Math.round(took.check)} ms checking`
            : undefined
        }
      >
        {applying ? "applying …" : took ? `applied in ${milliseconds(took.total)}` : ""}
      </span>
      <Switch on={live} title="Write again as soon as a dial is turned" onChange={setLive}>
        live
      </Switch>
    </h2>
  );
}
