import { useState, type FormEvent } from "react";

import { useText } from "../../i18n";
import { Button, Input } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { useToast } from "../../ui/toast";
import { keepViews, readViews, type View } from "./viewStore";
import type { Values } from "./filters";

/** Views are sets of filters with a name, kept in this browser. */
export function Views({ values, setFilters }: { values: Values; setFilters: (next: Values) => void }) {
  const text = useText();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [views, setViews] = useState(readViews);
  const active = Object.values(values).some(Boolean);
  const keep = (next: View[]) => {
    setViews(next);
    keepViews(next);
  };
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (!name) return;
    keep([...views.filter((view) => view.name !== name), { name, values }]);
    toast.say({ message: text("views.saved", { name }) });
    setOpen(false);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Icon name="star" /> <span className="max-sm:sr-only">{text("views.title")}</span>
      </Button>
      {open && (
        <Dialog title={text("views.title")} onClose={() => setOpen(false)}>
          {views.length === 0 && !active && <p className="text-soft">{text("views.none")}</p>}
          <ul className="space-y-1.5">
            {views.map((view) => (
              <li key={view.name} className="flex gap-1.5">
                <Button
                  className="min-w-0 flex-1 justify-start! truncate"
                  onClick={() => {
                    setFilters(view.values);
                    setOpen(false);
                  }}
                >
                  <span className="truncate">{view.name}</span>
                </Button>
                <Button aria-label={text("views.forget", { name: view.name })} onClick={() => keep(views.filter((one) => one !== view))}>
                  ✕
                </Button>
              </li>
            ))}
          </ul>
          {active && (
            <form onSubmit={save} className="mt-4 flex items-end gap-2 border-t border-line pt-4">
              <div className="flex-1">
                <Input label={text("views.name")} name="name" required maxLength={60} />
              </div>
              <Button type="submit" kind="main">
                {text("views.save")}
              </Button>
            </form>
          )}
        </Dialog>
      )}
    </>
  );
}
