import { useRef, useState, type PointerEvent, type ReactNode } from "react";
import { useLocation } from "wouter";

import type { Signal, SignalChanges } from "../data/client";
import { useCaptureAgain, useDeleteSignal, useSignal } from "../data/queries";
import { formatInterval, formatTime } from "../format";
import { isTextKey, useLanguage, useText } from "../i18n";
import { Button, Failed, Input, Loading, Panel } from "../ui/basics";
import { Confirm, Dialog } from "../ui/dialog";
import { Amount, Direction, isPageOfTradingView, pictureURL, Price, ResultBadge, Ticker, usePictureAlt, usePictureReason } from "../ui/signalParts";
import { useToast } from "../ui/toast";
import { changesOf } from "./edit";

interface Props {
  id: string;
  neighbours: Signal[];
  zone: string;
  onClose: () => void;
  mark: (signal: Signal, changes: SignalChanges) => void;
}

/** SignalDialog shows one signal with everything known of it. */
export function SignalDialog({ id, neighbours, zone, onClose, mark }: Props) {
  const text = useText();
  const [, go] = useLocation();
  const signal = useSignal(id);
  const at = neighbours.findIndex((other) => other.id === id);
  const step = (by: number) => {
    const next = neighbours[at + by];
    if (at >= 0 && next) go(`/signals/${next.id}`, { replace: true });
  };
  return (
    <Dialog title={text("signal.title")} onClose={onClose} wide>
      {signal.isPending && <Loading />}
      {signal.isError && <Failed error={signal.error} retry={() => void signal.refetch()} />}
      {signal.data && (
        <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(18rem,1fr)]">
          <div className="space-y-3">
            <Picture signal={signal.data} zone={zone} />
            <div className="flex justify-between">
              <Button disabled={at <= 0} onClick={() => step(-1)}>
                ← {text("signal.previous")}
              </Button>
              <Button disabled={at < 0 || at >= neighbours.length - 1} onClick={() => step(1)}>
                {text("signal.next")} →
              </Button>
            </div>
          </div>
          <div className="space-y-4">
            <Facts signal={signal.data} zone={zone} />
            <Outcome key={signal.data.id + signal.data.updated_at} signal={signal.data} mark={(changes) => mark(signal.data, changes)} />
            <Verified signal={signal.data} />
            <Reading signal={signal.data} />
            <Remove signal={signal.data} onClose={onClose} />
          </div>
        </div>
      )}
    </Dialog>
  );
}

const largestZoom = 8;

/** Picture shows the screenshot, or why there is none. It zooms to 800 % and is moved by dragging. */
function Picture({ signal, zone }: { signal: Signal; zone: string }) {
  const text = useText();
  const alt = usePictureAlt();
  const [zoom, setZoom] = useState(1);
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number } | null>(null);
  const address = pictureURL(signal);
  if (!address) return <NoPicture signal={signal} />;
  const by = (factor: number) => setZoom((value) => Math.min(Math.max(value * factor, 1), largestZoom));
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!drag.current || !box.current) return;
    box.current.scrollBy(drag.current.x - event.clientX, drag.current.y - event.clientY);
    drag.current = { x: event.clientX, y: event.clientY };
  };
  return (
    <figure>
      <div
        ref={box}
        tabIndex={0}
        role="group"
        aria-label={text("signals.picture")}
        className="max-h-[70dvh] touch-pan-x touch-pan-y overflow-auto rounded-lg border border-line bg-raised"
        onKeyDown={(event) => {
          if (event.key === "+") by(1.5);
          if (event.key === "-") by(1 / 1.5);
          if (event.key === "0") setZoom(1);
        }}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerLeave={() => {
          drag.current = null;
        }}
      >
        <img src={address} alt={alt(signal, zone)} draggable={false} style={{ width: `${zoom * 100}%`, maxWidth: "none" }} />
      </div>
      <figcaption className="mt-2 flex flex-wrap items-center gap-2">
        <Button onClick={() => by(1.5)} aria-label={text("picture.zoomIn")}>
          +
        </Button>
        <Button onClick={() => by(1 / 1.5)} aria-label={text("picture.zoomOut")}>
          −
        </Button>
        <Button onClick={() => setZoom(1)}>{text("picture.fit")}</Button>
        <a className="underline" href={address} download rel="noreferrer">
          {text("picture.download")}
        </a>
      </figcaption>
    </figure>
  );
}

