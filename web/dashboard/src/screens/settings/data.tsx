import { useText } from "../../i18n";
import { Panel } from "../../ui/basics";
import { Export } from "../export";

/** Data is all of the user's own: to take away, and to delete. */
export function Data() {
  const text = useText();
  return (
    <Panel title={text("settings.data")}>
      <p className="mb-3 text-soft">{text("settings.dataHint")}</p>
      <div className="flex flex-wrap gap-2">
        <Export filters={{}} label={text("settings.exportAll")} />
      </div>
    </Panel>
  );
}
