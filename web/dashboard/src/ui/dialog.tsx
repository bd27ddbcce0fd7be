import { useEffect, useRef, type KeyboardEvent, type ReactNode } from "react";

import { useText } from "../i18n";
import { Button } from "./basics";
import { Toasts } from "./toast";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  actions?: ReactNode; // beside the title
  onKeyDown?: (event: KeyboardEvent) => void;
  wide?: boolean; // as large as the window; the dialog itself then has the focus at first
}

/** Dialog is a native modal dialog: it holds the focus, Escape closes it, and the page behind it is inert. */
export function Dialog({ title, onClose, children, actions, onKeyDown, wide = false }: DialogProps) {
  const text = useText();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    const opener = document.activeElement;
    dialog.showModal();
    if (wide) dialog.focus();
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [wide]);
  const size = wide ? "h-dvh max-h-none w-screen max-w-none sm:m-auto sm:h-[94dvh] sm:w-[96vw] sm:rounded-xl" : "m-auto max-h-[calc(100dvh-2rem)] w-[min(34rem,94vw)] rounded-xl";
  return (
    <dialog
      ref={ref}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={`border border-line bg-panel p-0 outline-none ${size}`}
    >
      <div className="flex h-full max-h-[inherit] flex-col">
        <header className="flex items-center justify-between gap-2 border-b border-line px-4 py-2">
          <h2 className="min-w-0 flex-1 truncate text-base font-semibold">{title}</h2>
          {actions}
          <Button kind="quiet" onClick={onClose} aria-label={text("app.close")}>
            ✕
          </Button>
        </header>
        <div className="min-h-0 flex-1 overflow-auto p-4">{children}</div>
      </div>
      <Toasts />
    </dialog>
  );
}

/** Actions are a dialog's last row, which stays in sight while the rest scrolls. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className="sticky -bottom-4 -mx-4 mt-4 -mb-4 flex flex-wrap justify-end gap-2 border-t border-line bg-panel px-4 py-3 max-sm:*:grow">{children}</div>;
}

/** Confirm asks once before what cannot be undone. */
export function Confirm({ title, message, action, onConfirm, onClose }: { title: string; message: string; action: string; onConfirm: () => void; onClose: () => void }) {
  const text = useText();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{message}</p>
      <Actions>
        <Button onClick={onClose}>{text("app.cancel")}</Button>
        <Button
          kind="danger"
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </Button>
      </Actions>
    </Dialog>
  );
}
