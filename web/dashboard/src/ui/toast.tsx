import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";

import { useText } from "../i18n";
import { Button } from "./basics";

interface Note {
  message: string;
  undo?: () => void;
}

const shownFor = 8_000; // an undo is offered this long

const ToastContext = createContext<{ say: (note: Note) => void; undo: () => void }>({ say: () => undefined, undo: () => undefined });

/** useToast returns say, which shows a note and may offer an undo, and undo, which accepts that offer. */
export function useToast() {
  return useContext(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const text = useText();
  const [note, setNote] = useState<Note | null>(null);
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

  return (
    <ToastContext.Provider value={value}>
      {children}
      <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-16 z-20 flex justify-center px-4 sm:bottom-6">
        {note && (
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
    </ToastContext.Provider>
  );
}
