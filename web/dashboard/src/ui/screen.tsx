import type { ReactNode } from "react";

/** Screen is a page: a heading, what is next to it, and panels below. */
export function Screen({ title, lead, actions, children }: { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className="mx-auto max-w-5xl space-y-4 p-4 sm:p-6">
      <header className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          {lead && <div className="mt-0.5 text-sm text-soft">{lead}</div>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}
