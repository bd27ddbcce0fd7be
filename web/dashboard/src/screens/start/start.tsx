import { useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { useConfig } from "../../data/queries";
import { useText } from "../../i18n";
import { usePreferences } from "../../preferences";
import { Button, Failed, Loading } from "../../ui/basics";
import { Screen } from "../../ui/screen";
import { Webhook } from "../settings/webhook";
import { useCopy } from "../../ui/copy";
import { steps, useProgress, type StepName } from "./progress";
import { TestAlert } from "./testAlert";

const message = '{"ticker": "{{exchange}}:{{ticker}}", "price": {{close}},\n "direction": "LONG", "indicator": "My strategy",\n "interval": "{{interval}}"}';

/** Start guides a new user to the first verified picture, and then to notifications. */
export default function Start() {
  const text = useText();
  const [, go] = useLocation();
  const { change } = usePreferences();
  const copy = useCopy();
  const config = useConfig();
  const progress = useProgress();
  if (config.isError) return <Failed error={config.error} retry={() => void config.refetch()} />;
  if (config.isPending || !progress) return <Loading />;
  const done = steps.filter((name) => progress[name]).length;
  const hide = () => {
    void change({ startHidden: true });
    go("/");
  };
  return (
    <Screen
      title={text("start.title")}
      lead={text("start.lead")}
      actions={
        <Button kind="quiet" className="max-sm:-ml-3" onClick={hide}>
          {text("start.hide")}
        </Button>
      }
    >
      <div className="flex items-center gap-3">
        <progress className="sr-only" max={steps.length} value={done} aria-label={text("start.title")} />
        <span aria-hidden className="flex flex-1 gap-1">
          {steps.map((name) => (
            <span key={name} className={`h-1.5 flex-1 rounded-full ${progress[name] ? "bg-gain" : "bg-line"}`} />
          ))}
        </span>
        <p className="text-sm text-soft">{text("start.progress", { done, all: steps.length })}</p>
      </div>
      <ol className="space-y-3">
        <Step name="url" number={1} done={progress.url}>
          <Webhook config={config.data} bare />
        </Step>
        <Step name="test" number={2} done={progress.test}>
          <TestAlert zone={config.data.preferred_timezone} />
        </Step>
        <Step name="cookies" number={3} done={progress.cookies}>
          <p className="mb-3 text-soft">{text("start.cookiesHint")}</p>
          <Place href="/connections">{text(progress.cookies ? "start.cookiesDone" : "start.cookiesGo")}</Place>
        </Step>
        <Step name="tradingview" number={4} done={progress.tradingview}>
          <ol className="list-decimal space-y-1 pl-5">
            {(["start.tv1", "start.tv2", "start.tv3", "start.tv4"] as const).map((key) => (
              <li key={key}>{text(key)}</li>
            ))}
          </ol>
          <pre className="mt-3 rounded-md bg-raised p-3 font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]" aria-label={text("start.message")}>
            {message}
          </pre>
          <p className="mt-2 text-sm text-soft">{text("start.messageHint")}</p>
          <Button className="mt-3" onClick={() => void copy(message)}>
            {text("start.copyMessage")}
          </Button>
        </Step>
        <Step name="notify" number={5} done={progress.notify}>
          <p className="mb-3 text-soft">{text("start.notifyHint")}</p>
          <Place href="/connections">{text("start.notifyGo")}</Place>
        </Step>
      </ol>
    </Screen>
  );
}

function Place({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="tap inline-flex items-center rounded-md border border-line bg-panel px-3 font-medium hover:bg-raised">
      {children} <span aria-hidden className="ml-1.5">→</span>
    </Link>
  );
}

/** Step is one of the five; what is done can be opened again. */
function Step({ name, number, done, children }: { name: StepName; number: number; done: boolean; children: ReactNode }) {
  const text = useText();
  const [opened] = useState(!done); // what is done while it is looked at stays open
  return (
    <li className="rounded-lg border border-line bg-panel">
      <details open={opened}>
        <summary className="flex cursor-pointer items-center gap-3 p-4 font-semibold">
          <span aria-hidden className={`grid size-7 shrink-0 place-items-center rounded-full border text-sm ${done ? "border-gain text-gain" : "border-line text-soft"}`}>
            {done ? "✓" : number}
          </span>
          <span className="flex-1">{text(`start.${name}`)}</span>
          <span className={`text-sm font-normal ${done ? "text-gain" : "text-soft"}`}>{text(done ? "start.done" : "start.open")}</span>
        </summary>
        <div className="px-4 pb-4 sm:pl-14">{children}</div>
      </details>
    </li>
  );
}
