import { useState, type FormEvent } from "react";

import { useChannelActions, type Channel, type ChannelSettings, type Kind } from "../../data/channels";
import { useLanguage, useText } from "../../i18n";
import { Button, Check, Input, Select } from "../../ui/basics";
import { Actions, Dialog } from "../../ui/dialog";
import { useProblem } from "../../ui/problem";
import { useToast } from "../../ui/toast";
import { Address } from "./address";
import { useKindName } from "./words";

const events = ["signal", "trouble", "quota"] as const;

interface Props {
  kind: Kind;
  channel?: Channel; // the one that is changed; none makes a new one
  saved: (channel: Channel, secret: string | null) => void;
  onClose: () => void;
}

/** ChannelForm makes a channel or changes one. A secret is sent only if a new one was typed. */
export function ChannelForm({ kind, channel, saved, onClose }: Props) {
  const text = useText();
  const language = useLanguage();
  const nameOf = useKindName();
  const problem = useProblem();
  const toast = useToast();
  const { create, change } = useChannelActions();
  const [settings, setSettings] = useState<ChannelSettings>(channel?.settings ?? {});
  const own = (channel?.origin ?? "own") === "own";
  const failure = create.error ?? change.error;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const secret = String(fields.get("secret") ?? "").trim();
    const members = {
      name: String(fields.get("name")).trim(),
      events: events.filter((name) => fields.get(name) !== null),
      mode: String(fields.get("mode") ?? "together"),
      max_wait_seconds: Number(fields.get("wait") || 60),
      language: String(fields.get("language")),
      ...(kind === "telegram" ? { as_file: fields.get("as_file") !== null } : {}),
      ...(own ? { settings } : {}),
      ...(secret ? { secret } : {}),
    };
    const onSuccess = (answer: { data: Channel; secret: string | null }) => {
      toast.say({ message: text("app.saved") });
      saved(answer.data, answer.secret);
    };
    if (channel) change.mutate({ id: channel.id, changes: members }, { onSuccess });
    else create.mutate({ kind, ...members }, { onSuccess });
  };

  return (
    <Dialog title={channel ? text("channels.editTitle", { name: channel.name || nameOf(kind) }) : text("channels.addTitle", { kind: nameOf(kind) })} onClose={onClose}>
      <form onSubmit={submit} autoComplete="off" className="space-y-4">
        {own && <Address kind={kind} settings={settings} change={setSettings} stored={channel?.has_secret ?? false} />}
        <Input label={text("channels.name")} name="name" maxLength={100} defaultValue={channel?.name ?? ""} placeholder={nameOf(kind)} />
        <fieldset>
          <legend className="mb-1 text-sm text-soft">{text("channels.events")}</legend>
          {events.map((name) => (
            <Check key={name} name={name} label={text(`channels.event.${name}`)} defaultChecked={channel ? channel.events.includes(name) : true} />
          ))}
        </fieldset>
        <details>
          <summary className="cursor-pointer text-sm text-soft">{text("channels.more")}</summary>
          <div className="mt-3 grid gap-3 sm:grid-cols-2">
            <Select label={text("channels.mode")} name="mode" defaultValue={channel?.mode ?? "together"}>
              <option value="together">{text("channels.mode.together")}</option>
              <option value="asap">{text("channels.mode.asap")}</option>
            </Select>
            <Input label={text("channels.wait")} name="wait" type="number" min={0} max={900} defaultValue={channel?.max_wait_seconds ?? 60} />
            <Select label={text("channels.language")} name="language" defaultValue={channel?.language ?? language}>
              <option value="en">English</option>
              <option value="es">Español</option>
            </Select>
            {kind === "telegram" && <Check name="as_file" label={text("channels.asFile")} defaultChecked={channel?.as_file ?? false} />}
          </div>
        </details>
        {failure && (
          <p role="alert" className="text-loss">
            {problem(failure)}
          </p>
        )}
        <Actions>
          <Button onClick={onClose}>{text("app.cancel")}</Button>
          <Button type="submit" kind="main" disabled={create.isPending || change.isPending}>
            {text("app.save")}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** SecretOnce shows the signing secret of a new webhook: the service never shows it again. */
export function SecretOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  const text = useText();
  const toast = useToast();
  return (
    <Dialog title={text("channels.secretTitle")} onClose={onClose}>
      <p className="mb-3">{text("channels.secretOnce")}</p>
      <p className="rounded bg-raised p-2 font-mono text-sm [overflow-wrap:anywhere]">{secret}</p>
      <Actions>
        <Button onClick={() => void navigator.clipboard.writeText(secret).then(() => toast.say({ message: text("app.copied") }))}>{text("app.copy")}</Button>
        <Button kind="main" onClick={onClose}>
          {text("channels.secretKept")}
        </Button>
      </Actions>
    </Dialog>
  );
}
