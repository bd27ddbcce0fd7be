import { useText } from "../i18n";

/** AsTable shows a chart's data as a table, for people who cannot see the chart. Columns from index numbers on hold numbers, aligned right. */
export function AsTable({ head, numbers = 1, name, children }: { head: string[]; numbers?: number; name: string; children: React.ReactNode }) {
  const text = useText();
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-sm text-soft hover:text-ink">{text("stats.asTable")}</summary>
      <div className="mt-1 max-h-72 overflow-auto" tabIndex={0} role="region" aria-label={name}>
        <table className="num w-full text-left text-sm">
          <thead className="text-soft">
            <tr>
              {head.map((cell, i) => (
                <th key={cell} scope="col" className={`px-2 py-1 font-medium ${i >= numbers ? "text-right" : ""}`}>
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </details>
  );
}
