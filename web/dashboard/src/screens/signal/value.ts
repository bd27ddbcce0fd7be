import { isTextKey, useText } from "../../i18n";

/** useValue returns a function that shows what was read for a field: a direction in words, all else as it is. */
export function useValue() {
  const text = useText();
  return (value: unknown): string => {
    const shown = String(value ?? "");
    const key = `direction.${shown}`;
    return isTextKey(key) ? text(key) : shown;
  };
}
