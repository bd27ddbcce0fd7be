import { isTextKey, useText } from "../../i18n";

/** useValue returns a function that returns a field's value for display: a direction in words, anything else as it is. */
export function useValue() {
  const text = useText();
  return (value: unknown): string => {
    const shown = String(value ?? "");
    const key = `direction.${shown}`;
    return isTextKey(key) ? text(key) : shown;
  };
}
