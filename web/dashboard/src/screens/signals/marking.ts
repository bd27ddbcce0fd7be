import type { Signal, SignalChanges } from "../../data/client";
import { useMark } from "../../data/queries";
import { useText } from "../../i18n";
import { useProblem } from "../../ui/problem";
import { useToast } from "../../ui/toast";

/** useMarking returns a function that records a signal's outcome and offers to undo it. */
export function useMarking() {
  const text = useText();
  const toast = useToast();
  const problem = useProblem();
  const { mutate } = useMark();
  return (signal: Signal, changes: SignalChanges) => {
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, signal[name as keyof Signal]])) as SignalChanges;
    mutate({ id: signal.id, changes }, { onError: (error) => toast.say({ message: text("mark.failed", { reason: problem(error) }) }) });
    const ticker = signal.ticker ?? text("signals.noTicker");
    const message = changes.result ? text("mark.done", { ticker, result: text(`result.${changes.result}`) }) : text("mark.saved", { ticker });
    toast.say({
      message,
      undo: () => mutate({ id: signal.id, changes: before }, { onSuccess: () => toast.say({ message: text("app.undone") }) }),
    });
  };
}
