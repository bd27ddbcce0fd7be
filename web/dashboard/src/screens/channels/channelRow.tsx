import { useState } from "react";

import { useChannelActions, useMailLink, type Channel } from "../../data/channels";
import { useText } from "../../i18n";
import { Badge, Button } from "../../ui/basics";
import { Confirm } from "../../ui/dialog";
import { useProblem } from "../../ui/problem";
import { useToast } from "../../ui/toast";
import { KindIcon } from "./kindIcon";
import { addressOf, healthOf, useKindName, useNoticeReason, type Health } from "./words";

const tones: Record<Health, "good" | "bad" | "warn" | "plain"> = { works: "good", broken: "bad", waits: "warn", paused: "warn", unproved: "plain", off: "plain" };

/** ChannelRow shows a channel's state and the actions on it. */
export function ChannelRow({ channel, edit, connect }: { channel: Channel; edit: () => void; connect: () => void }) {
  const text = useText();
  const nameOf = useKindName();
  const reason = useNoticeReason();
  const health = healthOf(channel);
  return (
    <li className="py-3 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <KindIcon kind={channel.kind} />
        <div className="min-w-0 flex-1 basis-28">
          <p className="font-semibold [overflow-wrap:anywhere]">{channel.name || nameOf(channel.kind)}</p>
          <p className="text-sm text-soft [overflow-wrap:anywhere]">
            {[nameOf(channel.kind), addressOf(channel)].filter(Boolean).join(" · ")}
          </p>
        </div>
        <Badge tone={tones[health]}>{text(`channels.health.${health}`)}</Badge>
        <Actions channel={channel} edit={edit} connect={connect} />
      </div>
      {channel.code && health !== "works" && <p className={`mt-2 text-sm ${health === "broken" ? "text-loss" : "text-warn"}`}>{reason(channel.code)}</p>}
      {channel.origin === "classic" && <p className="mt-2 text-sm text-soft">{text("channels.classic")}</p>}
    </li>
  );
}

function Actions({ channel, edit, connect }: { channel: Channel; edit: () => void; connect: () => void }) {
  const text = useText();
  const toast = useToast();
  const problem = useProblem();
  const reason = useNoticeReason();
  const { change, remove, test } = useChannelActions();
  const mail = useMailLink();
  const [asking, setAsking] = useState(false);
  const onError = (error: Error) => toast.say({ message: problem(error) });
  const own = channel.origin === "own";
  const waits = healthOf(channel) === "waits";
  const trial = test.data;
  return (
    <>
      <div className="flex flex-wrap gap-1.5 max-sm:basis-full max-sm:*:px-2!">
        {waits && channel.kind === "telegram" && (
          <Button kind="main" onClick={connect}>
            {text("channels.connect")}
          </Button>
        )}
        {waits && channel.kind === "email" && (
          <Button onClick={() => mail.mutate(channel.id, { onSuccess: () => toast.say({ message: text("channels.mailed", { address: addressOf(channel) }) }), onError })}>{text("channels.mailAgain")}</Button>
        )}
        {!waits && (
          <Button disabled={test.isPending} onClick={() => test.mutate(channel.id, { onError })}>
            {text(test.isPending ? "channels.testing" : "channels.test")}
          </Button>
        )}
        {own && !waits && (
          <Button onClick={() => change.mutate({ id: channel.id, changes: { enabled: !channel.enabled } }, { onError })}>{text(channel.enabled ? "channels.pause" : "channels.resume")}</Button>
        )}
        <Button onClick={edit}>{text("channels.edit")}</Button>
        {own && (
          <Button kind="quiet" className="text-loss" aria-label={text("channels.deleteNamed", { name: channel.name || channel.kind })} onClick={() => setAsking(true)}>
            {text("bulk.delete")}
          </Button>
        )}
      </div>
      {trial && (
        <p role="status" className={`basis-full text-sm ${trial.delivered ? "text-gain" : "text-loss"}`}>
          {trial.delivered ? `✓ ${text("channels.tested")}` : `✕ ${reason(trial.code ?? "")}`}
          {!trial.delivered && trial.detail && <span className="block text-soft [overflow-wrap:anywhere]">{text("channels.answer", { detail: trial.detail })}</span>}
        </p>
      )}
      {asking && (
        <Confirm
          title={text("channels.delete")}
          message={text("channels.deleteSure", { name: channel.name || channel.kind })}
          action={text("channels.delete")}
          onClose={() => setAsking(false)}
          onConfirm={() => remove.mutate(channel.id, { onSuccess: () => toast.say({ message: text("channels.deleted") }), onError })}
        />
      )}
    </>
  );
}
