import { useDemo, useRemoveDemo } from "../data/demo";
import { useText } from "../i18n";
import { Button } from "./basics";
import { useProblem } from "./problem";

/** DemoBanner says that there are invented signals, and removes them in one click. */
export function DemoBanner() {
  const text = useText();
  const problem = useProblem();
  const { signals, alone } = useDemo();
  const remove = useRemoveDemo();
  if (signals === 0) return null;
  return (
    <aside aria-label={text("demo.label")} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-raised px-4 py-1.5 text-sm">
      <p className="min-w-0 flex-1">
        {text("demo.these")} <span className="max-sm:hidden">{text(alone ? "demo.alone" : "demo.beside")}</span>
      </p>
      {remove.isError && <p role="alert">{problem(remove.error)}</p>}
      <Button disabled={remove.isPending} onClick={() => remove.mutate()}>
        {text("demo.remove")}
      </Button>
    </aside>
  );
}