function NoPicture({ signal }: { signal: Signal }) {
  const text = useText();
  const reason = usePictureReason();
  const toast = useToast();
  const again = useCaptureAgain();
  const outside = signal.screenshot_url && isPageOfTradingView(signal.screenshot_url) ? signal.screenshot_url : null;
  return (
    <div className="grid min-h-60 place-items-center rounded-lg border border-dashed border-line bg-raised p-6 text-center">
      <div className="max-w-md space-y-3">
        {outside ? (
          <a href={outside} className="underline" rel="noreferrer" target="_blank">
            {text("picture.outside")}
          </a>
        ) : (
          <>
            <p className="font-semibold">{text("picture.why")}</p>
            <p>{reason(signal)}</p>
          </>
        )}
        <Button
          disabled={again.isPending || signal.screenshot_status === "pending" || signal.screenshot_status === "processing"}
          onClick={() =>
            again.mutate(signal.id, {
              onSuccess: () => toast.say({ message: text("picture.queued") }),
              onError: (error) => toast.say({ message: error.message }),
            })
          }
        >
          {text("picture.again")}
        </Button>
      </div>
    </div>
  );
}

function Facts({ signal, zone }: { signal: Signal; zone: string }) {
  const language = useLanguage();
  return (
    <div>
      <p className="text-lg">
        <Ticker signal={signal} />
      </p>
      <p className="flex flex-wrap items-center gap-x-3">
        <Direction direction={signal.direction} /> <Price value={signal.price} />
        {signal.interval && <span className="text-soft">{formatInterval(signal.interval)}</span>}
      </p>
      <p className="text-soft">
        {[signal.indicator_name, signal.signal_type].filter(Boolean).join(" · ")}
        <br />
        <time dateTime={signal.timestamp}>{formatTime(language, zone, signal.timestamp)}</time>
      </p>
    </div>
  );
}

const results: Signal["result"][] = ["pending", "win", "loss", "breakeven", "skip"];

/** Outcome records what became of the trade. */
function Outcome({ signal, mark }: { signal: Signal; mark: (changes: SignalChanges) => void }) {
  const text = useText();
  const saveDecimal = (name: "entry_price" | "exit_price" | "profit_loss" | "profit_loss_percent") => (value: string) => {
    const next = value.trim() === "" ? null : value.trim().replace(",", ".");
    if (next !== signal[name]) mark({ [name]: next } as SignalChanges);
  };
  return (
    <Panel title={text("signals.result")} actions={<ResultBadge result={signal.result} />}>
      <div className="mb-3 flex flex-wrap gap-1">
        {results.map((result) => (
          <Button key={result} kind={signal.result === result ? "main" : "plain"} aria-pressed={signal.result === result} onClick={() => mark({ result })}>
            {text(`result.${result}`)}
          </Button>
        ))}
      </div>
      <p className="mb-2">
        {text("signals.pnl")} <Amount value={signal.profit_loss} />
      </p>
      <div className="grid grid-cols-2 gap-2">
        <Saved label={text("signal.entry")} value={signal.entry_price ?? ""} save={saveDecimal("entry_price")} decimal />
        <Saved label={text("signal.exit")} value={signal.exit_price ?? ""} save={saveDecimal("exit_price")} decimal />
        <Saved label={text("signals.pnl")} value={signal.profit_loss ?? ""} save={saveDecimal("profit_loss")} decimal />
        <Saved label={text("signal.pnlPercent")} value={signal.profit_loss_percent ?? ""} save={saveDecimal("profit_loss_percent")} decimal />
      </div>
      <div className="mt-2 space-y-2">
        <Saved label={text("mark.tagPrompt")} value={(signal.tags ?? []).join(", ")} save={(value) => mark(changesOf("tags", value))} />
        <Saved label={text("signals.notes")} value={signal.notes ?? ""} save={(value) => mark(changesOf("notes", value))} />
      </div>
    </Panel>
  );
}

