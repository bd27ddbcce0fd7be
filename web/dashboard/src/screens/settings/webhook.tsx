import { useState } from "react";

import type { Config } from "../../data/client";
import { useRotateToken } from "../../data/queries";
import { useText } from "../../i18n";
import { usePreferences } from "../../preferences";
import { Button, Panel } from "../../ui/basics";
import { useCopy } from "../../ui/copy";
import { Confirm } from "../../ui/dialog";
import { useProblem } from "../../ui/problem";
import { useToast } from "../../ui/toast";

/** Webhook shows the masked webhook URL, copies it, and replaces it after a warning. */
export function Webhook({ config, bare = false }: { config: Config; bare?: boolean }) {
  const text = useText();
  const toast = useToast();
  const put = useCopy();
  const problem = useProblem();
  const { change } = usePreferences();
  const rotate = useRotateToken();
  const [shown, setShown] = useState(false);
  const [asking, setAsking] = useState(false);
  const masked = config.webhook_url.replace(/[^/]+$/, "•".repeat(16));
  const copy = async () => {
    await put(config.webhook_url);
    void change({ copied: true });
  };
  const body = (
    <>
      <p className="rounded-md bg-raised p-2.5 font-mono text-sm [overflow-wrap:anywhere]" data-testid="webhook-url">
        {shown ? config.webhook_url : masked}
      </p>
      <p className="mt-2 text-sm text-soft">{text("settings.webhookHint")}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button kind="main" onClick={() => void copy()}>
          {text("app.copy")}
        </Button>
        <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
          {text(shown ? "settings.hide" : "settings.show")}
        </Button>
        {!bare && (
          <Button kind="danger" onClick={() => setAsking(true)}>
            {text("settings.rotate")}
          </Button>
        )}
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
              onError: (error) => toast.say({ message: problem(error) }),
            })
          }
        />
      )}
    </>
  );
  return bare ? body : <Panel title={text("settings.webhook")}>{body}</Panel>;
}
