import { useState } from "react";

import type { Signal } from "../../data/client";
import { isTextKey, useText, type TextKey } from "../../i18n";
import { Button, Panel } from "../../ui/basics";
import { HowRead } from "./howRead";
import { Teach } from "./teach";

/** Reading shows the alert as it came and how it was read. The text is the sender's: it is shown literally. */
export function Reading({ signal }: { signal: Signal }) {
  const text = useText();
  const [teaching, setTeaching] = useState(false);
  const status = `signal.parse.${signal.parse_status}`;
  const missing = signal.missing ?? [];
  return (
    <Panel title={text("signal.original")}>
      <pre
        tabIndex={0}
        aria-label={text("signal.original")}
        className="max-h-60 overflow-auto rounded-md bg-raised p-3 font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        {signal.raw_message}
      </pre>
      <p className="mt-3 text-sm text-soft">
        {text("signal.reading")}: {isTextKey(status) ? text(status) : signal.parse_status}
      </p>
      {signal.raw_message && <HowRead body={signal.raw_message} />}
      {missing.length > 0 && (
        <div className="mt-3 flex flex-wrap items-center gap-1.5 text-sm">
          <span className="text-soft">{text("signal.missing")}:</span>
          {missing.map((field) => (
            <span key={field} className="rounded bg-raised px-1.5 py-0.5">
              {isTextKey(`field.${field}`) ? text(`field.${field}` as TextKey) : field}
            </span>
          ))}
        </div>
      )}
      {signal.raw_message && (
        <Button className="mt-3" onClick={() => setTeaching(true)}>
          {text("teach.open")}
        </Button>
      )}
      {teaching && <Teach signal={signal} onClose={() => setTeaching(false)} />}
    </Panel>
  );
}

/** Matches says what each field was found by, as the message would be read today. */