function Saved({ label, value, save, decimal = false }: { label: ReactNode; value: string; save: (value: string) => void; decimal?: boolean }) {
  return (
    <Input
      label={label}
      defaultValue={value}
      inputMode={decimal ? "decimal" : undefined}
      onBlur={(event) => {
        if (event.target.value !== value) save(event.target.value);
      }}
    />
  );
}

/** seen are members of the picture's verdict that not every release of the service has. */
type Seen = { screenshot_symbol?: string | null; screenshot_interval?: string | null; screenshot_warnings?: string[] | null };

function Verified({ signal }: { signal: Signal & Seen }) {
  const text = useText();
  if (signal.screenshot_status !== "completed") return null;
  const seconds = signal.screenshot_taken_at ? Math.round((Date.parse(signal.screenshot_taken_at) - Date.parse(signal.created_at)) / 1000) : null;
  return (
    <Panel title={text("signal.verified")}>
      <ul className="space-y-1">
        <Verdict name={text("signal.verifiedSymbol")} value={signal.screenshot_symbol ?? signal.ticker ?? text("signals.noTicker")} />
        <Verdict name={text("signal.verifiedInterval")} value={signal.screenshot_interval ?? signal.interval ?? "–"} />
        {(signal.screenshot_kind === "user_chart" || signal.screenshot_kind === "public_chart") && (
          <Verdict name={text("signal.kind")} value={text(`signal.kind.${signal.screenshot_kind}`)} />
        )}
        {(signal.screenshot_source === "client" || signal.screenshot_source === "viewport") && (
          <Verdict name={text("signals.picture")} value={`${text(`signal.source.${signal.screenshot_source}`)}, ${signal.screenshot_width}×${signal.screenshot_height}`} />
        )}
      </ul>
      {seconds !== null && <p className="mt-2 text-soft">{text("signal.after", { seconds })}</p>}
      {(signal.screenshot_warnings ?? []).map((warning) => (
        <p key={warning} className="mt-1 text-warn">
          ⚠ {isTextKey(`warning.${warning}`) ? text(`warning.${warning}` as "warning.study_error") : warning}
        </p>
      ))}
    </Panel>
  );
}

function Verdict({ name, value }: { name: string; value: string }) {
  return (
    <li>
      <span aria-hidden className="text-gain">
        ✓{" "}
      </span>
      {name}: <strong className="[overflow-wrap:anywhere]">{value}</strong>
    </li>
  );
}

/** Reading shows the alert as it came and how it was read. The text is the sender's: it is shown literally. */
function Reading({ signal }: { signal: Signal }) {
  const text = useText();
  const status = `signal.parse.${signal.parse_status}`;
  return (
    <Panel title={text("signal.original")}>
      <pre className="max-h-60 overflow-auto rounded bg-raised p-2 font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">{signal.raw_message}</pre>
      <p className="mt-2 text-sm text-soft">
        {text("signal.reading")}: {isTextKey(status) ? text(status) : signal.parse_status}
      </p>
      {(signal.missing ?? []).length > 0 && (
        <p className="text-sm text-soft">
          {text("signal.missing")}: {(signal.missing ?? []).join(", ")}
        </p>
      )}
    </Panel>
  );
}

function Remove({ signal, onClose }: { signal: Signal; onClose: () => void }) {
  const text = useText();
  const toast = useToast();
  const remove = useDeleteSignal();
  const [asking, setAsking] = useState(false);
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
          onConfirm={() =>
            remove.mutate(signal.id, {
              onSuccess: () => {
                toast.say({ message: text("signal.deleted") });
                onClose();
              },
              onError: (error) => toast.say({ message: error.message }),
            })
          }
        />
      )}
    </>
  );
}
