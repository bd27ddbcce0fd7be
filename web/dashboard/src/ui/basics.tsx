import type { ButtonHTMLAttributes, InputHTMLAttributes, ReactNode, Ref, SelectHTMLAttributes } from "react";
import { useId } from "react";

import { ApiError } from "../data/client";
import { useText } from "../i18n";
import { useProblem } from "./problem";

type Kind = "plain" | "main" | "danger" | "quiet";

const kinds: Record<Kind, string> = {
  plain: "border border-line bg-panel hover:bg-raised",
  main: "bg-brand text-brand-ink hover:brightness-110",
  danger: "border border-loss text-loss bg-panel hover:bg-raised",
  quiet: "hover:bg-raised",
};

export function Button({ kind = "plain", className = "", ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { kind?: Kind }) {
  return (
    <button
      type="button"
      className={`tap inline-flex items-center justify-center gap-1.5 rounded-md px-3 py-1.5 font-medium disabled:opacity-50 ${kinds[kind]} ${className}`}
      {...rest}
    />
  );
}

export function Panel({ title, children, actions }: { title?: ReactNode; children: ReactNode; actions?: ReactNode }) {
  return (
    <section className="rounded-lg border border-line bg-panel p-4">
      {title && (
        <header className="mb-3 flex flex-wrap items-center justify-between gap-2">
          <h2 className="text-base font-semibold">{title}</h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** Capital begins a word with a capital letter where it is shown; the word itself stays as it is elsewhere in a sentence. */
export function Capital({ children }: { children: ReactNode }) {
  return <span className="inline-block first-letter:uppercase">{children}</span>;
}

const badges = { good: "border-gain text-gain", bad: "border-loss text-loss", warn: "border-warn text-warn", plain: "border-line text-soft" };

/** Badge shows a state in words; its colour only supports them. */
export function Badge({ tone, children }: { tone: keyof typeof badges; children: ReactNode }) {
  return <span className={`inline-flex items-center rounded-full border px-2 py-0.5 text-sm whitespace-nowrap ${badges[tone]}`}>{children}</span>;
}

const control = "tap w-full rounded-md border border-line bg-page px-2.5 py-1.5";

export function Field({ label, hint, children }: { label: ReactNode; hint?: ReactNode; children: (id: string, hintID: string | undefined) => ReactNode }) {
  const id = useId();
  const hintID = hint ? `${id}-hint` : undefined;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm text-soft">
        {label}
      </label>
      {children(id, hintID)}
      {hint && (
        <p id={hintID} className="mt-1 text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

export function Input({ label, hint, className = "", ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: ReactNode; hint?: ReactNode; ref?: Ref<HTMLInputElement> }) {
  return (
    <Field label={label} hint={hint}>
      {(id, hintID) => <input id={id} aria-describedby={hintID} className={`${control} ${className}`} {...rest} />}
    </Field>
  );
}

export function Select({ label, hint, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement> & { label: ReactNode; hint?: ReactNode }) {
  return (
    <Field label={label} hint={hint}>
      {(id, hintID) => (
        <select id={id} aria-describedby={hintID} className={control} {...rest}>
          {children}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: ReactNode }) {
  return (
    <label className="tap flex items-start gap-2.5 py-1.5">
      <input type="checkbox" className="mt-[0.2rem] size-4 shrink-0 accent-brand" {...rest} />
      <span>{label}</span>
    </label>
  );
}

/** Loading and Failed are what a screen shows instead of its content. */
export function Loading() {
  const text = useText();
  return (
    <p className="p-6 text-soft" role="status">
      {text("app.loading")}
    </p>
  );
}

export function Failed({ error, retry, className = "m-4" }: { error: Error; retry?: () => void; className?: string }) {
  const text = useText();
  const problem = useProblem();
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <div role="alert" className={`rounded-lg border border-loss bg-panel p-4 ${className}`}>
      <p className="font-semibold">{text("app.error")}</p>
      <p className="mt-1">{problem(error)}</p>
      {retry && !gone && (
        <Button className="mt-3" onClick={retry}>
          {text("app.retry")}
        </Button>
      )}
    </div>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return <kbd className="rounded border border-line bg-raised px-1.5 font-mono text-sm">{children}</kbd>;
}
