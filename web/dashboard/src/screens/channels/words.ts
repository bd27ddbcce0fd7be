import type { Channel, Notification } from "../../data/channels";
import { isTextKey, useText } from "../../i18n";

/** useNoticeReason returns a function that says what a channel's or a message's code means, with the cure. */
export function useNoticeReason() {
  const text = useText();
  return (code: string): string => {
    const key = `notice.${code}`;
    return isTextKey(key) ? text(key) : text("notice.other", { code });
  };
}

/** useKindName returns a function that names the service of a channel. */
export function useKindName() {
  const text = useText();
  return (kind: string): string => {
    const key = `kind.${kind}`;
    return isTextKey(key) ? text(key) : kind;
  };
}

export type Health = "works" | "unproved" | "broken" | "waits" | "paused" | "off";

/** healthOf returns the state of a channel. */
export function healthOf(channel: Channel): Health {
  if (channel.pending || (channel.kind === "telegram" && !channel.settings.chat_id && channel.origin === "own")) return "waits";
  if (!channel.enabled) return "off";
  if (channel.status === "broken") return "broken";
  if (channel.paused_until && Date.parse(channel.paused_until) > Date.now()) return "paused";
  return channel.status === "ok" ? "works" : "unproved";
}

/** addressOf returns the part of a channel's address that is not secret. */
export function addressOf({ settings }: Channel): string {
  return settings.address ?? settings.topic ?? settings.url ?? settings.chat_id ?? settings.channel ?? "";
}

/** useSubject returns a function that says what a message was about. */
export function useSubject() {
  const text = useText();
  return (notification: Notification): string => {
    const key = `about.${notification.key.split(":")[0]}`;
    return isTextKey(key) ? text(key) : text("about.other");
  };
}
