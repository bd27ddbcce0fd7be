import { useState } from "react";

import { kinds, useChannels, type Channel, type Kind } from "../../data/channels";
import { useText } from "../../i18n";
import { Button, Failed, Loading, Panel } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { ChannelForm, SecretOnce } from "./channelForm";
import { ChannelRow } from "./channelRow";
import { Connect } from "./connect";
import { KindIcon } from "./kindIcon";
import { useKindName } from "./words";

const mostChannels = 10;

/** Channels lists the notification channels and creates new ones. */
export function Channels() {
  const text = useText();
  const channels = useChannels();
  const [adding, setAdding] = useState<"choose" | Kind | null>(null);
  const [editing, setEditing] = useState<Channel | null>(null);
  const [connecting, setConnecting] = useState<Channel | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  if (channels.isPending) return <Loading />;
  if (channels.isError) return <Failed className="" error={channels.error} retry={() => void channels.refetch()} />;
  const saved = (channel: Channel, shown: string | null) => {
    setAdding(null);
    setEditing(null);
    if (shown) setSecret(shown);
    else if (channel.kind === "telegram" && !channel.settings.chat_id) setConnecting(channel);
  };
  return (
    <Panel
      title={text("channels.title")}
      actions={
        <Button kind="main" disabled={channels.data.length >= mostChannels} onClick={() => setAdding("choose")}>
          + {text("channels.add")}
        </Button>
      }
    >
      <p className="mb-4 text-soft">{text("channels.lead")}</p>
      {channels.data.length === 0 && <p className="rounded-lg border border-dashed border-line p-6 text-center text-soft">{text("channels.empty")}</p>}
      <ul className="divide-y divide-line">
        {channels.data.map((channel) => (
          <ChannelRow key={channel.id} channel={channel} edit={() => setEditing(channel)} connect={() => setConnecting(channel)} />
        ))}
      </ul>
      {adding === "choose" && <Choose choose={setAdding} onClose={() => setAdding(null)} />}
      {adding !== null && adding !== "choose" && <ChannelForm kind={adding} saved={saved} onClose={() => setAdding(null)} />}
      {editing && <ChannelForm kind={editing.kind as Kind} channel={editing} saved={saved} onClose={() => setEditing(null)} />}
      {connecting && <Connect channel={connecting} onClose={() => setConnecting(null)} />}
      {secret && <SecretOnce secret={secret} onClose={() => setSecret(null)} />}
    </Panel>
  );
}

function Choose({ choose, onClose }: { choose: (kind: Kind) => void; onClose: () => void }) {
  const text = useText();
  const nameOf = useKindName();
  return (
    <Dialog title={text("channels.add")} onClose={onClose}>
      <ul className="grid gap-2 sm:grid-cols-2">
        {kinds.map((kind) => (
          <li key={kind}>
            <button type="button" onClick={() => choose(kind)} className="flex h-full w-full items-center gap-3 rounded-lg border border-line p-3 text-left hover:border-brand hover:bg-raised">
              <KindIcon kind={kind} />
              <span>
                <span className="block font-semibold">{nameOf(kind)}</span>
                <span className="block text-sm text-soft">{text(`channels.about.${kind}`)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
