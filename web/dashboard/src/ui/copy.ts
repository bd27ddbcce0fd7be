import { useText } from "../i18n";
import { useToast } from "./toast";

/** useCopy returns a function that puts a text on the clipboard and says so. */
export function useCopy() {
  const text = useText();
  const toast = useToast();
  return async (value: string) => {
    await navigator.clipboard.writeText(value);
    toast.say({ message: text("app.copied") });
  };
}
