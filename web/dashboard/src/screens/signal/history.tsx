import type { Signal } from "../../data/client";
import { useNotifications } from "../../data/channels";
import { useSignalDeliveries } from "../../data/queries";
import { formatTime } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Panel } from "../../ui/basics";
import { Notifications } from "../channels/log";

/** History lists a signal's deliveries and the messages about it. */
export function History({ signal, zone }: { signal: Signal; zone: string }) {
  const text = useText();
  const deliveries = useSignalDeliveries(signal.id);
  const notifications = useNotifications({ signal: signal.id });
  const told = notifications.data?.pages.flatMap((page) => page.data) ?? [];
  const language = useLanguage();
  return (
    <>
      <Panel title={text("deliveries.title")}>
        <ul className="space-y-1.5">
          {deliveries.data?.map((delivery) => (
            <li key={delivery.id}>
              {text(`outcome.${delivery.outcome}`)}
              <span className="block text-sm text-soft">
                <time dateTime={delivery.received_at}>{formatTime(language, zone, delivery.received_at)}</time>
                {delivery.sender && ` · ${delivery.sender}`}
              </span>
            </li>
          ))}
        </ul>
        {deliveries.data?.length === 0 && <p className="text-soft">{text("signal.noDeliveries")}</p>}
      </Panel>
      <Panel title={text("signal.told")}>
        <Notifications rows={told} zone={zone} ofSignal />
        {notifications.isSuccess && told.length === 0 && <p className="text-soft">{text("signal.toldNobody")}</p>}
      </Panel>
    </>
  );
}
