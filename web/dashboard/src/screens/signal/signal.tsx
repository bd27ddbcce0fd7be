import { useState, type KeyboardEvent } from "react";
import { useLocation, useSearch } from "wouter";

import type { Signal, SignalChanges } from "../../data/client";
import { useDeleteSignal, useSignal } from "../../data/queries";
import { formatInterval, formatTime } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { usePreferences } from "../../preferences";
import { KeyHelp } from "../signals/edit";
import { actionOf } from "../signals/keys";
import { Badge, Button, Failed, Loading } from "../../ui/basics";
import { Confirm, Dialog } from "../../ui/dialog";
import { useProblem } from "../../ui/problem";
import { Direction, Price, Ticker } from "../../ui/signalParts";
import { useToast } from "../../ui/toast";
import { History } from "./history";
import { Outcome } from "./outcome";
import { Picture } from "./picture";
import { Reading } from "./reading";
import { Verified } from "./verified";

interface Props {
  id: string;
  neighbours: Signal[];
  zone: string;
  onClose: () => void;
  mark: (signal: Signal, changes: SignalChanges) => void;
}

/** SignalDialog shows one signal with everything that is known about it. */
export default function SignalDialog({ id, neighbours, zone, onClose, mark }: Props) {
  const text = useText();
  const [, go] = useLocation();
  const search = useSearch();
  const { keys } = usePreferences().value;
  const toast = useToast();
  const [help, setHelp] = useState(false);
  const found = useSignal(id);
  const signal = found.data;
  const at = neighbours.findIndex((other) => other.id === id);
  const step = (by: number) => {
    const next = neighbours[at + by];
    if (at >= 0 && next) go(`/signals/${next.id}${search && `?${search}`}`, { replace: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = isTyping(event) ? null : actionOf(event, keys);
    if (action?.do === "mark" && signal) mark(signal, action.changes);
    else if (action?.do === "move" && !inPicture(event)) step(action.by);
    else if (action?.do === "edit") event.currentTarget.querySelector<HTMLElement>(`[data-edit="${action.what}"]`)?.focus();
    else if (action?.do === "undo") toast.undo();
    else if (action?.do === "help") setHelp(true);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog
      title={text("signal.title")}
      onClose={onClose}
      onKeyDown={onKeyDown}
      wide
      actions={
        <>
          <Button kind="quiet" disabled={at <= 0} onClick={() => step(-1)} aria-label={text("signal.previous")}>
            ←<span className="max-sm:hidden">{text("signal.previous")}</span>
          </Button>
          <Button kind="quiet" disabled={at < 0 || at >= neighbours.length - 1} onClick={() => step(1)} aria-label={text("signal.next")}>
            <span className="max-sm:hidden">{text("signal.next")}</span>→
          </Button>
        </>
      }
    >
      {found.isPending && <Loading />}
      {found.isError && <Failed className="" error={found.error} retry={() => void found.refetch()} />}
      {signal && (
        // On a phone the result follows the picture.
        <div className="flex flex-col gap-4 lg:grid lg:grid-cols-[minmax(0,1fr)_25rem]">
          <div className="min-w-0 max-lg:contents lg:space-y-4">
            <Facts signal={signal} zone={zone} />
            <Picture key={signal.id} signal={signal} zone={zone} />
            <div className={`grid items-start gap-4 max-lg:order-1 ${signal.screenshot_status === "completed" ? "xl:grid-cols-2" : ""}`}>
              <Verified signal={signal} />
              <Reading signal={signal} />
            </div>
          </div>
          <div className="min-w-0 max-lg:contents lg:space-y-4">
            <Outcome key={signal.id} signal={signal} zone={zone} mark={(changes) => mark(signal, changes)} />
            <div className="space-y-4 max-lg:order-2">
              <History signal={signal} zone={zone} />
              <Remove signal={signal} onClose={onClose} />
            </div>
          </div>
        </div>
      )}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </Dialog>
  );
}

/** isTyping reports whether a key belongs to a field, or to a dialog over this one. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as Element;
  return target.closest("input, textarea, select") !== null || target.closest("dialog") !== event.currentTarget;
}

/** inPicture reports whether a key moves or zooms the picture. */
function inPicture(event: KeyboardEvent): boolean {
  return event.key.startsWith("Arrow") && (event.target as Element).closest("figure") !== null;
}

function Facts({ signal, zone }: { signal: Signal; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const about = [signal.indicator_name, signal.signal_type].filter(Boolean).join(" · ");
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <p className="text-xl">
          <Ticker signal={signal} />
        </p>
        <Direction direction={signal.direction} />
        <span className="text-lg">
          <Price value={signal.price} />
        </span>
        {signal.interval && <Badge tone="plain">{formatInterval(signal.interval)}</Badge>}
        {signal.event_kind && <Badge tone="plain">{text(signal.event_kind === "exit" ? "event.exit" : "event.entry")}</Badge>}
        {signal.origin !== "alert" && <Badge tone="warn">{text(`origin.${signal.origin}`)}</Badge>}
      </div>
      <p className="mt-1 text-soft [overflow-wrap:anywhere]">
        <time dateTime={signal.timestamp}>{formatTime(language, zone, signal.timestamp)}</time>
        {about && ` · ${about}`}
      </p>
    </div>
  );
}

function Remove({ signal, onClose }: { signal: Signal; onClose: () => void }) {
  const text = useText();
  const toast = useToast();
  const problem = useProblem();
  const remove = useDeleteSignal();
  const [asking, setAsking] = useState(false);
  const onSuccess = () => {
    toast.say({ message: text("signal.deleted") });
    onClose();
  };
  return (
    <>
      <Button kind="danger" onClick={() => setAsking(true)}>
        {text("signal.delete")}
      </Button>
      {asking && (
        <Confirm
          title={text("signal.delete")}
          message={text("signal.deleteSure")}
          action={text("signal.delete")}
          onClose={() => setAsking(false)}
          onConfirm={() => remove.mutate(signal.id, { onSuccess, onError: (error) => toast.say({ message: problem(error) }) })}
        />
      )}
    </>
  );
}
