import { createContext, useCallback, useContext, useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";

import { useText } from "../i18n";
import { Button } from "./basics";

interface Note {
  message: string;
  undo?: () => void;
}

const shownFor = 8_000; // an undo is offered this long

const ToastContext = createContext<{ say: (note: Note) => void; undo: () => void }>({ say: () => undefined, undo: () => undefined });

// Where a note is shown: in the last of the places that are open. What lies behind a modal dialog takes no clicks.
const PlacesContext = createContext<{ note: Note | null; last: string | undefined; open: (place: string) => () => void }>({ note: null, last: undefined, open: () => () => undefined });

/** useToast returns say, which shows a note and may offer an undo, and undo, which accepts that offer. */
export function useToast() {
  return useContext(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [note, setNote] = useState<Note | null>(null);
  const [places, setPlaces] = useState<string[]>([]);
  const latest = useRef<Note | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const say = useCallback((next: Note) => {
    latest.current = next;
    setNote(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      latest.current = null;
      setNote(null);
    }, shownFor);
  }, []);
  const undo = useCallback(() => {
    const offer = latest.current?.undo;
    if (!offer) return;
    latest.current = null;
    setNote(null);
    offer();
  }, []);
  const value = useMemo(() => ({ say, undo }), [say, undo]);
  const open = useCallback((place: string) => {
    setPlaces((before) => [...before, place]);
    return () => setPlaces((before) => before.filter((one) => one !== place));
  }, []);
  const shown = useMemo(() => ({ note, last: places.at(-1), open }), [note, places, open]);

  return (
    <ToastContext.Provider value={value}>
      <PlacesContext.Provider value={shown}>
        <Toasts />
        {children}
      </PlacesContext.Provider>
    </ToastContext.Provider>
  );
}

/** Toasts is a place for notes: the page has one, and each dialog. */
export function Toasts() {
  const text = useText();
  const place = useId();
  const { undo } = useToast();
  const { note, last, open } = useContext(PlacesContext);
  useEffect(() => open(place), [open, place]);
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-16 z-20 flex justify-center px-4 sm:bottom-6">
      {note && place === last && (
        <div className="pointer-events-auto flex items-center gap-3 rounded-lg border border-line bg-raised px-4 py-2 shadow-lg">
          <span>{note.message}</span>
          {note.undo && (
            <Button kind="quiet" className="text-brand" onClick={undo}>
              {text("app.undo")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
