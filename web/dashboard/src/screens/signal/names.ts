/** Named is a name of a message with the value that it holds there. */
export interface Named {
  name: string;
  value: string;
}

const longestName = 60; // characters that the service accepts
const most = 100;

/** namesIn lists the names of a read message whose values are plain; nested ones are joined by dots. */
export function namesIn(parsed: unknown, before = ""): Named[] {
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) return [];
  const found = Object.entries(parsed).flatMap(([key, value]): Named[] => {
    const name = before + key;
    if (value !== null && typeof value === "object") return namesIn(value, `${name}.`);
    return name.length <= longestName && value !== null && value !== "" ? [{ name, value: String(value).slice(0, 60) }] : [];
  });
  return found.slice(0, most);
}
