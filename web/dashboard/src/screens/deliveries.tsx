import { useState } from "react";
import { Link } from "wouter";

import type { Delivery } from "../data/client";
import { useConfig, useDeliveries, useReplay, useReplayable, type DeliveryFilters } from "../data/queries";
import { formatBytes, formatCount, formatTime } from "../format";
import { useLanguage, useText, type TextKey } from "../i18n";
import { Button, Failed, Field, Loading, Select } from "../ui/basics";
import { Actions, Dialog } from "../ui/dialog";
import { PeriodSelect } from "../ui/period";
import { useProblem } from "../ui/problem";
import { Screen } from "../ui/screen";
import { useToast } from "../ui/toast";
import { Zone } from "../ui/zone";
import { HowRead } from "./signal/howRead";

const outcomes = ["all", "accepted", "duplicate", "quota_exceeded", "rate_limited", "disabled", "too_large", "refused_sender"] as const;
type Outcome = (typeof outcomes)[number];

/** Deliveries shows what arrived at the webhook, and its outcome. Refused alerts can be replayed. */
export default function Deliveries() {
  const text = useText();
  const toast = useToast();
  const [filters, setFilters] = useState<DeliveryFilters>({ outcome: "all" });
  const [asking, setAsking] = useState(false);
  const zone = useConfig().data?.preferred_timezone ?? "UTC";
  const deliveries = useDeliveries(filters);
  const replay = useReplay();
  const problem = useProblem();
  const say = (message: string) => toast.say({ message });
  if (deliveries.isPending) return <Loading />;
  if (deliveries.isError) return <Failed error={deliveries.error} retry={() => void deliveries.refetch()} />;
  const rows = deliveries.data.pages.flatMap((page) => page.data);
  return (
    <Screen
      title={text("deliveries.title")}
      lead={
        <>
          {text("deliveries.lead")} <Zone />
        </>
      }
      actions={
        <div className="flex flex-wrap items-end gap-2 max-sm:grid max-sm:w-full max-sm:grid-cols-2">
          <div className="sm:w-44">
            <Select label={text("deliveries.outcome")} value={filters.outcome} onChange={(event) => setFilters({ ...filters, outcome: event.target.value as Outcome })}>
              {outcomes.map((value) => (
                <option key={value} value={value}>
                  {value === "all" ? text("signals.all") : text(`outcome.${value}`)}
                </option>
              ))}
            </Select>
          </div>
          <Field label={text("period.label")}>
            {(id) => <PeriodSelect id={id} from={filters.from} to={filters.to} className="w-full" choose={({ from, to }) => setFilters({ outcome: filters.outcome, ...(from ? { from, to } : {}) })} />}
          </Field>
          <Button className="whitespace-nowrap max-sm:col-span-2" onClick={() => setAsking(true)}>
            {text("deliveries.replayMany")}
          </Button>
        </div>
      }
    >
      {rows.length === 0 && <Nothing filtered={filters.outcome !== "all" || filters.from !== undefined} />}
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
        <ReplayMany
          filters={filters}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            replay.many.mutate(filters, {
              onSuccess: ({ replayed, refused }) => say(text(refused > 0 ? "deliveries.replayedUntil" : "deliveries.replayedMany", { count: replayed })),
              onError: (error) => say(problem(error)),
            })
          }
        />
      )}
    </Screen>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const text = useText();
  return (
    <p className="rounded-lg border border-dashed border-line p-8 text-center text-soft">
      {text(filtered ? "deliveries.noMatch" : "deliveries.empty")}{" "}
      {!filtered && (
        <Link href="/start" className="underline">
          {text("nav.start")}
        </Link>
      )}
    </p>
  );
}

/** ReplayMany says how many alerts would become signals, and asks. */
function ReplayMany({ filters, onClose, onConfirm }: { filters: DeliveryFilters; onClose: () => void; onConfirm: () => void }) {
  const text = useText();
  const language = useLanguage();
  const problem = useProblem();
  const counted = useReplayable(filters);
  const count = counted.data?.replayable;
  return (
    <Dialog title={text("deliveries.replayMany")} onClose={onClose}>
      <p role="status">
        {counted.isPending && text("app.loading")}
        {counted.isError && problem(counted.error)}
        {count === 0 && text("deliveries.replayNone")}
        {count === 1 && text("deliveries.replaySureOne")}
        {count !== undefined && count > 1 && text(counted.data?.capped ? "deliveries.replaySureCapped" : "deliveries.replaySure", { count: formatCount(language, count) })}
      </p>
      <Actions>
        <Button onClick={onClose}>{text("app.cancel")}</Button>
        <Button
          kind="main"
          disabled={!count}
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {text("deliveries.replay")}
        </Button>
      </Actions>
    </Dialog>
  );
}

function Row({ delivery, zone, replay }: { delivery: Delivery; zone: string; replay: () => void }) {
  const text = useText();
  const language = useLanguage();
  const replayable = delivery.outcome !== "accepted" && delivery.signal_id === null;
  return (
    <li className="rounded-lg border border-line bg-panel p-3">
      <div className="flex items-start justify-between gap-x-3">
        <p className="flex min-w-0 items-baseline gap-2 py-1.5 max-sm:py-2">
          <span aria-hidden className={delivery.outcome === "accepted" ? "text-gain" : delivery.outcome === "duplicate" ? "text-soft" : "text-loss"}>
            {delivery.outcome === "accepted" ? "✓" : delivery.outcome === "duplicate" ? "=" : "✕"}
          </span>
          <span className={replayable ? "font-semibold" : ""}>{text(`outcome.${delivery.outcome}` as TextKey)}</span>
        </p>
        <div className="flex shrink-0 items-center gap-3">
          {delivery.signal_id && (
            <Link className="py-1.5 underline decoration-line underline-offset-4 hover:decoration-current max-sm:py-2" href={`/signals/${delivery.signal_id}`}>
              {text("deliveries.open")}
            </Link>
          )}
          {(replayable || delivery.outcome === "duplicate") && <Button onClick={replay}>{text("deliveries.replay")}</Button>}
        </div>
      </div>
      <p className="text-sm text-soft">
        <time dateTime={delivery.received_at}>{formatTime(language, zone, delivery.received_at)}</time>
        {delivery.sender && ` · ${delivery.sender}`} · <span className="whitespace-nowrap">{formatBytes(language, delivery.body_size)}</span>
      </p>
      <details className="mt-2">
        <summary className="cursor-pointer truncate text-sm text-soft">
          {text("deliveries.body")} {delivery.body && <code className="ml-2 font-mono">{delivery.body.slice(0, 200)}</code>}
        </summary>
        <pre className="mt-1 max-h-60 overflow-auto rounded-md bg-raised p-3 font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">
          {delivery.body ?? (delivery.body_base64 ? hex(delivery.body_base64) : text("deliveries.noBody"))}
        </pre>
        {delivery.body && <HowRead body={delivery.body} />}
      </details>
    </li>
  );
}

/** hex returns the bytes of a body that is not text, in hexadecimal. */
function hex(base64: string): string {
  return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
}
