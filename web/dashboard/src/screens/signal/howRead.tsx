import { useState } from "react";

import { useReading } from "../../data/alerts";
import { isTextKey, useText, type TextKey } from "../../i18n";
import { useValue } from "./value";

/** HowRead shows, once it is opened, which rule found each value of a message. */
export function HowRead({ body }: { body: string }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  return (
    <details className="mt-1" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit cursor-pointer text-sm text-soft hover:text-ink">{text("signal.matches")}</summary>
      {open && <Matches body={body} />}
    </details>
  );
}

function Matches({ body }: { body: string }) {
  const text = useText();
  const show = useValue();
  const reading = useReading(body);
  if (reading.isError) return <p className="text-sm text-soft">{text("signal.notRead")}</p>;
  if (!reading.data) return null;
  const { matched, data } = reading.data;
  if (Object.keys(matched).length === 0) return <p className="text-sm text-soft">{text("signal.noMatches")}</p>;
  return (
    <table className="mt-2 w-full text-left text-sm">
      <tbody>
        {Object.entries(matched).map(([field, match]) => (
          <tr key={field} className="border-t border-line">
            <th scope="row" className="py-1 pr-3 font-normal text-soft">
              {isTextKey(`field.${field}`) ? text(`field.${field}` as TextKey) : field}
            </th>
            <td className="py-1 pr-3 font-medium [overflow-wrap:anywhere]">{show(data[field as keyof typeof data])}</td>
            <td className="py-1 text-soft [overflow-wrap:anywhere]">
              {text(`match.${match.how}`)} {match.word && <code className="font-mono">{match.word}</code>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
