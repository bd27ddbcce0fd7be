// The browser's own notifications, of signals that arrive while the page is not visible. They are off until the user
// switches them on.
import type { Translate } from "../i18n";
import type { Signal } from "./client";
import type { LiveEvent } from "./live";

// Up to this many signals at once have a notification each; more are counted in one.
const most = 3;

/** noticesAllowed returns whether the browser shows them. "default" means that the user has not been asked. */
export function noticesAllowed(): NotificationPermission | "unsupported" {
  return "Notification" in window ? Notification.permission : "unsupported";
}

/** askForNotices asks the user and returns whether notifications are allowed. Browsers only allow it after a click. */
export async function askForNotices(): Promise<boolean> {
  return noticesAllowed() !== "unsupported" && (await Notification.requestPermission()) === "granted";
}

/** showNotices shows a notification for each new signal. Tabs that show the same signal replace each other's notification. */
export function showNotices(events: LiveEvent[], text: Translate, open: (id: string | null) => void): void {
  if (document.visibilityState === "visible" || noticesAllowed() !== "granted") return;
  const arrived = events.flatMap((event) => (event.type === "signal.created" ? [event.signal] : []));
  if (arrived.length > most) {
    show(text("notices.many", { count: arrived.length }), "", arrived[0]!.id, () => open(null));
    return;
  }
  for (const signal of arrived) show(titleOf(signal, text), bodyOf(signal), signal.id, () => open(signal.id));
}

function titleOf({ ticker, direction }: Signal, text: Translate): string {
  const side = direction === "LONG" || direction === "SHORT" ? ` ${text(`direction.${direction}`)}` : "";
  return (ticker ?? text("signals.noTicker")).slice(0, 60) + side;
}

function bodyOf({ indicator_name, signal_type, price }: Signal): string {
  return [indicator_name, signal_type, price].filter(Boolean).join(", ").slice(0, 200);
}

function show(title: string, body: string, tag: string, onClick: () => void): void {
  try {
    const notice = new Notification(title, { body, tag, icon: "/app/icon.svg", lang: document.documentElement.lang });
    notice.onclick = () => {
      window.focus();
      onClick();
      notice.close();
    };
  } catch {
    // Chrome on Android shows none without a service worker, which this page has not.
  }
}
