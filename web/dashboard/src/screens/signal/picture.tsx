import type { Signal } from "../../data/client";
import { useCaptureAgain } from "../../data/queries";
import { formatPercent } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Button } from "../../ui/basics";
import { useProblem } from "../../ui/problem";
import { Cure, isPageOfTradingView, pictureURL, usePictureAlt, usePictureReason } from "../../ui/signalParts";
import { useToast } from "../../ui/toast";
import { useZoom } from "./zoom";

/** Picture shows the screenshot, or why there is none. */
export function Picture({ signal, zone }: { signal: Signal; zone: string }) {
  const address = pictureURL(signal);
  return address ? <Shown signal={signal} zone={zone} address={address} /> : <NoPicture signal={signal} />;
}

function Shown({ signal, zone, address }: { signal: Signal; zone: string; address: string }) {
  const text = useText();
  const language = useLanguage();
  const alt = usePictureAlt();
  const { zoom, box, handlers, key, zoomIn, zoomOut, fit } = useZoom();
  return (
    <figure>
      <div
        ref={box}
        tabIndex={0}
        role="group"
        aria-label={text("picture.box")}
        className={`max-h-[72dvh] overflow-auto rounded-lg border border-line bg-raised ${zoom > 1 ? "cursor-grab touch-none active:cursor-grabbing" : "touch-pan-y"}`}
        onKeyDown={(event) => {
          if (!event.ctrlKey && !event.metaKey && key(event.key)) event.preventDefault();
        }}
        {...handlers}
      >
        <img
          src={address}
          alt={alt(signal, zone)}
          draggable={false}
          width={signal.screenshot_width ?? undefined}
          height={signal.screenshot_height ?? undefined}
          className="h-auto max-w-none select-none"
          style={{ width: `${zoom * 100}%` }}
        />
      </div>
      <figcaption className="mt-2 flex flex-wrap items-center gap-1.5">
        <Button onClick={zoomOut} disabled={zoom <= 1} aria-label={text("picture.zoomOut")}>
          −
        </Button>
        <span className="num min-w-14 text-center text-sm text-soft" role="status">
          {formatPercent(language, String(Math.round(zoom * 100)))}
        </span>
        <Button onClick={zoomIn} disabled={zoom >= 8} aria-label={text("picture.zoomIn")}>
          +
        </Button>
        <Button onClick={fit} disabled={zoom === 1}>
          {text("picture.fit")}
        </Button>
        <span className="ml-auto flex gap-1.5">
          <CaptureAgain signal={signal} />
          <a className="tap inline-flex items-center rounded-md border border-line bg-panel px-3 font-medium hover:bg-raised" href={address} download target="_blank" rel="noreferrer">
            {text("picture.download")}
          </a>
        </span>
      </figcaption>
    </figure>
  );
}

function CaptureAgain({ signal }: { signal: Signal }) {
  const text = useText();
  const toast = useToast();
  const problem = useProblem();
  const again = useCaptureAgain();
  const under = signal.screenshot_status === "pending" || signal.screenshot_status === "processing";
  return (
    <Button
      disabled={again.isPending || under}
      onClick={() =>
        again.mutate(signal.id, {
          onSuccess: () => toast.say({ message: text("picture.queued") }),
          onError: (error) => toast.say({ message: problem(error) }),
        })
      }
    >
      {text("picture.again")}
    </Button>
  );
}

function NoPicture({ signal }: { signal: Signal }) {
  const text = useText();
  const reason = usePictureReason();
  const outside = signal.screenshot_url && isPageOfTradingView(signal.screenshot_url) ? signal.screenshot_url : null;
  const under = signal.screenshot_status === "pending" || signal.screenshot_status === "processing";
  return (
    <div className="grid min-h-64 place-items-center rounded-lg border border-dashed border-line bg-raised p-6 text-center">
      <div className="max-w-md space-y-3" role="status">
        {outside ? (
          <a href={outside} className="font-medium underline" rel="noreferrer" target="_blank">
            {text("picture.outside")}
          </a>
        ) : (
          <>
            <p className="font-semibold">{text(under ? "picture.coming" : "picture.why")}</p>
            <p>
              {reason(signal)} <Cure code={signal.screenshot_error} />
            </p>
          </>
        )}
        <CaptureAgain signal={signal} />
      </div>
    </div>
  );
}
