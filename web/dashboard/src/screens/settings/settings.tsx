import { currentSession, signOut } from "../../data/session";
import { useConfig } from "../../data/queries";
import { useText } from "../../i18n";
import { Button, Failed, Loading, Panel } from "../../ui/basics";
import { Screen } from "../../ui/screen";
import { Alerts } from "./alerts";
import { Appearance } from "./appearance";
import { Data } from "./data";
import { Month } from "./month";
import { Names } from "./names";
import { Webhook } from "./webhook";

/** Settings are the user's own: the webhook, captures, zone, how the page looks, and all of the data. */
export default function Settings() {
  const text = useText();
  const config = useConfig();
  if (config.isPending) return <Loading />;
  if (config.isError) return <Failed error={config.error} retry={() => void config.refetch()} />;
  return (
    <Screen title={text("settings.title")}>
      <Webhook config={config.data} />
      <Alerts config={config.data} />
      <Names config={config.data} />
      <Month />
      <Appearance />
      <Data config={config.data} />
      <Account />
    </Screen>
  );
}

/** Account is for phones, whose menu has no room for it. */
function Account() {
  const text = useText();
  return (
    <div className="sm:hidden">
      <Panel title={text("settings.account")}>
        <p className="mb-3 [overflow-wrap:anywhere]">{currentSession()?.email}</p>
        <Button onClick={() => void signOut()}>{text("app.signOut")}</Button>
      </Panel>
    </div>
  );
}
