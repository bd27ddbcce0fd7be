import { useConfig } from "../data/queries";
import { useText } from "../i18n";
import { Failed, Loading } from "../ui/basics";
import { Screen } from "../ui/screen";
import { Zone } from "../ui/zone";
import { Channels } from "./channels/channels";
import { NotificationLog } from "./channels/log";
import { Silence } from "./channels/silence";
import { Cookies, SessionHealth } from "./cookies";

/** Connections shows the TradingView session and the notification channels. */
export default function Connections() {
  const text = useText();
  const config = useConfig();
  if (config.isPending) return <Loading />;
  if (config.isError) return <Failed error={config.error} retry={() => void config.refetch()} />;
  return (
    <Screen title={text("connections.title")} lead={<Zone />}>
      <SessionHealth config={config.data} />
      <Channels />
      <Silence config={config.data} />
      <NotificationLog zone={config.data.preferred_timezone} />
      <Cookies config={config.data} />
    </Screen>
  );
}
