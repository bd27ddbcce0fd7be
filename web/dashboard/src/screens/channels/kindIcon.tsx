// Plain signs of our own, not the services' logos: those are trademarks with rules of use.
const signs: Record<string, string> = {
  telegram: "M21 4 3 11l5 2 2 6 3-4 5 4zM8 13l9-6-7 8",
  discord: "M6 7c4-2 8-2 12 0 2 3 2.6 7 2 10-1 1-3 2-4 2l-1-2c-2 .6-4 .6-6 0l-1 2c-1 0-3-1-4-2-.6-3 0-7 2-10zM9.5 12.5v1M14.5 12.5v1",
  email: "M3 6h18v12H3zM3 7l9 7 9-7",
  ntfy: "M4 5h16v11H10l-5 4v-4H4zM8 9l2.5 2L8 13M12.5 13.500H16",
  slack: "M9 4v16M15 4v16M4 9h16M4 15h16",
  webhook: "M12 8a3 3 0 1 1 2.6 4.500L11 19M9.400 6.600 6 13M8 17h8M6 13a3 3 0 1 0 2 5M18 14a3 3 0 1 1-2 5",
};

export function KindIcon({ kind }: { kind: string }) {
  return (
    <span aria-hidden className="grid size-10 shrink-0 place-items-center rounded-lg bg-raised text-brand">
      <svg viewBox="0 0 24 24" width="22" height="22" fill="none" className="stroke-current" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
        <path d={signs[kind] ?? signs.webhook} />
      </svg>
    </span>
  );
}
