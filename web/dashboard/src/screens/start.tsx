import type { ReactNode } from "react";
import { Link } from "wouter";

import { useConfig, useStats } from "../data/queries";
import { useText } from "../i18n";
import { Failed, Loading } from "../ui/basics";
import { Webhook } from "./settings";

/** Start leads a new user to the first verified picture. */
export default function Start() {
  const text = useText();
  const config = useConfig();
  const stats = useStats();
  if (config.isPending) return <Loading />;
  if (config.isError) return <Failed error={config.error} retry={() => void config.refetch()} />;
  const arrived = (stats.data?.total_signals ?? 0) > 0;
  return (
    <div className="max-w-3xl space-y-4 p-4 sm:p-5">
      <h1 className="text-xl font-semibold">{text("start.title")}</h1>
      <p className="text-soft">{text("start.lead")}</p>
      <ol className="space-y-4">
        <Step done={arrived} name={text("start.url")}>
          <Webhook config={config.data} />
        </Step>
        <Step done={config.data.cookies_configured && config.data.cookies_valid} name={text("start.cookies")}>
          <Link href="/connections" className="underline">
            {text("nav.connections")}
          </Link>
        </Step>
        <Step done={arrived} name={text("start.tradingview")}>
          {text("start.tradingviewHint")}
        </Step>
      </ol>
    </div>
  );
}

function Step({ done, name, children }: { done: boolean; name: string; children: ReactNode }) {
  const text = useText();
  return (
    <li>
      <p className="mb-2 flex items-center gap-2 font-semibold">
        <span aria-hidden className={`grid size-6 place-items-center rounded-full border ${done ? "border-gain text-gain" : "border-line text-soft"}`}>
          {done ? "✓" : ""}
        </span>
        {name} <span className="sr-only">({text(done ? "start.done" : "start.open")})</span>
      </p>
      <div className="pl-8">{children}</div>
    </li>
  );
}
