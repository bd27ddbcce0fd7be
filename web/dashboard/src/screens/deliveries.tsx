import { useState } from "react";
import { Link } from "wouter";

import type { Delivery } from "../data/client";
import { useConfig, useDeliveries, useReplay } from "../data/queries";
import { formatCount, formatTime } from "../format";
import { useLanguage, useText, type TextKey } from "../i18n";
import { Button, Failed, Loading, Select } from "../ui/basics";
import { Confirm } from "../ui/dialog";
import { useProblem } from "../ui/problem";
import { Screen } from "../ui/screen";
import { useToast } from "../ui/toast";

const outcomes = ["all", "accepted", "duplicate", "quota_exceeded", "rate_limited", "disabled", "too_large"] as const;
type Outcome = (typeof outcomes)[number];

/** Deliveries shows what arrived at the webhook and what became of it; refused alerts can be replayed. */
export default function Deliveries() {
  const text = useText();
  const toast = useToast();
  const [outcome, setOutcome] = useState<Outcome>("all");
  const [asking, setAsking] = useState(false);
  const zone = useConfig().data?.preferred_timezone ?? "UTC";
  const deliveries = useDeliveries(outcome);
  const replay = useReplay();
  const problem = useProblem();
  const say = (message: string) => toast.say({ message });
  if (deliveries.isPending) return <Loading />;
  if (deliveries.isError) return <Failed error={deliveries.error} retry={() => void deliveries.refetch()} />;
  const rows = deliveries.data.pages.flatMap((page) => page.data);
  return (
    <Screen
      title={text("deliveries.title")}
      lead={`${text("deliveries.lead")} ${text("app.zone", { zone })}`}
      actions={
        <div className="flex items-end gap-2">
          <Select label={text("deliveries.outcome")} value={outcome} onChange={(event) => setOutcome(event.target.value as Outcome)}>
            {outcomes.map((value) => (
              <option key={value} value={value}>
                {value === "all" ? text("signals.all") : text(`outcome.${value}`)}
              </option>
            ))}
          </Select>
          <Button className="whitespace-nowrap" onClick={() => setAsking(true)}>
            {text("deliveries.replayAll")}
          </Button>
        </div>
      }
    >
      {rows.length === 0 && (
        <p className="rounded-lg border border-dashed border-line p-8 text-center text-soft">
          {text("deliveries.empty")}{" "}
          {outcome === "all" && (
            <Link href="/start" className="underline">
              {text("nav.start")}
            </Link>
          )}
        </p>
      )}
      <ul className="space-y-2">
        {rows.map((delivery) => (
          <Row
            key={delivery.id}
            delivery={delivery}
            zone={zone}
            replay={() => replay.one.mutate(delivery.id, { onSuccess: () => say(text("deliveries.replayed")), onError: (error) => say(problem(error)) })}
          />
        ))}
      </ul>
      {deliveries.hasNextPage && (
        <Button disabled={deliveries.isFetchingNextPage} onClick={() => void deliveries.fetchNextPage()}>
          {text("app.more")}
        </Button>
      )}
      {asking && (
        <Confirm
          title={text("deliveries.replayAll")}
          message={text("deliveries.replayAllSure")}
          action={text("deliveries.replay")}
          onClose={() => setAsking(false)}
          onConfirm={() => replay.all.mutate(undefined, { onSuccess: (answer) => say(text("deliveries.replayedMany", { count: answer.replayed })), onError: (error) => say(problem(error)) })}
        />
      )}
    </Screen>
  );
}

function Row({ delivery, zone, replay }: { delivery: Delivery; zone: string; replay: () => void }) {
  const text = useText();
  const language = useLanguage();
  const replayable = delivery.outcome !== "accepted" && delivery.signal_id === null;
  return (
    <li className="rounded-lg border border-line bg-panel p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div>
          <p className="flex items-center gap-2">
            <span aria-hidden className={delivery.outcome === "accepted" ? "text-gain" : delivery.outcome === "duplicate" ? "text-soft" : "text-loss"}>
              {delivery.outcome === "accepted" ? "✓" : delivery.outcome === "duplicate" ? "=" : "✕"}
            </span>
            <span className={replayable ? "font-semibold" : ""}>{text(`outcome.${delivery.outcome}` as TextKey)}</span>
          </p>
          <p className="text-sm text-soft">
            <time dateTime={delivery.received_at}>{formatTime(language, zone, delivery.received_at)}</time>
            {delivery.sender && ` · ${delivery.sender}`} · {formatCount(language, delivery.body_size)} B
          </p>
        </div>
        <div className="flex gap-2">
          {delivery.signal_id && (
            <Link className="underline" href={`/signals/${delivery.signal_id}`}>
              {text("deliveries.open")}
            </Link>
          )}
          {(replayable || delivery.outcome === "duplicate") && <Button onClick={replay}>{text("deliveries.replay")}</Button>}
        </div>
      </div>
      <details className="mt-2">
        <summary className="cursor-pointer truncate text-sm text-soft">
          {text("deliveries.body")} {delivery.body && <code className="ml-2 font-mono">{delivery.body.slice(0, 200)}</code>}
        </summary>
        <pre className="mt-1 max-h-60 overflow-auto rounded-md bg-raised p-3 font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">
          {delivery.body ?? (delivery.body_base64 ? hex(delivery.body_base64) : text("deliveries.noBody"))}
        </pre>
      </details>
    </li>
  );
}

/** hex writes a body that is no text byte by byte. */
function hex(base64: string): string {
  return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
}
