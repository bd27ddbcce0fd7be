// Line drawings on a grid of 24.
const paths = {
  signals: "M4 6h16M4 12h16M4 18h10",
  statistics: "M4 20V10M10 20V4M16 20v-8M21 20H3",
  deliveries: "M12 3v11m0 0 4-4m-4 4-4-4M4 16v4h16v-4",
  connections: "M9 15 15 9M11 6l1-1a4.5 4.5 0 0 1 6.5 6.5l-1 1M13 18l-1 1A4.5 4.5 0 0 1 5.5 12.5l1-1",
  settings: "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5v5M8 14.5v5",
  start: "M5 20V5l7 4 7-4v10l-7 4z",
  filter: "M4 6h16M7 12h10M10 18h4",
  star: "m12 4 2.5 5.2 5.5.7-4 3.9 1 5.6-5-2.7-5 2.7 1-5.6-4-3.9 5.5-.7z",
  download: "M12 4v10m0 0 4-4m-4 4-4-4M5 20h14",
  keyboard: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" width={size} height={size} fill="none" className="shrink-0 stroke-current" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round">
      <path d={paths[name]} />
    </svg>
  );
}
