import { useConnection, type Channel } from "../../data/channels";
import { useText } from "../../i18n";
import { Button, Loading } from "../../ui/basics";
import { Actions, Dialog } from "../../ui/dialog";
import { useProblem } from "../../ui/problem";

/** Connect finds a Telegram chat. The user opens a link and presses Start, which sends the chat's code. */
export function Connect({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const text = useText();
  const problem = useProblem();
  const connection = useConnection(channel.id);
  const answer = connection.data;
  return (
    <Dialog title={text("connect.title")} onClose={onClose}>
      {connection.isPending && <Loading />}
      {connection.error && (
        <div role="alert" className="space-y-3">
          <p className="text-loss">{problem(connection.error)}</p>
          <p className="text-soft">{text("connect.byHand")}</p>
          <Button onClick={() => void connection.refetch()}>{text("app.retry")}</Button>
        </div>
      )}
      {answer && !answer.connected && !connection.error && (
        <ol className="list-decimal space-y-3 pl-5">
          <li>
            {text("connect.open", { bot: answer.bot })}
            <span className="mt-1 flex flex-wrap gap-2">
              <a href={answer.link} target="_blank" rel="noreferrer" className="tap inline-flex items-center rounded-md bg-brand px-3 font-medium text-brand-ink">
                {text("connect.chat")}
              </a>
              <a href={answer.group_link} target="_blank" rel="noreferrer" className="tap inline-flex items-center rounded-md border border-line px-3 font-medium">
                {text("connect.group")}
              </a>
            </span>
          </li>
          <li>{text("connect.start")}</li>
          <li>
            {text("connect.orSay")} <code className="rounded bg-raised px-1.5 font-mono [overflow-wrap:anywhere]">/start {answer.code}</code>
          </li>
        </ol>
      )}
      <p role="status" className="mt-4 font-medium">
        {answer?.connected ? <span className="text-gain">✓ {text("connect.done")}</span> : answer && !connection.error ? text("connect.waiting") : ""}
      </p>
      <Actions>
        <Button kind={answer?.connected ? "main" : "plain"} onClick={onClose}>
          {text("app.close")}
        </Button>
      </Actions>
    </Dialog>
  );
}
