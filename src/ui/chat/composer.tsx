import { Square } from "lucide-react";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

export function Composer() {
  const draft = useBitdial((state) => state.chatDraft);
  const edit = useBitdial((state) => state.editMessage);
  const say = useBitdial((state) => state.say);
  const sayAgain = useBitdial((state) => state.sayAgain);
  const clear = useBitdial((state) => state.clearChat);
  const stop = useBitdial((state) => state.stop);
  const begun = useBitdial((state) => state.chatTurns.length > 0);
  const writing = useBitdial((state) => state.activity === "writing");
  const fault = useBitdial((state) => state.chatFault);
  return (
    <div className="grid gap-2.5 border-t border-line px-4 pt-3.5 pb-2">
      {fault && (
        <p role="alert" className="rounded-field bg-bad-wash px-3 py-2 text-bad">
          {fault}
        </p>
      )}
      <textarea
        aria-label="Message"
        rows={2}
        value={draft}
        placeholder="Message; Enter sends it, Shift and Enter begins a line"
        onChange={(event) => edit(event.currentTarget.value)}
        onKeyDown={(event) => {
          // While a character is being composed, Enter belongs to the keyboard's own choice.
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (!writing) void say();
        }}
        className="field block min-h-16 w-full resize-y bg-transparent px-3 py-2.5"
      />
      <div className="flex flex-wrap items-center gap-2">
        {writing ? (
          <Button className="min-h-11" onClick={() => void stop()}>
            <Square size={14} fill="currentColor" aria-hidden="true" />
            Stop
          </Button>
        ) : (
          <Button look="go" className="min-h-11" onClick={() => void say()}>
            Send
          </Button>
        )}
        <Button className="min-h-11" disabled={!begun || writing} onClick={() => void sayAgain()}>
          Answer again
        </Button>
        <Button look="quiet" className="min-h-11" disabled={!begun} onClick={() => void clear()}>
          New conversation
        </Button>
      </div>
    </div>
  );
}
