import type { Config } from "../../data/client";
import { chartID } from "../../format";
import { useText } from "../../i18n";
import { Check, Input, Panel, Select } from "../../ui/basics";
import { useSave } from "../../ui/save";
import { useShown } from "../../ui/shown";

/** Alerts are the settings of alerts: whether they are accepted, and how their charts are captured. */
export function Alerts({ config }: { config: Config }) {
  const text = useText();
  const save = useSave();
  const browser = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Panel title={text("settings.alerts")}>
      <div className="mb-4 grid gap-x-6 sm:grid-cols-2">
        <Check label={text("settings.webhookEnabled")} checked={config.webhook_enabled} onChange={(event) => save({ webhook_enabled: event.target.checked })} />
        <Check label={text("settings.captureEnabled")} checked={config.capture_enabled} onChange={(event) => save({ capture_enabled: event.target.checked })} />
        <Check
          label={text("settings.withoutCookies")}
          checked={config.capture_without_cookies}
          onChange={(event) => save({ capture_without_cookies: event.target.checked })}
        />
      </div>
      <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
        <Input
          label={text("settings.chart")}
          hint={text("settings.chartHint")}
          ref={useShown(config.default_chart_id ?? "")}
          defaultValue={config.default_chart_id ?? ""}
          onBlur={(event) => {
            const id = chartID(event.target.value);
            if (id !== (config.default_chart_id ?? "")) save({ default_chart_id: id || null });
          }}
        />
        <Select
          label={text("settings.resolution")}
          hint={text("settings.resolutionHint")}
          value={config.screenshot_resolution}
          onChange={(event) => save({ screenshot_resolution: event.target.value as Config["screenshot_resolution"] })}
        >
          <option value="720p">1280×720</option>
          <option value="1080p">1920×1080</option>
          <option value="4k">3840×2160</option>
        </Select>
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
          ref={useShown(String(config.dedupe_window_seconds))}
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

/** zones returns the names of time zones that the browser knows, and the stored one. */
function zones(stored: string): string[] {
  return [...new Set(["UTC", stored, ...Intl.supportedValuesOf("timeZone")])].sort();
}
