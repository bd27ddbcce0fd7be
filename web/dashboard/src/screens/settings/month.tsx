import { useQuota } from "../../data/queries";
import { formatCount } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Panel } from "../../ui/basics";

// The percentages at which the bar warns, and then alarms.
const warns = 75;
const alarms = 90;

/** Month shows how much of the month's quota is used. */
export function Month() {
  const text = useText();
  const language = useLanguage();
  const quota = useQuota();
  if (!quota.data) return null;
  const q = quota.data;
  const used = Math.min(q.percentage ?? 0, 100);
  const colour = used >= alarms ? "fill-loss" : used >= warns ? "fill-warn" : "fill-gain";
  return (
    <Panel title={text("settings.quota")}>
      <p className="text-lg font-semibold">
        {q.is_unlimited
          ? text("settings.quotaUnlimited", { used: formatCount(language, q.used) })
          : text("settings.quotaUsed", { used: formatCount(language, q.used), total: formatCount(language, q.total) })}
      </p>
      {!q.is_unlimited && (
        <>
          <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="mt-2 h-2.5 w-full rounded-full" role="img" aria-label={`${q.percentage ?? 0} %`}>
            <rect width="100" height="4" className="fill-raised" />
            <rect width={used} height="4" className={colour} />
          </svg>
          <p className="mt-1.5 text-sm text-soft">{text(q.can_receive_signals ? "settings.quotaLeft" : "settings.quotaOver", { left: formatCount(language, q.remaining ?? 0) })}</p>
        </>
      )}
    </Panel>
  );
}
