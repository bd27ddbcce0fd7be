import { useState } from "react";

import type { Config } from "../data/client";
import { useChangeConfig, useConfig, useQuota, useRotateToken } from "../data/queries";
import { chartID, formatCount } from "../format";
import { useLanguage, useText } from "../i18n";
import { usePreferences } from "../preferences";
import { Button, Check, Failed, Input, Loading, Panel, Select } from "../ui/basics";
import { Confirm } from "../ui/dialog";
import { useToast } from "../ui/toast";

/** Settings are the user's own: the webhook, captures, zone and how the page looks. */
export default function Settings() {
  const text = useText();
  const config = useConfig();
  if (config.isPending) return <Loading />;
  if (config.isError) return <Failed error={config.error} retry={() => void config.refetch()} />;
  return (
    <div className="max-w-3xl space-y-4 p-4 sm:p-5">
      <h1 className="text-xl font-semibold">{text("settings.title")}</h1>
      <Webhook config={config.data} />
      <Alerts key={config.data.updated_at} config={config.data} />
      <Month />
      <Appearance />
    </div>
  );
}

/** useSave returns the function that stores settings and says so. */
function useSave() {
  const text = useText();
  const toast = useToast();
  const change = useChangeConfig();
  return (changes: Parameters<typeof change.mutate>[0]) =>
    change.mutate(changes, {
      onSuccess: () => toast.say({ message: text("app.saved") }),
      onError: (error) => toast.say({ message: error.message }),
    });
}

export function Webhook({ config }: { config: Config }) {
  const text = useText();
  const toast = useToast();
  const rotate = useRotateToken();
  const [shown, setShown] = useState(false);
  const [asking, setAsking] = useState(false);
  const masked = config.webhook_url.replace(/[^/]+$/, "•".repeat(16));
  return (
    <Panel title={text("settings.webhook")}>
      <p className="rounded bg-raised p-2 font-mono text-sm [overflow-wrap:anywhere]" data-testid="webhook-url">
        {shown ? config.webhook_url : masked}
      </p>
      <p className="mt-2 text-sm text-soft">{text("settings.webhookHint")}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button kind="main" onClick={() => void navigator.clipboard.writeText(config.webhook_url).then(() => toast.say({ message: text("app.copied") }))}>
          {text("app.copy")}
        </Button>
        <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
          {text(shown ? "settings.hide" : "settings.show")}
        </Button>
        <Button kind="danger" onClick={() => setAsking(true)}>
          {text("settings.rotate")}
        </Button>
      </div>
      {asking && (
        <Confirm
          title={text("settings.rotate")}
          message={text("settings.rotateSure")}
          action={text("settings.rotate")}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            rotate.mutate(undefined, {
              onSuccess: () => toast.say({ message: text("settings.rotated") }),
              onError: (error) => toast.say({ message: error.message }),
            })
          }
        />
      )}
    </Panel>
  );
}

function Alerts({ config }: { config: Config }) {
  const text = useText();
  const save = useSave();
  const browser = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Panel>
      <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        <Check label={text("settings.webhookEnabled")} checked={config.webhook_enabled} onChange={(event) => save({ webhook_enabled: event.target.checked })} />
        <Check label={text("settings.captureEnabled")} checked={config.capture_enabled} onChange={(event) => save({ capture_enabled: event.target.checked })} />
        <Check
          label={text("settings.withoutCookies")}
          checked={config.capture_without_cookies}
          onChange={(event) => save({ capture_without_cookies: event.target.checked })}
        />
        <Select label={text("settings.resolution")} value={config.screenshot_resolution} onChange={(event) => save({ screenshot_resolution: event.target.value as Config["screenshot_resolution"] })}>
          <option value="720p">1280×720</option>
          <option value="1080p">1920×1080</option>
          <option value="4k">3840×2160</option>
        </Select>
        <Input
          label={text("settings.chart")}
          hint={text("settings.chartHint")}
          defaultValue={config.default_chart_id ?? ""}
          onBlur={(event) => {
            const id = chartID(event.target.value);
            if (id !== (config.default_chart_id ?? "")) save({ default_chart_id: id || null });
          }}
        />
        <div>
          <Select label={text("settings.zone")} value={config.preferred_timezone} onChange={(event) => save({ preferred_timezone: event.target.value })}>
            {zones(config.preferred_timezone).map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </Select>
          {browser !== config.preferred_timezone && (
            <p className="mt-1 text-sm text-soft">
              {text("app.zoneDiffers", { browser })}{" "}
              <button type="button" className="underline" onClick={() => save({ preferred_timezone: browser })}>
                {text("app.zoneSwitch", { browser })}
              </button>
            </p>
          )}
        </div>
        <Input
          label={text("settings.window")}
          type="number"
          min={0}
          max={3600}
          defaultValue={config.dedupe_window_seconds}
          onBlur={(event) => {
            const seconds = Number(event.target.value);
            if (event.target.value !== "" && seconds !== config.dedupe_window_seconds) save({ dedupe_window_seconds: seconds });
          }}
        />
      </div>
    </Panel>
  );
}

/** zones are the names that the browser knows, with the stored one among them. */
function zones(stored: string): string[] {
  return [...new Set(["UTC", stored, ...Intl.supportedValuesOf("timeZone")])].sort();
}

function Month() {
  const text = useText();
  const language = useLanguage();
  const quota = useQuota();
  if (!quota.data) return null;
  const q = quota.data;
  return (
    <Panel title={text("settings.quota")}>
      <p>
        {q.is_unlimited
          ? text("settings.quotaUnlimited", { used: formatCount(language, q.used) })
          : text("settings.quotaUsed", { used: formatCount(language, q.used), total: formatCount(language, q.total) })}
      </p>
      {!q.is_unlimited && <meter className="mt-1 w-full" min={0} max={100} high={90} value={q.percentage ?? 0} aria-label={text("settings.quota")} />}
    </Panel>
  );
}

function Appearance() {
  const text = useText();
  const { value, change } = usePreferences();
  return (
    <Panel title={text("settings.appearance")}>
      <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        <Select label={text("settings.language")} value={value.language} onChange={(event) => change({ language: event.target.value as "en" | "es" })}>
          <option value="en">English</option>
          <option value="es">Español</option>
        </Select>
        <Select label={text("settings.theme")} value={value.theme} onChange={(event) => change({ theme: event.target.value as typeof value.theme })}>
          {(["system", "light", "dark"] as const).map((theme) => (
            <option key={theme} value={theme}>
              {text(`settings.theme.${theme}`)}
            </option>
          ))}
        </Select>
        <Input label={text("settings.unit")} hint={text("settings.unitHint")} maxLength={8} defaultValue={value.unit} onBlur={(event) => change({ unit: event.target.value.trim() })} />
        <Check label={text("settings.keys")} checked={value.keys} onChange={(event) => change({ keys: event.target.checked })} />
      </div>
    </Panel>
  );
}
