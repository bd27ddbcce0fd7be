import { useState, type FormEvent } from "react";

import { mostByFilter } from "../../data/bulk";
import { formatCount } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Button, Capital, Input } from "../../ui/basics";
import { Actions, Confirm, Dialog } from "../../ui/dialog";
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
      <p className="font-semibold max-sm:-order-2 max-sm:flex-1" role="status">
        {text("signals.selected", { count })}
      </p>
      {allOffered && (
        <button type="button" className="underline underline-offset-4 max-sm:basis-full max-sm:py-1 max-sm:text-left max-sm:text-sm" onClick={() => selection.selectAll(total)}>
          {text("bulk.all", { count: formatCount(language, total) })}
        </button>
      )}
      <div role="group" aria-label={text("bulk.result")} className="flex gap-1 max-sm:grid max-sm:w-full max-sm:grid-cols-3">
        {results.map((result) => (
          <Button key={result} className="px-2.5!" onClick={() => selection.edit({ set: { result } })}>
            <Capital>{text(`result.${result}`)}</Capital>
          </Button>
        ))}
      </div>
      <Button className="max-sm:grow" onClick={() => setAsking("tags")}>{text("bulk.tags")}</Button>
      <Button kind="danger" className="max-sm:grow" onClick={() => setAsking("delete")}>
        {text("bulk.delete")}
      </Button>
      <Button kind="quiet" className="max-sm:-order-1 max-sm:-mr-3 sm:ml-auto" onClick={selection.clear}>
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
        <Actions>
          <Button onClick={onClose}>{text("app.cancel")}</Button>
          <Button type="submit" value="remove">
            {text("bulk.remove")}
          </Button>
          <Button type="submit" value="add" kind="main">
            {text("bulk.add")}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
