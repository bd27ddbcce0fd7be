import { useState } from "react";
import { Link } from "wouter";

import { useChannels, useNotifications, useResend, type Notification, type NotificationState } from "../../data/channels";
import { formatShortTime } from "../../format";
import { useLanguage, useText, type TextKey } from "../../i18n";
import { Badge, Button, Failed, Loading, Panel, Select } from "../../ui/basics";
import { useProblem } from "../../ui/problem";
import { useToast } from "../../ui/toast";
import { KindIcon } from "./kindIcon";
import { useKindName, useNoticeReason, useSubject } from "./words";

const states = ["all", "waiting", "ready", "sending", "sent", "failed", "expired", "cancelled"] as const;

/** NotificationLog lists what was sent to every channel, and why a message was not. */
export function NotificationLog({ zone }: { zone: string }) {
  const text = useText();
  const [state, setState] = useState<NotificationState>("all");
  const log = useNotifications({ state });
  const rows = log.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Panel
      title={text("log.title")}
      actions={
        <div className="w-44">
          <Select label={<span className="sr-only">{text("log.state")}</span>} value={state} onChange={(event) => setState(event.target.value as NotificationState)}>
            {states.map((name) => (
              <option key={name} value={name}>
                {name === "all" ? text("signals.all") : text(`log.state.${name}`)}
              </option>
            ))}
          </Select>
        </div>
      }
    >
      <p className="mb-2 text-sm text-soft">{text("log.lead")}</p>
      {log.isPending && <Loading />}
      {log.isError && <Failed className="" error={log.error} retry={() => void log.refetch()} />}
      {log.isSuccess && rows.length === 0 && <p className="text-soft">{text("log.empty")}</p>}
      <Notifications rows={rows} zone={zone} />
      {log.hasNextPage && (
        <Button className="mt-3" disabled={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {text("app.more")}
        </Button>
      )}
    </Panel>
  );
}

const tones: Record<string, "good" | "bad" | "warn" | "plain"> = { sent: "good", failed: "bad", expired: "bad", waiting: "warn", ready: "warn", sending: "warn" };

/** Notifications are rows of the log; a signal's page shows its own. */
export function Notifications({ rows, zone, ofSignal = false }: { rows: Notification[]; zone: string; ofSignal?: boolean }) {
  const text = useText();
  const language = useLanguage();
  const toast = useToast();
  const problem = useProblem();
  const nameOf = useKindName();
  const reason = useNoticeReason();
  const subject = useSubject();
  const channels = useChannels();
  const resend = useResend();
  const again = (id: string) =>
    resend.mutate(id, { onSuccess: () => toast.say({ message: text("log.resent") }), onError: (error) => toast.say({ message: problem(error) }) });
  return (
    <ul className="divide-y divide-line">
      {rows.map((row) => {
        const channel = channels.data?.find((one) => one.id === row.channel_id);
        const ended = row.state === "sent" || row.state === "failed" || row.state === "expired";
        return (
          <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <KindIcon kind={channel?.kind ?? "webhook"} />
            <div className="min-w-0 flex-1 basis-28">
              <p className="[overflow-wrap:anywhere]">
                <span className="font-medium">{channel ? channel.name || nameOf(channel.kind) : text("log.gone")}</span>
                {!ofSignal && (
                  <span className="text-soft">
                    {" · "}
                    {row.signal_id ? (
                      <Link href={`/signals/${row.signal_id}`} className="underline">
                        {subject(row)}
                      </Link>
                    ) : (
                      subject(row)
                    )}
                  </span>
                )}
              </p>
              <p className="text-sm text-soft">
                <time dateTime={row.sent_at ?? row.created_at}>{formatShortTime(language, zone, row.sent_at ?? row.created_at)}</time>
                {row.picture !== "none" && ` · ${text(`log.picture.${row.picture}` as TextKey)}`}
              </p>
              {row.code && row.state !== "sent" && <p className="text-sm text-warn">{reason(row.code)}</p>}
            </div>
            <Badge tone={tones[row.state] ?? "plain"}>{text(`log.state.${row.state}` as TextKey)}</Badge>
            {ended && row.state !== "sent" && (
              <Button disabled={resend.isPending} onClick={() => again(row.id)}>
                {text("log.resend")}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
