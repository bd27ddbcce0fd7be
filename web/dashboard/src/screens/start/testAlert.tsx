import { useEffect, useState } from "react";
import { Link } from "wouter";

import { useTestAlert } from "../../data/alerts";
import type { Signal } from "../../data/client";
import { useSignal } from "../../data/queries";
import { formatSpan } from "../../format";
import { useLanguage, useText, type TextKey } from "../../i18n";
import { usePreferences } from "../../preferences";
import { Button } from "../../ui/basics";
import { useProblem } from "../../ui/problem";
import { Cure, pictureURL, usePictureAlt, usePictureReason } from "../../ui/signalParts";

/** TestAlert sends a test alert and follows it, step by step, to its picture. */
export function TestAlert({ zone }: { zone: string }) {
  const text = useText();
  const problem = useProblem();
  const send = useTestAlert();
  return (
    <>
      <p className="mb-3 text-soft">{text("start.testHint")}</p>
      <Button kind="main" disabled={send.isPending} onClick={() => send.mutate()}>
        {text(send.data ? "start.sendAgain" : "start.send")}
      </Button>
      {send.error && (
        <p role="alert" className="mt-3 text-loss">
          {problem(send.error)}
        </p>
      )}
      {send.data && <Journey key={send.data.signal_id} id={send.data.signal_id} zone={zone} />}
    </>
  );
}

const settled = ["completed", "failed", "skipped", "expired"];
const lookEvery = 2_000; // milliseconds, if the event stream is silent

function Journey({ id, zone }: { id: string; zone: string }) {
  const text = useText();
  const { change } = usePreferences();
  const [over, setOver] = useState(false);
  const signal = useSignal(id, over ? false : lookEvery).data;
  const status = signal?.screenshot_status;
  const ended = status !== undefined && settled.includes(status);
  useEffect(() => {
    if (!ended) return;
    setOver(true);
    void change({ tested: true });
  }, [ended, change]);
  const reached = status === undefined ? 0 : status === "pending" ? 1 : status === "processing" ? 2 : 3;
  const none = status === "skipped" || status === "failed";
  return (
    <div role="status" className="mt-4">
      <ol className="space-y-2">
        <Stage state="done" name="start.stage.stored" />
        <Stage state={reached > 1 ? "done" : "now"} name="start.stage.waiting" />
        {status !== "skipped" && <Stage state={reached > 2 ? "done" : reached === 2 ? "now" : "later"} name="start.stage.taking" />}
        <Stage state={ended ? (none ? "failed" : "done") : "later"} name={none ? "start.stage.none" : "start.stage.done"} />
      </ol>
      {signal && ended && <Ending signal={signal} zone={zone} />}
      {signal && (
        <p className="mt-3">
          <Link href={`/signals/${signal.id}`} className="underline">
            {text("deliveries.open")}
          </Link>
        </p>
      )}
    </div>
  );
}

type StageState = "done" | "now" | "later" | "failed";
const signs: Record<StageState, string> = { done: "✓", now: "◌", later: "·", failed: "✕" };
const colours: Record<StageState, string> = { done: "text-gain", now: "text-brand", later: "text-soft", failed: "text-loss" };

function Stage({ state, name }: { state: StageState; name: TextKey }) {
  const text = useText();
  return (
    <li className={`flex items-center gap-2 ${state === "later" ? "text-soft" : ""}`} data-stage={state}>
      <span aria-hidden className={`grid size-5 shrink-0 place-items-center font-semibold ${colours[state]} ${state === "now" ? "animate-spin" : ""}`}>
        {signs[state]}
      </span>
      {text(name)}
    </li>
  );
}

function Ending({ signal, zone }: { signal: Signal; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const alt = usePictureAlt();
  const reason = usePictureReason();
  const address = pictureURL(signal);
  if (address) {
    const seconds = signal.screenshot_taken_at ? (Date.parse(signal.screenshot_taken_at) - Date.parse(signal.created_at)) / 1000 : null;
    return (
      <figure className="mt-4">
        <img src={address} alt={alt(signal, zone)} width={signal.screenshot_width ?? undefined} height={signal.screenshot_height ?? undefined} className="h-auto max-h-96 w-auto rounded-lg border border-line" />
        <figcaption className="mt-1 text-sm text-soft">{text("start.after", { time: formatSpan(language, seconds) })}</figcaption>
      </figure>
    );
  }
  return (
    <p className="mt-3 rounded-md bg-raised p-3">
      {reason(signal)} <Cure code={signal.screenshot_error} />
    </p>
  );
}
