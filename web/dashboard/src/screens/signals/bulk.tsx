import { useState, type FormEvent } from "react";

import { mostByFilter } from "../../data/bulk";
import { formatCount } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Button, Input } from "../../ui/basics";
import { Confirm, Dialog } from "../../ui/dialog";
import type { Selection } from "./selection";

const results = ["win", "loss", "breakeven", "skip", "pending"] as const;

/** BulkBar does one thing with every selected signal. */
export function BulkBar({ selection, total }: { selection: Selection; total: number | null }) {
  const text = useText();
  const language = useLanguage();
  const [asking, setAsking] = useState<"tags" | "delete" | null>(null);
  const count = formatCount(language, selection.count);
  const allOffered = !selection.all && total !== null && total > selection.count && total <= mostByFilter;
  return (
    <section aria-label={text("bulk.bar")} className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-brand bg-panel px-3 py-2.5 shadow-[0_-6px_20px_rgb(0_0_0/0.15)] sm:px-6">
      <p className="font-semibold" role="status">
        {text("signals.selected", { count })}
      </p>
      {allOffered && (
        <button type="button" className="underline" onClick={() => selection.selectAll(total)}>
          {text("bulk.all", { count: formatCount(language, total) })}
        </button>
      )}
      <div role="group" aria-label={text("bulk.result")} className="flex gap-1 max-sm:w-full max-sm:overflow-x-auto">
        {results.map((result) => (
          <Button key={result} className="px-2 max-sm:text-sm" onClick={() => selection.edit({ set: { result } })}>
            {text(`result.${result}`)}
          </Button>
        ))}
      </div>
      <Button onClick={() => setAsking("tags")}>{text("bulk.tags")}</Button>
      <Button kind="danger" onClick={() => setAsking("delete")}>
        {text("bulk.delete")}
      </Button>
      <Button kind="quiet" className="sm:ml-auto" onClick={selection.clear}>
        {text("bulk.clear")}
      </Button>
      {asking === "tags" && <TagDialog selection={selection} count={count} onClose={() => setAsking(null)} />}
      {asking === "delete" && (
        <Confirm
          title={text("bulk.delete")}
          message={text("bulk.deleteSure", { count })}
          action={text("bulk.delete")}
          onClose={() => setAsking(null)}
          onConfirm={() => selection.edit({ delete: true })}
        />
      )}
    </section>
  );
}

function TagDialog({ selection, count, onClose }: { selection: Selection; count: string; onClose: () => void }) {
  const text = useText();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("tags"));
    const tags = [...new Set(typed.split(",").map((tag) => tag.trim()).filter(Boolean))];
    if (tags.length === 0) return;
    const remove = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value") === "remove";
    onClose();
    selection.edit(remove ? { remove_tags: tags } : { add_tags: tags });
  };
  return (
    <Dialog title={text("bulk.tagsFor", { count })} onClose={onClose}>
      <form onSubmit={submit}>
        <Input label={text("mark.tagPrompt")} name="tags" autoFocus required maxLength={1000} />
        <div className="mt-4 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{text("app.cancel")}</Button>
          <Button type="submit" value="remove">
            {text("bulk.remove")}
          </Button>
          <Button type="submit" value="add" kind="main">
            {text("bulk.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
