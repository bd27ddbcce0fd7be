import { type RefObject, useEffect, useRef } from "react";

/** useShown keeps a field at a value that may change elsewhere, but never while the user is typing. */
export function useShown<T extends HTMLInputElement | HTMLTextAreaElement = HTMLInputElement>(value: string): RefObject<T | null> {
  const field = useRef<T>(null);
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = value;
  }, [value]);
  return field;
}
