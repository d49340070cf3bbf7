import { CopyButton } from "../parts/copy-button.tsx";
import { useBitdial } from "../use-store.ts";

/** The whole setting as one string that another program would understand. */
export function SettingField() {
  const draft = useBitdial((state) => state.draft);
  const fault = useBitdial((state) => state.fault);
  const editSetting = useBitdial((state) => state.editSetting);
  const settleDraft = useBitdial((state) => state.settleDraft);
  return (
    <div>
      <div className={`field flex ${fault ? "!border-bad" : ""}`}>
        <input
          type="text"
          aria-label="Setting"
          aria-invalid={fault !== null}
          aria-describedby={fault ? "setting-fault" : undefined}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={draft}
          onChange={(event) => editSetting(event.currentTarget.value)}
          onBlur={settleDraft}
          className="min-w-0 flex-1 bg-transparent px-2.5 py-2 font-mono text-[13px]"
        />
        <CopyButton text={draft} label="Copy the setting" />
      </div>
      <div id="setting-fault" role="status">
        {fault && <Fault />}
      </div>
    </div>
  );
}

/** The text again with its wrong part underlined: fields cannot do that themselves. */
function Fault() {
  const draft = useBitdial((state) => state.draft);
  const fault = useBitdial((state) => state.fault);
  if (!fault) return null;
  const { index, length, sentence, expected } = fault;
  const end = index + Math.max(1, length);
  const wrong = draft.slice(index, end);
  return (
    <div className="mt-2 rounded-field bg-bad-wash px-2.5 py-2 text-xs text-bad">
      <p aria-hidden="true" className="font-mono [overflow-wrap:anywhere] text-soft">
        {draft.slice(0, index)}
        <span className="bg-bad/15 font-semibold text-bad underline decoration-wavy underline-offset-4">
          {wrong === "" ? "▯" : wrong}
        </span>
        {draft.slice(end)}
      </p>
      <p className="mt-1.5">{sentence}</p>
      {expected.length > 0 && !expected.every((word) => sentence.includes(word)) && (
        <p className="mt-1 text-soft">
          What would fit: <span className="font-mono">{expected.slice(0, 24).join(" ")}</span>
        </p>
      )}
    </div>
  );
}
