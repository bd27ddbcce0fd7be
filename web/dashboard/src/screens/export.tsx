import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { download, forms, isJournal, type Form } from "../data/export";
import type { Filters } from "../data/queries";
import { formatCount, typed } from "../format";
import { useLanguage, useText } from "../i18n";
import { Button, Input } from "../ui/basics";
import { Actions, Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { useProblem } from "../ui/problem";
import { useToast } from "../ui/toast";

/** Export offers the signals behind the filters as a file. */
export function Export({ filters, label }: { filters: Filters; label?: string }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Icon name="download" /> {label ?? text("export.open")}
      </Button>
      {open && <ExportDialog filters={filters} onClose={() => setOpen(false)} />}
    </>
  );
}

function ExportDialog({ filters, onClose }: { filters: Filters; onClose: () => void }) {
  const text = useText();
  const problem = useProblem();
  const [form, setForm] = useState<Form>("csv");
  const language = useLanguage();
  const toast = useToast();
  const [quantity, setQuantity] = useState("1"); // as it was typed
  const write = useMutation({
    mutationFn: () => download(filters, form, typed(language, quantity)),
    onSuccess: (written) => {
      if (written) toast.say({ message: text("export.written", { trades: formatCount(language, written.trades), out: formatCount(language, written.leftOut) }) });
      onClose();
    },
  });
  const filtered = Object.keys(filters).length > 0;
  return (
    <Dialog title={text("export.title")} onClose={onClose}>
      <p className="mb-3 text-soft">{text(filtered ? "export.filtered" : "export.everything")}</p>
      <fieldset className="space-y-1">
        <legend className="sr-only">{text("export.form")}</legend>
        {forms.map(({ name }) => (
          <label key={name} className={`flex cursor-pointer items-start gap-3 rounded-md border p-2.5 ${form === name ? "border-brand bg-raised" : "border-line"}`}>
            <input type="radio" name="form" className="mt-1 accent-brand" checked={form === name} onChange={() => setForm(name)} />
            <span>
              <span className="block font-medium">{text(`export.form.${name}`)}</span>
              <span className="block text-sm text-soft">{text(`export.hint.${name}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {isJournal(form) && (
        <div className="mt-3 space-y-2">
          <p className="text-sm text-soft">{text("export.journalHint")}</p>
          <div className="w-40">
            <Input label={text("export.quantity")} inputMode="decimal" value={quantity} onChange={(event) => setQuantity(event.target.value)} />
          </div>
        </div>
      )}
      {write.error && (
        <p role="alert" className="mt-3 text-loss">
          {problem(write.error)}
        </p>
      )}
      <Actions>
        <Button onClick={onClose}>{text("app.cancel")}</Button>
        <Button kind="main" disabled={write.isPending} onClick={() => write.mutate()}>
          {text(write.isPending ? "export.writing" : "export.write")}
        </Button>
      </Actions>
    </Dialog>
  );
}
