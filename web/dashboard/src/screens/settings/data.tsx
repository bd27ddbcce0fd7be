import { useState, type FormEvent } from "react";

import { useBulk } from "../../data/bulk";
import type { Config } from "../../data/client";
import { useSignals } from "../../data/queries";
import { formatCount } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Button, Check, Input, Panel } from "../../ui/basics";
import { Actions, Dialog } from "../../ui/dialog";
import { useProblem } from "../../ui/problem";
import { useSave } from "../../ui/save";
import { useToast } from "../../ui/toast";
import { Export } from "../export";

/** Data exports or deletes all of the user's data. */
export function Data({ config }: { config: Config }) {
  const text = useText();
  const [asking, setAsking] = useState(false);
  const save = useSave();
  return (
    <Panel title={text("settings.data")}>
      <p className="mb-3 text-soft">{text("settings.dataHint")}</p>
      <div className="flex flex-wrap gap-2">
        <Export filters={{}} label={text("settings.exportAll")} />
        <Button kind="danger" onClick={() => setAsking(true)}>
          {text("settings.deleteAll")}
        </Button>
      </div>
      <div className="mt-4 border-t border-line pt-3">
        <Check label={text("settings.support")} checked={config.support_access} onChange={(event) => save({ support_access: event.target.checked })} />
        <p className="text-sm text-soft">{text("settings.supportHint")}</p>
      </div>
      {asking && <DeleteAll onClose={() => setAsking(false)} />}
    </Panel>
  );
}

/** DeleteAll asks for a word to be typed: it deletes everything, for good. */
function DeleteAll({ onClose }: { onClose: () => void }) {
  const text = useText();
  const language = useLanguage();
  const toast = useToast();
  const problem = useProblem();
  const { deleteAll } = useBulk();
  const total = useSignals({}).data?.pages[0]?.total ?? 0;
  const word = text("settings.deleteWord");
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deleteAll.mutate(undefined, {
      onSuccess: (count) => {
        toast.say({ message: text("bulk.deleted", { count: formatCount(language, count) }) });
        onClose();
      },
    });
  };
  return (
    <Dialog title={text("settings.deleteAll")} onClose={onClose}>
      <form onSubmit={submit} autoComplete="off">
        <p className="mb-3">{text("settings.deleteAllSure", { count: formatCount(language, total), word })}</p>
        <Input label={text("settings.typeWord", { word })} value={typed} onChange={(event) => setTyped(event.target.value)} />
        {deleteAll.error && (
          <p role="alert" className="mt-3 text-loss">
            {problem(deleteAll.error)}
          </p>
        )}
        <Actions>
          <Button onClick={onClose}>{text("app.cancel")}</Button>
          <Button type="submit" kind="danger" disabled={typed.trim().toLowerCase() !== word || deleteAll.isPending}>
            {text("settings.deleteAll")}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
