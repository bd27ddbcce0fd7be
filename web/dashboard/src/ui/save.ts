import { useChangeConfig } from "../data/queries";
import { useText } from "../i18n";
import { useProblem } from "./problem";
import { useToast } from "./toast";

/** useSave returns the function that stores settings and says so. */
export function useSave() {
  const text = useText();
  const toast = useToast();
  const problem = useProblem();
  const change = useChangeConfig();
  return (changes: Parameters<typeof change.mutate>[0]) =>
    change.mutate(changes, {
      onSuccess: () => toast.say({ message: text("app.saved") }),
      onError: (error) => toast.say({ message: problem(error) }),
    });
}
