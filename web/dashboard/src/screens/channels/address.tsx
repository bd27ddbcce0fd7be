import type { ChannelSettings, Kind } from "../../data/channels";
import { useText } from "../../i18n";
import { Check, Input } from "../../ui/basics";

interface Props {
  kind: Kind;
  settings: ChannelSettings;
  change: (settings: ChannelSettings) => void;
  stored: boolean; // a secret is stored already: an empty field keeps it
}

/** Address is the form for a channel's address: its secret part in a field named secret, the rest in its settings. */
export function Address({ kind, settings, change, stored }: Props) {
  const text = useText();
  const field = (name: "chat_id" | "thread_id" | "channel" | "address" | "url" | "topic") => ({
    value: settings[name] ?? "",
    onChange: (event: { target: { value: string } }) => change({ ...settings, [name]: event.target.value.trim() || undefined }),
    autoComplete: "off",
    spellCheck: false,
  });
  const secret = (label: string, hint?: string, required = true) => (
    <Input
      label={label}
      hint={stored ? text("address.kept") : hint}
      name="secret"
      type="password"
      required={required && !stored}
      maxLength={2000}
      autoComplete="off"
      spellCheck={false}
    />
  );
  switch (kind) {
    case "telegram":
      return (
        <>
          <Check label={text("address.house")} checked={settings.house ?? false} onChange={(event) => change({ ...settings, house: event.target.checked || undefined })} />
          {!settings.house && secret(text("address.botToken"), text("address.botTokenHint"))}
          {!settings.house && <Input label={text("address.chat")} hint={text("address.chatHint")} maxLength={40} {...field("chat_id")} />}
        </>
      );
    case "discord":
      return (
        <>
          {secret(text("address.discord"), text("address.discordHint"))}
          <Input label={text("address.thread")} inputMode="numeric" pattern="[0-9]*" maxLength={40} {...field("thread_id")} />
        </>
      );
    case "slack":
      return (
        <>
          {secret(text("address.slack"), text("address.slackHint"))}
          <Input label={text("address.slackChannel")} hint={text("address.slackChannelHint")} maxLength={40} {...field("channel")} />
        </>
      );
    case "email":
      return <Input label={text("address.email")} hint={text("address.emailHint")} type="email" maxLength={254} {...field("address")} />;
    case "webhook":
      return <Input label={text("address.url")} hint={text("address.urlHint")} type="url" required maxLength={1000} placeholder="https://" {...field("url")} />;
    case "ntfy":
      return (
        <>
          <Input label={text("address.topic")} hint={text("address.topicHint")} required maxLength={64} {...field("topic")} />
          <Input label={text("address.ntfyServer")} hint={text("address.ntfyServerHint")} type="url" maxLength={1000} placeholder="https://ntfy.sh" {...field("url")} />
          {secret(text("address.ntfyToken"), text("address.ntfyTokenHint"), false)}
        </>
      );
  }
}
