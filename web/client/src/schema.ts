// Generated from openapi.json by `npm run generate`. DO NOT EDIT.
export type Decimal = string;
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this service is */
        get: operations["get-facts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell how an alert would be read; nothing is stored */
        post: operations["post-api-alerts-read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send yourself a test alert */
        post: operations["post-api-alerts-test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your notification channels */
        get: operations["get-api-channels"];
        put?: never;
        /** Make a notification channel */
        post: operations["post-api-channels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a notification channel */
        delete: operations["delete-api-channels-id"];
        options?: never;
        head?: never;
        /** Change a notification channel */
        patch: operations["patch-api-channels-id"];
        trace?: never;
    };
    "/api/channels/{id}/confirm/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Confirm a mail address by the link that was sent there */
        get: operations["get-api-channels-id-confirm-code"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channels/{id}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connect a Telegram chat, or confirm a mail address */
        post: operations["post-api-channels-id-connect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a real message now, with your newest picture */
        post: operations["post-api-channels-id-test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channels/{id}/unsubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get no more mail, in one click */
        post: operations["post-api-channels-id-unsubscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read your settings */
        get: operations["get-api-config"];
        /** Change your settings */
        put: operations["put-api-config"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/cookies/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask TradingView whether your session is alive */
        post: operations["post-api-config-cookies-check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/webhook-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rotate the webhook token */
        post: operations["post-api-config-webhook-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what arrived at the webhook, newest first */
        get: operations["get-api-deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count the refused alerts that can be replayed */
        get: operations["get-api-deliveries-replay"];
        put?: never;
        /** Make signals of the alerts that were refused, oldest first */
        post: operations["post-api-deliveries-replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a signal of a refused or repeated alert */
        post: operations["post-api-deliveries-id-replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was sent to your channels, newest first */
        get: operations["get-api-notifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a message again */
        post: operations["post-api-notifications-id-resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quota": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the month's quota */
        get: operations["get-api-quota"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List signals, newest first */
        get: operations["get-api-signals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change or delete many signals at once
         * @description Names signals by one of ids, filter and changes, and sets, tags or deletes them in one transaction: all or none.
         *
         *     The answer's before holds the old values of what was set. Send it back as changes to undo the edit, in parts if it is above 1 MiB. Deleted signals do not come back. Signals that you do not have are left out and counted in missing.
         */
        post: operations["post-api-signals-bulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Write signals to a file
         * @description Streams every signal that the filter lets through, newest first. Signals that arrive meanwhile are not in it.
         *
         *     CSV is as RFC 4180 has it: UTF-8, a header, lines end in CRLF. A text that a spreadsheet would take for a formula gets a ' before it. Tags are joined by ";", times are those of tz.
         *     The dialects tradervue, tradetally and tradenote are the columns that these journals import. They hold trades alone: signals with a symbol, a direction, an entry_price and an exit_price that are neither tests nor demos. The header X-Signals-Left-Out counts the others, X-Signals-Written the trades. A trade without closed_at ends at the time of its alert. Fees are not known, and tradenote takes every symbol for a stock. Times are those of tz: choose the same in the journal.
         *
         *     A stream that broke off has no line end after its last line, and a JSON array no closing bracket.
         */
        get: operations["get-api-signals-export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Be told what becomes of your signals and settings, as it happens
         * @description Server-sent events, until the access token expires, the service stops, or either side closes.
         *
         *     | event | data |
         *     | --- | --- |
         *     | `signal.created`, `signal.updated` | the whole signal, as `GET /api/signals/{id}` shows it |
         *     | `signal.deleted` | `{id}` |
         *     | `config.updated` | the settings, as `GET /api/config` shows them |
         *     | `reset` | `{}`: something was missed that cannot be told any more; read everything anew |
         *
         *     Open the stream first, then read the list. An event may come twice: put a signal in the place of the one with the same id.
         *     After the end connect again with the id of the last event as Last-Event-ID. A comment comes every 15 s.
         */
        get: operations["get-api-signals-stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a signal */
        get: operations["get-api-signals-id"];
        /** Record what became of a signal */
        put: operations["put-api-signals-id"];
        post?: never;
        /** Delete a signal and its picture */
        delete: operations["delete-api-signals-id"];
        options?: never;
        head?: never;
        /** Record what became of a signal (the same as PUT) */
        patch: operations["patch-api-signals-id"];
        trace?: never;
    };
    "/api/signals/{id}/screenshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a new screenshot of a signal, whatever its age */
        post: operations["post-api-signals-id-screenshot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read your statistics, of all signals or of those that a filter lets through */
        get: operations["get-api-stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what each day of a year came to */
        get: operations["get-api-stats-calendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/equity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the running sum of profit and loss, and its deepest fall */
        get: operations["get-api-stats-equity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/histogram": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read how profits and losses are spread */
        get: operations["get-api-stats-histogram"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Health of every part */
        get: operations["get-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the process alive */
        get: operations["get-livez"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pictures/{user_id}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a picture */
        get: operations["get-pictures-user-id-file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can the process do its work */
        get: operations["get-readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AlertMatch: {
            /**
             * @description By a name in JSON or pairs, a label in text, the words of the text, what the value looks like, one of TradingView's own sentences, or a broker bridge's command.
             * @enum {string}
             */
            how: "name" | "label" | "words" | "form" | "sentence" | "command";
            /** @description The name or label before the value; empty where there is none. */
            word: string;
        } & {
            [key: string]: unknown;
        };
        AlertReading: {
            /** @description null: the default chart of the settings would be used. */
            chart_id: string | null;
            /** @description LONG, SHORT or null. */
            direction: string | null;
            /** @description entry, exit or null. */
            event_kind: string | null;
            exchange: string | null;
            indicator_name: string | null;
            interval: string | null;
            /** @enum {string} */
            parse_status: "json" | "repaired" | "pairs" | "text" | "empty";
            /** Format: decimal */
            price: Decimal | null;
            signal_type: string | null;
            /** Format: decimal */
            stop_price: Decimal | null;
            symbol: string | null;
            ticker: string | null;
            /**
             * Format: date-time
             * @description null: the time of arrival would be used.
             */
            timestamp: string | null;
        } & {
            [key: string]: unknown;
        };
        Bin: {
            /** Format: int64 */
            count: number;
            /** Format: decimal */
            from: Decimal;
            /**
             * Format: decimal
             * @description Excluded.
             */
            to: Decimal;
        } & {
            [key: string]: unknown;
        };
        Blocker: {
            application: string;
            /** Format: int32 */
            pid: number;
            /**
             * Format: int64
             * @description Since its transaction began.
             */
            seconds: number;
            state: string;
        } & {
            [key: string]: unknown;
        };
        BulkInputBody: {
            add_tags?: string[] | null;
            /** @description Or each signal's own values: the before of an earlier answer undoes that edit. */
            changes?: components["schemas"]["SignalChange"][] | null;
            /** @description Deletes the signals and their pictures. */
            delete?: boolean;
            /**
             * Format: int64
             * @description With filter: how many signals it let through when it was looked at. 409 if that has changed.
             */
            expected_count?: number;
            /** @description Or what they have in common: the list's parameters, at most 10,000 signals. */
            filter?: components["schemas"]["SignalQuery"];
            /** @description The ids of the signals. */
            ids?: string[] | null;
            remove_tags?: string[] | null;
            /** @description What to set of every signal. Notes are set of at most 500 at once. */
            set?: components["schemas"]["SignalChanges"];
        } & {
            [key: string]: unknown;
        };
        BulkOutputBody: {
            /** @description The old values of what was set; of deleted signals the ids alone. */
            before: components["schemas"]["SignalChange"][];
            /**
             * Format: int64
             * @description How many signals were changed or deleted.
             */
            count: number;
            message: string;
            /**
             * Format: int64
             * @description How many of the ids or changes name none of your signals.
             */
            missing: number;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        CalendarDay: {
            /** Format: int64 */
            breakevens: number;
            /** Format: date */
            day: string;
            /** Format: int64 */
            losses: number;
            /** Format: int64 */
            signals: number;
            /** Format: decimal */
            total_profit_loss: Decimal;
            /** Format: int64 */
            wins: number;
        } & {
            [key: string]: unknown;
        };
        CalendarOutputBody: {
            /** @description The days with signals, by the time of the alerts. */
            days: components["schemas"]["CalendarDay"][];
            success: boolean;
            tz: string;
            /** Format: int64 */
            year: number;
        } & {
            [key: string]: unknown;
        };
        ChannelConnectOutputBody: {
            /** @description Telegram: the bot's @name. */
            bot: string;
            /** @description What the link makes you send: /start and this code. */
            code: string;
            connected: boolean;
            /** Format: date-time */
            expires_at: string | null;
            /** @description Adds the bot to a group. */
            group_link: string;
            /** @description Opens the chat with the bot; press Start there. */
            link: string;
            message: string;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        ChannelMembers: {
            as_file?: boolean;
            enabled?: boolean;
            /** @description signal, trouble, quota. */
            events?: string[];
            /** @description en or es. */
            language?: string;
            /**
             * Format: int64
             * @description 0 to 900.
             */
            max_wait_seconds?: number;
            /** @description together or asap. */
            mode?: string;
            name?: string;
            /** @description Webhook: make a new signing secret. Both sign for 24 hours. */
            rotate_secret?: boolean;
            /** @description Bot token, webhook URL of Discord or Slack, access token of ntfy. Never answered. */
            secret?: string;
            settings?: components["schemas"]["ChannelSettings"];
        } & {
            [key: string]: unknown;
        };
        ChannelOutputBody: {
            data: components["schemas"]["ChannelView"];
            /** @description A webhook's signing secret, shown this once; else null. */
            secret: string | null;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        ChannelSettings: {
            /** @description Mail: another address than the account's; it has to be confirmed. */
            address?: string;
            /** @description Slack with a bot token: the channel's id. */
            channel?: string;
            /** @description Telegram: a number or @name; connecting finds it. */
            chat_id?: string;
            /** @description Telegram: through this service's own bot. */
            house?: boolean;
            /** @description Telegram: a topic. Discord: a thread. */
            thread_id?: string;
            /** @description ntfy: the topic. Whoever knows it reads along. */
            topic?: string;
            /** @description Webhook: where to post. ntfy: your own server. https on port 443 of a public name. */
            url?: string;
        } & {
            [key: string]: unknown;
        };
        ChannelTestOutputBody: {
            /** @description Why not. */
            code: string | null;
            delivered: boolean;
            /** @description What the service answered. */
            detail: string;
            /** @description What happened and how to mend it. */
            message: string;
            /** @description Whether the message was delivered. */
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        ChannelView: {
            /** @description Telegram: the picture as a file, in its full size. */
            as_file: boolean;
            /** @description Why it is broken, or what the last failure was. */
            code: string | null;
            /** Format: date-time */
            created_at: string;
            enabled: boolean;
            /** @description signal, trouble, quota. */
            events: string[];
            has_secret: boolean;
            /** Format: uuid */
            id: string;
            /** @description telegram, discord, slack, email, webhook or ntfy. */
            kind: string;
            language: string;
            /**
             * Format: int64
             * @description How long together waits for the picture.
             */
            max_wait_seconds: number;
            /** @description together: one message with the picture; asap: the text at once, the picture added later. */
            mode: string;
            name: string;
            /** @description own; classic: it follows telegram_*, discord_webhook_url or email_notifications of the settings. */
            origin: string;
            /**
             * Format: date-time
             * @description The service asked to wait.
             */
            paused_until: string | null;
            /** @description Its address has still to be proved. */
            pending: boolean;
            settings: components["schemas"]["ChannelSettings"];
            /** @description ok, unproved or broken. */
            status: string;
            /** Format: date-time */
            updated_at: string;
        } & {
            [key: string]: unknown;
        };
        ChannelsOutputBody: {
            data: components["schemas"]["ChannelView"][];
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        Config: {
            /** @description Your own names for the fields of alerts. */
            alert_names: unknown;
            capture_enabled: boolean;
            capture_without_cookies: boolean;
            /** Format: date-time */
            consent_at: string | null;
            consent_version: string | null;
            /** @description Both TradingView cookies are stored. */
            cookies_configured: boolean;
            /** @description malformed: no TradingView session can have the stored cookies, and no screenshot is tried with them; null if there is no problem. */
            cookies_problem: string | null;
            /** Format: date-time */
            cookies_updated_at: string | null;
            /** @description TradingView has not refused them. */
            cookies_valid: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: int32 */
            dedupe_window_seconds: number;
            default_chart_id: string | null;
            discord_webhook_url: string | null;
            email_notifications: boolean;
            /** Format: uuid */
            id: string;
            preferred_timezone: string;
            /**
             * Format: date
             * @description The first day of the month that was counted last, UTC.
             */
            quota_month: string;
            /** @enum {string} */
            screenshot_resolution: "720p" | "1080p" | "4k";
            /**
             * Format: int64
             * @description Signals a month; -1 for no end.
             */
            signals_quota: number;
            /** Format: int64 */
            signals_used_this_month: number;
            /** @description Your own rules for alerts that have gone quiet. */
            silence_rules: unknown;
            /** @description The operator may read the alerts that arrived at your webhook. */
            support_access: boolean;
            telegram_chat_id: string | null;
            telegram_enabled: boolean;
            /** Format: date-time */
            updated_at: string;
            /** Format: uuid */
            user_id: string;
            /** @enum {string} */
            user_plan: "free" | "pro" | "lifetime";
            webhook_enabled: boolean;
            /** Format: int64 */
            webhook_requests_count: number;
            /** @description The credential in the webhook URL. Keep it to yourself. */
            webhook_token: string;
            /** @description To paste into TradingView. */
            webhook_url: string;
        } & {
            [key: string]: unknown;
        };
        ConfigChanges: {
            /** @description Your own names for the fields of alerts, read before all others: {"ticker": ["s"], "price": ["px.last"]}. At most 10 names of 60 characters a field, for ticker, exchange, price, signal_type, direction, indicator_name, chart_id, interval and timestamp; null removes them. */
            alert_names?: {
                [key: string]: string[] | null;
            } | null;
            /** @description Agrees to the text that an answer without consent shows; false withdraws. */
            automation_consent?: boolean;
            capture_enabled?: boolean;
            /** @description Where no cookies are stored, capture what anyone sees: a shared layout, or the plain chart of the ticker where no chart is named. */
            capture_without_cookies?: boolean;
            /**
             * Format: int32
             * @description How long the same alert counts as a repeat; 0 never.
             */
            dedupe_window_seconds?: number;
            /** @description Captured where an alert names no chart. */
            default_chart_id?: string | null;
            discord_webhook_url?: string | null;
            email_notifications?: boolean;
            /** @description A time zone of the IANA database, such as America/New_York. */
            preferred_timezone?: string;
            /**
             * @description The size of the browser's window: 1280x720, 1920x1080 or 3840x2160. A picture of the chart alone (screenshot_source client) has the size that the chart has in it.
             * @enum {string}
             */
            screenshot_resolution?: "720p" | "1080p" | "4k";
            /** @description Your own rules for alerts that have gone quiet, in the place of what is learned from their habits: all of them at once; null removes them. */
            silence_rules?: components["schemas"]["SilenceRule"][] | null;
            /** @description Let the operator read the alerts that arrived at your webhook, to help you. */
            support_access?: boolean;
            /** @description Stored encrypted and never shown; empty leaves it alone, null removes it. */
            telegram_bot_token?: string | null;
            telegram_chat_id?: string | null;
            telegram_enabled?: boolean;
            /** @description The cookie sessionid: 32 letters and digits. Together with tv_sessionid_sign_plain; null in both removes them. */
            tv_sessionid_plain?: string | null;
            /** @description The cookie sessionid_sign: v1: to v3: and base64. */
            tv_sessionid_sign_plain?: string | null;
            webhook_enabled?: boolean;
        } & {
            [key: string]: unknown;
        };
        ConfigOutputBody: {
            data: components["schemas"]["Config"];
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        CookieCheck: {
            /**
             * Format: date-time
             * @description null while the check is under way
             */
            checked_at: string | null;
            /** @description What captures go by; false only where TradingView has refused the cookies. */
            cookies_valid: boolean;
            /**
             * @description What TradingView said of the session. unknown: it could not be asked, or did not say.
             * @enum {string}
             */
            state: "pending" | "alive" | "expired" | "unknown";
        } & {
            [key: string]: unknown;
        };
        CookieCheckOutputBody: {
            data: components["schemas"]["CookieCheck"];
            message: string;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        CountReplaysOutputBody: {
            /** @description There are more than the 1,000 that were counted. */
            capped: boolean;
            /**
             * Format: int64
             * @description Deliveries that a replay with the same parameters would make signals of.
             */
            replayable: number;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        DeliveriesOutputBody: {
            /**
             * Format: int64
             * @description How many are in data.
             */
            count: number;
            data: components["schemas"]["Delivery"][];
            /** @description null at the end. */
            next_cursor: string | null;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        Delivery: {
            /** @description As it arrived; null where it was larger than 64 KiB, or is no text. */
            body: string | null;
            /** @description A body that is no text. */
            body_base64: string | null;
            /**
             * Format: int64
             * @description Bytes.
             */
            body_size: number;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            outcome: "accepted" | "duplicate" | "quota_exceeded" | "rate_limited" | "disabled" | "too_large" | "refused_sender";
            /** @description Why it was refused. */
            reason: string | null;
            /** Format: date-time */
            received_at: string;
            /** @description The address that it came from. */
            sender: string | null;
            /**
             * Format: uuid
             * @description The signal that it made, or repeats.
             */
            signal_id: string | null;
        } & {
            [key: string]: unknown;
        };
        Details: {
            /**
             * Format: decimal
             * @description Negative.
             */
            average_loss: Decimal | null;
            /** Format: decimal */
            average_win: Decimal | null;
            /**
             * Format: decimal
             * @description Percent: with this payoff, at this win rate nothing is won or lost.
             */
            break_even_win_rate: Decimal | null;
            /** Format: int64 */
            breakevens: number;
            /**
             * Format: double
             * @description Seconds from arrival to picture.
             */
            capture_median: number | null;
            /**
             * Format: int64
             * @description Signals with a picture.
             */
            captured: number;
            /**
             * Format: int64
             * @description Wins that lost money, and losses that made some: check these.
             */
            clashes: number;
            /**
             * Format: int64
             * @description Decided signals whose risk is known: by risk_amount, or by entry, exit and stop.
             */
            count_r: number;
            /**
             * Format: int64
             * @description Negative for losses.
             */
            current_streak: number;
            /** Format: int64 */
            decided: number;
            /**
             * Format: decimal
             * @description Mean amount of a decided signal.
             */
            expectancy: Decimal | null;
            /**
             * Format: decimal
             * @description The 95 % interval of the expectancy reaches so far to both sides; from 30 amounts on.
             */
            expectancy_margin: Decimal | null;
            /**
             * Format: decimal
             * @description Mean profit as a multiple of the risk.
             */
            expectancy_r: Decimal | null;
            /**
             * Format: decimal
             * @description The longest run of losses that this win rate leads one to expect; from 20 signals on.
             */
            expected_losing_run: Decimal | null;
            /**
             * Format: int64
             * @description Decided signals with a closed_at.
             */
            held: number;
            /** Format: double */
            held_median: number | null;
            /**
             * Format: double
             * @description Seconds from alert to end, first quartile.
             */
            held_q1: number | null;
            /** Format: double */
            held_q3: number | null;
            /** Format: decimal */
            largest_loss: Decimal | null;
            /** Format: decimal */
            largest_win: Decimal | null;
            /** Format: date-time */
            last_signal_at: string | null;
            /** Format: int64 */
            losses: number;
            /** Format: int64 */
            max_loss_streak: number;
            /** Format: int64 */
            max_win_streak: number;
            /**
             * Format: decimal
             * @description Average win over the size of the average loss.
             */
            payoff: Decimal | null;
            /** Format: int64 */
            pending: number;
            /**
             * Format: decimal
             * @description Sum of wins over the size of the sum of losses; null where there is no loss.
             */
            profit_factor: Decimal | null;
            /** Format: int64 */
            signals: number;
            /** Format: int64 */
            skipped: number;
            /** Format: decimal */
            total_profit_loss: Decimal;
            /**
             * Format: decimal
             * @description Percent of wins among wins and losses.
             */
            win_rate: Decimal | null;
            /**
             * Format: decimal
             * @description Its upper end.
             */
            win_rate_high: Decimal | null;
            /**
             * Format: decimal
             * @description Lower end of the 95 % Wilson interval of the win rate.
             */
            win_rate_low: Decimal | null;
            /** Format: int64 */
            wins: number;
            /**
             * Format: int64
             * @description Decided signals without a profit_loss; they count as 0 in the total.
             */
            without_amount: number;
        } & {
            [key: string]: unknown;
        };
        Drawdown: {
            /**
             * Format: decimal
             * @description Below 0.
             */
            amount: Decimal;
            /**
             * Format: date-time
             * @description null if it fell from the first signal on.
             */
            from: string | null;
            /** Format: date-time */
            lowest: string;
            /**
             * Format: decimal
             * @description The equity that it fell from.
             */
            peak: Decimal;
            /**
             * Format: decimal
             * @description With balance: of the balance at the peak, 2 decimals; below 0.
             */
            percent: Decimal | null;
            /**
             * Format: date-time
             * @description null while it goes on.
             */
            until: string | null;
        } & {
            [key: string]: unknown;
        };
        EquityOutputBody: {
            /** @description The deepest; absent if equity never fell. */
            drawdown?: components["schemas"]["Drawdown"];
            /** @description By timestamp, the time of the alerts. */
            points: components["schemas"]["EquityPoint"][];
            /**
             * Format: int64
             * @description Decided signals.
             */
            signals: number;
            success: boolean;
            tz: string;
        } & {
            [key: string]: unknown;
        };
        EquityPoint: {
            /**
             * Format: decimal
             * @description equity less its highest value so far: 0 or less.
             */
            drawdown: Decimal;
            /**
             * Format: decimal
             * @description The sum of profit_loss so far; signals without one count as 0.
             */
            equity: Decimal;
            /**
             * Format: int64
             * @description Which of the decided signals, from 1.
             */
            position: number;
            /** Format: uuid */
            signal_id: string;
            /** Format: date-time */
            timestamp: string;
        } & {
            [key: string]: unknown;
        };
        FactsOutputBody: {
            description: string;
            /** Format: uri */
            docs: string;
            /** Format: uri */
            health: string;
            /** Format: uri */
            openapi: string;
            service: string;
            version: string;
        } & {
            [key: string]: unknown;
        };
        Figures: {
            /**
             * Format: decimal
             * @description Negative.
             */
            average_loss: Decimal | null;
            /** Format: decimal */
            average_win: Decimal | null;
            /**
             * Format: decimal
             * @description Percent: with this payoff, at this win rate nothing is won or lost.
             */
            break_even_win_rate: Decimal | null;
            /** Format: int64 */
            breakevens: number;
            /**
             * Format: int64
             * @description Wins that lost money, and losses that made some: check these.
             */
            clashes: number;
            /**
             * Format: int64
             * @description Decided signals whose risk is known: by risk_amount, or by entry, exit and stop.
             */
            count_r: number;
            /** Format: int64 */
            decided: number;
            /**
             * Format: decimal
             * @description Mean amount of a decided signal.
             */
            expectancy: Decimal | null;
            /**
             * Format: decimal
             * @description The 95 % interval of the expectancy reaches so far to both sides; from 30 amounts on.
             */
            expectancy_margin: Decimal | null;
            /**
             * Format: decimal
             * @description Mean profit as a multiple of the risk.
             */
            expectancy_r: Decimal | null;
            /** Format: decimal */
            largest_loss: Decimal | null;
            /** Format: decimal */
            largest_win: Decimal | null;
            /** Format: date-time */
            last_signal_at: string | null;
            /** Format: int64 */
            losses: number;
            /**
             * Format: decimal
             * @description Average win over the size of the average loss.
             */
            payoff: Decimal | null;
            /** Format: int64 */
            pending: number;
            /**
             * Format: decimal
             * @description Sum of wins over the size of the sum of losses; null where there is no loss.
             */
            profit_factor: Decimal | null;
            /** Format: int64 */
            signals: number;
            /** Format: int64 */
            skipped: number;
            /** Format: decimal */
            total_profit_loss: Decimal;
            /**
             * Format: decimal
             * @description Percent of wins among wins and losses.
             */
            win_rate: Decimal | null;
            /**
             * Format: decimal
             * @description Its upper end.
             */
            win_rate_high: Decimal | null;
            /**
             * Format: decimal
             * @description Lower end of the 95 % Wilson interval of the win rate.
             */
            win_rate_low: Decimal | null;
            /** Format: int64 */
            wins: number;
            /**
             * Format: int64
             * @description Decided signals without a profit_loss; they count as 0 in the total.
             */
            without_amount: number;
        } & {
            [key: string]: unknown;
        };
        Group: {
            /**
             * Format: decimal
             * @description Negative.
             */
            average_loss: Decimal | null;
            /** Format: decimal */
            average_win: Decimal | null;
            /**
             * Format: decimal
             * @description Percent: with this payoff, at this win rate nothing is won or lost.
             */
            break_even_win_rate: Decimal | null;
            /** Format: int64 */
            breakevens: number;
            /**
             * Format: int64
             * @description Wins that lost money, and losses that made some: check these.
             */
            clashes: number;
            /**
             * Format: int64
             * @description Decided signals whose risk is known: by risk_amount, or by entry, exit and stop.
             */
            count_r: number;
            /** Format: int64 */
            decided: number;
            /**
             * Format: decimal
             * @description Mean amount of a decided signal.
             */
            expectancy: Decimal | null;
            /**
             * Format: decimal
             * @description The 95 % interval of the expectancy reaches so far to both sides; from 30 amounts on.
             */
            expectancy_margin: Decimal | null;
            /**
             * Format: decimal
             * @description Mean profit as a multiple of the risk.
             */
            expectancy_r: Decimal | null;
            /** @description null for the signals that have none. */
            key: string | null;
            /** Format: decimal */
            largest_loss: Decimal | null;
            /** Format: decimal */
            largest_win: Decimal | null;
            /** Format: date-time */
            last_signal_at: string | null;
            /** Format: int64 */
            losses: number;
            /**
             * Format: decimal
             * @description Average win over the size of the average loss.
             */
            payoff: Decimal | null;
            /** Format: int64 */
            pending: number;
            /**
             * Format: decimal
             * @description Sum of wins over the size of the sum of losses; null where there is no loss.
             */
            profit_factor: Decimal | null;
            /** Format: int64 */
            signals: number;
            /** Format: int64 */
            skipped: number;
            /** Format: decimal */
            total_profit_loss: Decimal;
            /**
             * Format: decimal
             * @description Percent of wins among wins and losses.
             */
            win_rate: Decimal | null;
            /**
             * Format: decimal
             * @description Its upper end.
             */
            win_rate_high: Decimal | null;
            /**
             * Format: decimal
             * @description Lower end of the 95 % Wilson interval of the win rate.
             */
            win_rate_low: Decimal | null;
            /** Format: int64 */
            wins: number;
            /**
             * Format: int64
             * @description Decided signals without a profit_loss; they count as 0 in the total.
             */
            without_amount: number;
        } & {
            [key: string]: unknown;
        };
        HealthOutputBody: {
            /** @description Database sessions of others that keep users' rows locked. */
            blockers: components["schemas"]["Blocker"][];
            /** @description Stable codes. */
            errors: string[];
            memory: components["schemas"]["Memory"];
            queue: components["schemas"]["Queue"];
            services: components["schemas"]["HealthServices"];
            /** @description Alerts that wait on this replica's disk; absent without SPOOL_DIR. */
            spool?: components["schemas"]["Spool"];
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            /** Format: date-time */
            timestamp: string;
            /**
             * Format: int64
             * @description Seconds.
             */
            uptime: number;
            uptimeFormatted: string;
            /** @description Stable codes of what an operator should look at. They do not change the status. */
            warnings: string[];
        } & {
            [key: string]: unknown;
        };
        HealthServices: {
            /** @description Up (true), down (false), or not part of this process. */
            browserPool: boolean | "not_configured";
            /** @description The browser. */
            puppeteer: boolean | "not_configured";
            queue: components["schemas"]["Queue"];
            /** @description Up (true), down (false), or not part of this process. */
            redis: boolean | "not_configured";
            /** @description The database. */
            supabase: boolean | "not_configured";
            /** @description Up (true), down (false), or not part of this process. */
            worker: boolean | "not_configured";
        } & {
            [key: string]: unknown;
        };
        HistogramOutputBody: {
            /** @description Those that hold something; 0 is always an edge. */
            bins: components["schemas"]["Bin"][];
            /** Format: int64 */
            count: number;
            /** @enum {string} */
            of: "pnl" | "r";
            success: boolean;
            /** @description Instead of bins, where there are fewer than five values. */
            values: (Decimal | null)[];
        } & {
            [key: string]: unknown;
        };
        ListOutputBody: {
            /**
             * Format: int64
             * @description How many are in data.
             */
            count: number;
            data: components["schemas"]["Signal"][];
            /** @description Parameters of the query that nobody knows. */
            ignored: string[];
            /** Format: int64 */
            limit: number;
            /** @description null at the end. A search by q reads a bounded number of signals at a time: data may hold fewer than limit, none even, while this leads on. */
            next_cursor: string | null;
            /** Format: int64 */
            offset: number;
            success: boolean;
            /**
             * Format: int64
             * @description How many there are; null with cursor.
             */
            total: number | null;
            /** @description Counting ended at 10,000, or where a search by q ended. */
            total_capped: boolean;
        } & {
            [key: string]: unknown;
        };
        Memory: {
            /**
             * Format: int64
             * @description Of which live or not yet collected.
             */
            heap_bytes: number;
            /**
             * Format: int64
             * @description Taken from the system by this process, without its browser.
             */
            total_bytes: number;
        } & {
            [key: string]: unknown;
        };
        MessageOutputBody: {
            message: string;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        NotificationView: {
            /** Format: int64 */
            attempts: number;
            /** Format: uuid */
            channel_id: string;
            /** @description Why it failed, or what the last attempt showed. */
            code: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description signal, trouble or quota. */
            event: string;
            /** Format: uuid */
            id: string;
            /** @description What it tells, once for each channel. */
            key: string;
            /** Format: date-time */
            not_before: string;
            /** @description none, owed, attached or impossible. */
            picture: string;
            /** Format: date-time */
            sent_at: string | null;
            /** Format: uuid */
            signal_id: string | null;
            /** @description waiting, ready, sending, sent, failed, expired or cancelled. */
            state: string;
        } & {
            [key: string]: unknown;
        };
        NotificationsOutputBody: {
            data: components["schemas"]["NotificationView"][];
            /** @description null at the end. */
            next_cursor: string | null;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        "Post-api-channelsRequest": {
            as_file?: boolean;
            enabled?: boolean;
            /** @description signal, trouble, quota. */
            events?: string[];
            /** @description telegram, discord, slack, email, webhook or ntfy. */
            kind: string;
            /** @description en or es. */
            language?: string;
            /**
             * Format: int64
             * @description 0 to 900.
             */
            max_wait_seconds?: number;
            /** @description together or asap. */
            mode?: string;
            name?: string;
            /** @description Bot token, webhook URL of Discord or Slack, access token of ntfy. Never answered. */
            secret?: string;
            settings?: components["schemas"]["ChannelSettings"];
        } & {
            [key: string]: unknown;
        };
        ProbeOutputBody: {
            status: string;
        } & {
            [key: string]: unknown;
        };
        Problem: {
            /** @description What happened and how to mend it. */
            detail: string;
            /** @description A stable snake_case code to match on. */
            error: string;
            /** @description The same text as detail. */
            message: string;
            /** @description Names this request in the service's log. */
            request_id?: string;
            /**
             * Format: int64
             * @description The HTTP status.
             */
            status: number;
            /** @description Always false. */
            success: boolean;
            /** @description The HTTP status in words. */
            title: string;
            /** @description Always about:blank: error tells the kind. */
            type: string;
        } & {
            [key: string]: unknown;
        };
        Queue: {
            /** Format: int64 */
            active: number;
            /** Format: int64 */
            completed: number;
            /** Format: int64 */
            delayed: number;
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            waiting: number;
        } & {
            [key: string]: unknown;
        };
        Quota: {
            can_receive_signals: boolean;
            is_unlimited: boolean;
            /**
             * Format: double
             * @description Of the quota that is used, to two decimals; null where it has no end.
             */
            percentage: number | null;
            percentage_text: string;
            /**
             * Format: int64
             * @description -1 for no end.
             */
            remaining: number;
            remaining_text: string;
            /** @enum {string} */
            status: "OK" | "ADVERTENCIA" | "CRÍTICO" | "EXCEDIDO" | "ILIMITADO";
            /** @enum {string} */
            status_color: "green" | "yellow" | "orange" | "red" | "blue";
            /**
             * Format: int64
             * @description Signals a month; -1 for no end.
             */
            total: number;
            total_text: string;
            /** Format: int64 */
            used: number;
            /** Format: uuid */
            user_id: string;
            warning: string | null;
        } & {
            [key: string]: unknown;
        };
        QuotaOutputBody: {
            quota: components["schemas"]["Quota"];
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        ReadAlertInputBody: {
            /** @description Names to read it by in the place of those of your settings; null for none. */
            alert_names?: {
                [key: string]: string[] | null;
            } | null;
            /** @description The alert's message, as it would arrive. */
            body: string;
            /** @description Accepted and ignored, as the webhook does: the body decides. */
            content_type?: string;
        } & {
            [key: string]: unknown;
        };
        ReadAlertOutputBody: {
            data: components["schemas"]["AlertReading"];
            /** @description What matched each field that was found. */
            matched: {
                [key: string]: components["schemas"]["AlertMatch"];
            };
            /** @description The fields that were not found. */
            missing: string[];
            /** @description Every name and value of the body. */
            parsed_data: unknown;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        ReplayManyOutputBody: {
            message: string;
            /** @description There may be more: send the request again. */
            more: boolean;
            /**
             * Format: int64
             * @description Deliveries that the quota refused; where there are any, the rest was not tried.
             */
            refused: number;
            /**
             * Format: int64
             * @description Deliveries that are signals now.
             */
            replayed: number;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        ReplayOutputBody: {
            message: string;
            /** @description false for an alert whose chart has moved on. */
            screenshot_queued: boolean;
            /** Format: uuid */
            signal_id: string;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        RotateOutputBody: {
            data: components["schemas"]["Config"];
            message: string;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        Signal: {
            chart_id: string | null;
            /**
             * Format: date-time
             * @description When the trade ended.
             */
            closed_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description asap or together, set by the legacy webhook alone: whether a message about the signal waits for its picture. */
            delivery_mode: string | null;
            /** @description LONG, SHORT or null. */
            direction: string | null;
            /** Format: decimal */
            entry_price: Decimal | null;
            /** @description What the alert speaks of: entry, exit or null. */
            event_kind: string | null;
            exchange: string | null;
            /** Format: decimal */
            exit_price: Decimal | null;
            /** Format: uuid */
            id: string;
            indicator_name: string | null;
            /** @description As TradingView writes it: 15, 60, 1D. */
            interval: string | null;
            /** @description The fields that were not found. */
            missing: string[] | null;
            notes: string | null;
            /**
             * @description Where the signal came from. Statistics leave out test and demo.
             * @enum {string}
             */
            origin: "alert" | "replay" | "test" | "demo";
            /** @description json, repaired, pairs, text or empty. */
            parse_status: string | null;
            /** @description Every name and value that was found in the body. */
            parsed_data: unknown;
            /** Format: decimal */
            price: Decimal | null;
            /** Format: decimal */
            profit_loss: Decimal | null;
            /** Format: decimal */
            profit_loss_percent: Decimal | null;
            /** @description The body as it arrived. */
            raw_message: string | null;
            /** @enum {string} */
            result: "pending" | "win" | "loss" | "breakeven" | "skip";
            /**
             * Format: decimal
             * @description What a loss at the stop was to cost.
             */
            risk_amount: Decimal | null;
            /** @description What helps against screenshot_error, in a sentence or two. */
            screenshot_cure: string | null;
            /**
             * @description Why there is no screenshot, as a stable code; other: the words of the Node service, in a row that it wrote.
             * @enum {string|null}
             */
            screenshot_error: "blocked" | "browser_crashed" | "capture_off" | "chart_not_found" | "chart_private" | "cookies_malformed" | "cookies_unreadable" | "daily_limit" | "dialog_open" | "internal" | "navigation_timeout" | "no_chart" | "no_cookies" | "no_data" | "not_painted" | "plan_limit" | "rate_limited" | "session_expired" | "site_error" | "storage_rejected" | "storage_unavailable" | "symbol_not_found" | "too_large" | "too_late" | "wrong_interval" | "wrong_symbol" | "other" | null;
            /** Format: int32 */
            screenshot_height: number | null;
            /** @description The interval that the picture was seen to show. */
            screenshot_interval: string | null;
            /** @description user_chart or public_chart. */
            screenshot_kind: string | null;
            screenshot_path: string | null;
            /** @description client is the chart alone, at the size that it has in a window of screenshot_resolution; viewport is that whole window, at exactly its size. */
            screenshot_source: string | null;
            /** @enum {string} */
            screenshot_status: "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
            /** @description What the picture was seen to show: EXCHANGE:SYMBOL, or SYMBOL alone. */
            screenshot_symbol: string | null;
            /** Format: date-time */
            screenshot_taken_at: string | null;
            screenshot_url: string | null;
            /** @description What is true of a completed picture and easily missed: scrolled_back (the last bar is out of sight), study_error (an indicator shows an error), delayed_data (the exchange's data are delayed). */
            screenshot_warnings: string[] | null;
            /**
             * Format: int32
             * @description In pixels; see screenshot_source.
             */
            screenshot_width: number | null;
            signal_type: string | null;
            /** Format: decimal */
            stop_price: Decimal | null;
            symbol: string | null;
            tags: string[] | null;
            /** @description EXCHANGE:SYMBOL, or SYMBOL alone. */
            ticker: string | null;
            /**
             * Format: date-time
             * @description When the alert says it fired, else when it arrived.
             */
            timestamp: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: uuid */
            user_id: string;
        } & {
            [key: string]: unknown;
        };
        SignalChange: {
            /** @description A moment, not before timestamp: 2026-01-31T08:00:00Z. */
            closed_at?: string | null;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            entry_price?: (number | null) | string;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            exit_price?: (number | null) | string;
            /** Format: uuid */
            id: string;
            notes?: string | null;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            profit_loss?: (number | null) | string;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            profit_loss_percent?: (number | null) | string;
            /** @enum {string} */
            result?: "pending" | "win" | "loss" | "breakeven" | "skip";
            /** @description Above 0. */
            risk_amount?: (number | null) | string;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            stop_price?: (number | null) | string;
            /** @description At most 20 of at most 50 characters. */
            tags?: string[];
        } & {
            [key: string]: unknown;
        };
        SignalChanges: {
            /** @description A moment, not before timestamp: 2026-01-31T08:00:00Z. */
            closed_at?: string | null;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            entry_price?: (number | null) | string;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            exit_price?: (number | null) | string;
            notes?: string | null;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            profit_loss?: (number | null) | string;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            profit_loss_percent?: (number | null) | string;
            /** @enum {string} */
            result?: "pending" | "win" | "loss" | "breakeven" | "skip";
            /** @description Above 0. */
            risk_amount?: (number | null) | string;
            /** @description A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it. */
            stop_price?: (number | null) | string;
            /** @description At most 20 of at most 50 characters. */
            tags?: string[];
        } & {
            [key: string]: unknown;
        };
        SignalOutputBody: {
            data: components["schemas"]["Signal"];
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        SignalQuery: {
            /**
             * @description What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones.
             * @enum {string}
             */
            counted?: "all" | "decided" | "with_amount" | "without_amount" | "clashes" | "with_r" | "held" | "current_streak" | "longest_win_streak" | "longest_loss_streak";
            /**
             * Format: date
             * @description The day on which the alert fired, by your preferred_timezone.
             */
            day?: string;
            /** @enum {string} */
            direction?: "all" | "LONG" | "SHORT" | "none";
            /**
             * @description What the alert speaks of; none for those that tell neither.
             * @enum {string}
             */
            event_kind?: "all" | "entry" | "exit" | "none";
            exchange?: string;
            /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
            from?: string;
            /** @description The hour in which the alert fired, 0 to 23, by your preferred_timezone. */
            hour?: string;
            /** @description The indicator's whole name, in any case. */
            indicator?: string;
            /** @description 15, 60, 1D, or in words: 15m, 1h, daily. */
            interval?: string;
            /** @description The month in which the alert fired, by your preferred_timezone. */
            month?: string;
            /**
             * @description Where the signals came from. Statistics leave out test and demo unless they are asked for one of them.
             * @enum {string}
             */
            origin?: "all" | "alert" | "replay" | "test" | "demo";
            /** @description A profit_loss of so much or more. */
            pnl_from?: string;
            /** @description A profit_loss of less than this. */
            pnl_to?: string;
            /** @description Text to look for in indicator, ticker, signal type, notes and the raw message. */
            q?: string;
            /** @description A profit of so many times the risk or more. */
            r_from?: string;
            /** @description A profit of less than so many times the risk. */
            r_to?: string;
            /**
             * @default all
             * @enum {string}
             */
            result: "all" | "pending" | "win" | "loss" | "breakeven" | "skip";
            /**
             * @description The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other.
             * @enum {string}
             */
            session?: "all" | "tokyo" | "london" | "london_new_york" | "new_york" | "weekend" | "other";
            /** @description The whole type of signal, in any case. */
            signal_type?: string;
            /**
             * @description Of the screenshot.
             * @enum {string}
             */
            status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
            /** @description One of the signal's tags. */
            tag?: string;
            /** @description EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below. */
            ticker?: string;
            /** @description Arrived on this day or earlier, or before this moment. */
            to?: string;
            /** @description The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone. */
            tz?: string;
            /**
             * @description The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known.
             * @enum {string}
             */
            us_session?: "all" | "pre_market" | "regular" | "after_hours" | "closed";
            /** @description The week of ISO 8601 in which the alert fired, by your preferred_timezone. */
            week?: string;
            /**
             * Format: int64
             * @description The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone.
             */
            weekday?: number;
        } & {
            [key: string]: unknown;
        };
        SilenceRule: {
            /** @description Only hours of these days count, in your preferred_timezone; absent for every day. */
            days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
            /**
             * Format: int64
             * @description You are told once this many hours have passed without a signal.
             */
            every_hours: number;
            /** @description As your signals have it; absent for any. */
            indicator_name?: string;
            /** @description 60, 1h or 1D; absent for any. */
            interval?: string;
            /** @description BINANCE:BTCUSDT, or BTCUSDT for any exchange; absent for any. */
            ticker?: string;
        } & {
            [key: string]: unknown;
        };
        Spool: {
            /**
             * Format: int64
             * @description That wait.
             */
            alerts: number;
            /**
             * Format: int64
             * @description Alerts that could not be stored; the next start tries them again.
             */
            aside: number;
            /**
             * Format: int64
             * @description Of the file.
             */
            bytes: number;
            /** @description The file could not be written last. */
            failing: boolean;
            /** Format: int64 */
            max_bytes: number;
            /**
             * Format: int64
             * @description Since the first of them arrived.
             */
            oldest_seconds: number;
            /**
             * Format: int64
             * @description Whose alerts wait.
             */
            users: number;
        } & {
            [key: string]: unknown;
        };
        Stats: {
            /**
             * Format: decimal
             * @description Negative.
             */
            avg_loss_per_loss: Decimal;
            /** Format: decimal */
            avg_profit_per_win: Decimal;
            /** Format: int64 */
            breakevens: number;
            /**
             * Format: int64
             * @description Negative for losses.
             */
            current_streak: number;
            /** @description null where nothing was counted yet. */
            id: string | null;
            /** Format: decimal */
            largest_loss: Decimal;
            /** Format: decimal */
            largest_win: Decimal;
            /** Format: date-time */
            last_calculated_at: string | null;
            /** Format: date-time */
            last_signal_at: string | null;
            /** Format: int64 */
            losses: number;
            /** Format: int64 */
            max_loss_streak: number;
            /** Format: int64 */
            max_win_streak: number;
            /**
             * Format: decimal
             * @description null where there is no loss to divide by.
             */
            profit_factor: Decimal | null;
            /**
             * Format: int64
             * @description Wins, losses and breakevens.
             */
            signals_with_result: number;
            /** Format: decimal */
            total_profit_loss: Decimal;
            /** Format: int64 */
            total_signals: number;
            /** Format: uuid */
            user_id: string;
            /**
             * Format: decimal
             * @description Percent of wins among wins and losses.
             */
            win_rate: Decimal;
            /** Format: int64 */
            wins: number;
        } & {
            [key: string]: unknown;
        };
        StatsOutputBody: {
            /** @description The row of trading_signals_stats; with any parameter, the same members of the signals that the filter lets through. */
            data: components["schemas"]["Stats"];
            /** @description With any parameter. */
            details?: components["schemas"]["Details"];
            /** @description The parameters that were sent. */
            filter?: {
                [key: string]: string;
            };
            /** @description With group_by: at most 200. */
            groups?: components["schemas"]["Group"][];
            /** @description Parameters of the query that nobody knows. */
            ignored?: string[];
            /** @description With group_by: the groups after the first 200, added up. */
            other?: components["schemas"]["Figures"];
            success: boolean;
            /** @description The time zone of days and hours. */
            tz?: string;
        } & {
            [key: string]: unknown;
        };
        TestAlertOutputBody: {
            message: string;
            /** @description What to do now. */
            next_step: string;
            /**
             * @description Why there is no screenshot, as a stable code; other: the words of the Node service, in a row that it wrote.
             * @enum {string|null}
             */
            screenshot_error: "blocked" | "browser_crashed" | "capture_off" | "chart_not_found" | "chart_private" | "cookies_malformed" | "cookies_unreadable" | "daily_limit" | "dialog_open" | "internal" | "navigation_timeout" | "no_chart" | "no_cookies" | "no_data" | "not_painted" | "plan_limit" | "rate_limited" | "session_expired" | "site_error" | "storage_rejected" | "storage_unavailable" | "symbol_not_found" | "too_large" | "too_late" | "wrong_interval" | "wrong_symbol" | "other" | null;
            screenshot_queued: boolean;
            /** Format: uuid */
            signal_id: string;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
        UpdateConfigOutputBody: {
            /** @description This request stored cookies, encrypted. */
            cookies_encrypted: boolean;
            data: components["schemas"]["Config"];
            message: string;
            success: boolean;
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "get-facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactsOutputBody"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-alerts-read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadAlertInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadAlertOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-alerts-test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestAlertOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelsOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Post-api-channelsRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-api-channels-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "patch-api-channels-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChannelMembers"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-channels-id-confirm-code": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOutputBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-channels-id-connect": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelConnectOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-channels-id-test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelTestOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-channels-id-unsubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOutputBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-api-config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfigChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdateConfigOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-config-cookies-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CookieCheckOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-config-webhook-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotateOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-deliveries": {
        parameters: {
            query?: {
                outcome?: "all" | "accepted" | "duplicate" | "quota_exceeded" | "rate_limited" | "disabled" | "too_large" | "refused_sender";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
                /** @description The id of the signal that they made or repeat. */
                signal?: string;
                /** @description How many, 1 to 200. */
                limit?: number;
                /** @description next_cursor of the part before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveriesOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-deliveries-replay": {
        parameters: {
            query?: {
                outcome?: "all" | "accepted" | "duplicate" | "quota_exceeded" | "rate_limited" | "disabled" | "too_large" | "refused_sender";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountReplaysOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-deliveries-replay": {
        parameters: {
            query?: {
                outcome?: "all" | "accepted" | "duplicate" | "quota_exceeded" | "rate_limited" | "disabled" | "too_large" | "refused_sender";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayManyOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-deliveries-id-replay": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The delivery's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-notifications": {
        parameters: {
            query?: {
                state?: "all" | "waiting" | "ready" | "sending" | "sent" | "failed" | "expired" | "cancelled";
                /** @description The id of a channel. */
                channel?: string;
                /** @description The id of a signal. */
                signal?: string;
                limit?: number;
                /** @description next_cursor of the part before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationsOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-notifications-id-resend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-quota": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-signals": {
        parameters: {
            query?: {
                /** @description How many, 1 to 200. */
                limit?: number;
                /** @description How many to skip. Over long lists next_cursor is faster and does not shift when signals arrive. */
                offset?: number;
                result?: "all" | "pending" | "win" | "loss" | "breakeven" | "skip";
                /** @description EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below. */
                ticker?: string;
                exchange?: string;
                direction?: "all" | "LONG" | "SHORT" | "none";
                /** @description The indicator's whole name, in any case. */
                indicator?: string;
                /** @description The whole type of signal, in any case. */
                signal_type?: string;
                /** @description 15, 60, 1D, or in words: 15m, 1h, daily. */
                interval?: string;
                /** @description One of the signal's tags. */
                tag?: string;
                /** @description What the alert speaks of; none for those that tell neither. */
                event_kind?: "all" | "entry" | "exit" | "none";
                /** @description The hour in which the alert fired, 0 to 23, by your preferred_timezone. */
                hour?: string;
                /** @description The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone. */
                weekday?: number;
                /** @description The day on which the alert fired, by your preferred_timezone. */
                day?: string;
                /** @description The week of ISO 8601 in which the alert fired, by your preferred_timezone. */
                week?: string;
                /** @description The month in which the alert fired, by your preferred_timezone. */
                month?: string;
                /** @description The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other. */
                session?: "all" | "tokyo" | "london" | "london_new_york" | "new_york" | "weekend" | "other";
                /** @description The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known. */
                us_session?: "all" | "pre_market" | "regular" | "after_hours" | "closed";
                /** @description What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones. */
                counted?: "all" | "decided" | "with_amount" | "without_amount" | "clashes" | "with_r" | "held" | "current_streak" | "longest_win_streak" | "longest_loss_streak";
                /** @description A profit_loss of so much or more. */
                pnl_from?: string;
                /** @description A profit_loss of less than this. */
                pnl_to?: string;
                /** @description A profit of so many times the risk or more. */
                r_from?: string;
                /** @description A profit of less than so many times the risk. */
                r_to?: string;
                /** @description Of the screenshot. */
                status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
                /** @description Where the signals came from. Statistics leave out test and demo unless they are asked for one of them. */
                origin?: "all" | "alert" | "replay" | "test" | "demo";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
                /** @description The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone. */
                tz?: string;
                /** @description Text to look for in indicator, ticker, signal type, notes and the raw message. */
                q?: string;
                /** @description next_cursor of the part before; offset is ignored and total is null. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-signals-bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-signals-export": {
        parameters: {
            query?: {
                result?: "all" | "pending" | "win" | "loss" | "breakeven" | "skip";
                /** @description EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below. */
                ticker?: string;
                exchange?: string;
                direction?: "all" | "LONG" | "SHORT" | "none";
                /** @description The indicator's whole name, in any case. */
                indicator?: string;
                /** @description The whole type of signal, in any case. */
                signal_type?: string;
                /** @description 15, 60, 1D, or in words: 15m, 1h, daily. */
                interval?: string;
                /** @description One of the signal's tags. */
                tag?: string;
                /** @description What the alert speaks of; none for those that tell neither. */
                event_kind?: "all" | "entry" | "exit" | "none";
                /** @description The hour in which the alert fired, 0 to 23, by your preferred_timezone. */
                hour?: string;
                /** @description The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone. */
                weekday?: number;
                /** @description The day on which the alert fired, by your preferred_timezone. */
                day?: string;
                /** @description The week of ISO 8601 in which the alert fired, by your preferred_timezone. */
                week?: string;
                /** @description The month in which the alert fired, by your preferred_timezone. */
                month?: string;
                /** @description The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other. */
                session?: "all" | "tokyo" | "london" | "london_new_york" | "new_york" | "weekend" | "other";
                /** @description The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known. */
                us_session?: "all" | "pre_market" | "regular" | "after_hours" | "closed";
                /** @description What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones. */
                counted?: "all" | "decided" | "with_amount" | "without_amount" | "clashes" | "with_r" | "held" | "current_streak" | "longest_win_streak" | "longest_loss_streak";
                /** @description A profit_loss of so much or more. */
                pnl_from?: string;
                /** @description A profit_loss of less than this. */
                pnl_to?: string;
                /** @description A profit of so many times the risk or more. */
                r_from?: string;
                /** @description A profit of less than so many times the risk. */
                r_to?: string;
                /** @description Of the screenshot. */
                status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
                /** @description Where the signals came from. Statistics leave out test and demo unless they are asked for one of them. */
                origin?: "all" | "alert" | "replay" | "test" | "demo";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
                /** @description The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone. */
                tz?: string;
                /** @description Text to look for in indicator, ticker, signal type, notes and the raw message. */
                q?: string;
                format?: "csv" | "json";
                /** @description Of CSV: excel begins with a byte order mark; excel-es has semicolons and decimal commas too; the others are the columns of trading journals. */
                dialect?: "standard" | "excel" | "excel-es" | "tradervue" | "tradetally" | "tradenote";
                /** @description For a journal: how much was traded each time. */
                quantity?: string;
                /** @description Of CSV: the names of the columns, separated by commas. Default: all. */
                columns?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Signal"][];
                    "text/csv": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-signals-stream": {
        parameters: {
            query?: never;
            header?: {
                /** @description The id of the last event that arrived: what happened since is told first. Without it the stream begins now. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-signals-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The signal's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-api-signals-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The signal's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignalChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-api-signals-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The signal's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "patch-api-signals-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The signal's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignalChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-signals-id-screenshot": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The signal's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-stats": {
        parameters: {
            query?: {
                result?: "all" | "pending" | "win" | "loss" | "breakeven" | "skip";
                /** @description EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below. */
                ticker?: string;
                exchange?: string;
                direction?: "all" | "LONG" | "SHORT" | "none";
                /** @description The indicator's whole name, in any case. */
                indicator?: string;
                /** @description The whole type of signal, in any case. */
                signal_type?: string;
                /** @description 15, 60, 1D, or in words: 15m, 1h, daily. */
                interval?: string;
                /** @description One of the signal's tags. */
                tag?: string;
                /** @description What the alert speaks of; none for those that tell neither. */
                event_kind?: "all" | "entry" | "exit" | "none";
                /** @description The hour in which the alert fired, 0 to 23, by your preferred_timezone. */
                hour?: string;
                /** @description The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone. */
                weekday?: number;
                /** @description The day on which the alert fired, by your preferred_timezone. */
                day?: string;
                /** @description The week of ISO 8601 in which the alert fired, by your preferred_timezone. */
                week?: string;
                /** @description The month in which the alert fired, by your preferred_timezone. */
                month?: string;
                /** @description The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other. */
                session?: "all" | "tokyo" | "london" | "london_new_york" | "new_york" | "weekend" | "other";
                /** @description The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known. */
                us_session?: "all" | "pre_market" | "regular" | "after_hours" | "closed";
                /** @description What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones. */
                counted?: "all" | "decided" | "with_amount" | "without_amount" | "clashes" | "with_r" | "held" | "current_streak" | "longest_win_streak" | "longest_loss_streak";
                /** @description A profit_loss of so much or more. */
                pnl_from?: string;
                /** @description A profit_loss of less than this. */
                pnl_to?: string;
                /** @description A profit of so many times the risk or more. */
                r_from?: string;
                /** @description A profit of less than so many times the risk. */
                r_to?: string;
                /** @description Of the screenshot. */
                status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
                /** @description Where the signals came from. Statistics leave out test and demo unless they are asked for one of them. */
                origin?: "all" | "alert" | "replay" | "test" | "demo";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
                /** @description The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone. */
                tz?: string;
                /** @description Text to look for in indicator, ticker, signal type, notes and the raw message. */
                q?: string;
                /** @description Figures for each value too, the best first by the lower end of the win rate's interval. Groups by tag add up to more than the total: a signal with two tags counts in both. */
                group_by?: "ticker" | "exchange" | "indicator" | "signal_type" | "direction" | "interval" | "hour" | "weekday" | "day" | "week" | "month" | "session" | "us_session" | "tag" | "result";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatsOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-stats-calendar": {
        parameters: {
            query?: {
                result?: "all" | "pending" | "win" | "loss" | "breakeven" | "skip";
                /** @description EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below. */
                ticker?: string;
                exchange?: string;
                direction?: "all" | "LONG" | "SHORT" | "none";
                /** @description The indicator's whole name, in any case. */
                indicator?: string;
                /** @description The whole type of signal, in any case. */
                signal_type?: string;
                /** @description 15, 60, 1D, or in words: 15m, 1h, daily. */
                interval?: string;
                /** @description One of the signal's tags. */
                tag?: string;
                /** @description What the alert speaks of; none for those that tell neither. */
                event_kind?: "all" | "entry" | "exit" | "none";
                /** @description The hour in which the alert fired, 0 to 23, by your preferred_timezone. */
                hour?: string;
                /** @description The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone. */
                weekday?: number;
                /** @description The day on which the alert fired, by your preferred_timezone. */
                day?: string;
                /** @description The week of ISO 8601 in which the alert fired, by your preferred_timezone. */
                week?: string;
                /** @description The month in which the alert fired, by your preferred_timezone. */
                month?: string;
                /** @description The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other. */
                session?: "all" | "tokyo" | "london" | "london_new_york" | "new_york" | "weekend" | "other";
                /** @description The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known. */
                us_session?: "all" | "pre_market" | "regular" | "after_hours" | "closed";
                /** @description What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones. */
                counted?: "all" | "decided" | "with_amount" | "without_amount" | "clashes" | "with_r" | "held" | "current_streak" | "longest_win_streak" | "longest_loss_streak";
                /** @description A profit_loss of so much or more. */
                pnl_from?: string;
                /** @description A profit_loss of less than this. */
                pnl_to?: string;
                /** @description A profit of so many times the risk or more. */
                r_from?: string;
                /** @description A profit of less than so many times the risk. */
                r_to?: string;
                /** @description Of the screenshot. */
                status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
                /** @description Where the signals came from. Statistics leave out test and demo unless they are asked for one of them. */
                origin?: "all" | "alert" | "replay" | "test" | "demo";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
                /** @description The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone. */
                tz?: string;
                /** @description Text to look for in indicator, ticker, signal type, notes and the raw message. */
                q?: string;
                /** @description Default: this year. */
                year?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-stats-equity": {
        parameters: {
            query?: {
                result?: "all" | "pending" | "win" | "loss" | "breakeven" | "skip";
                /** @description EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below. */
                ticker?: string;
                exchange?: string;
                direction?: "all" | "LONG" | "SHORT" | "none";
                /** @description The indicator's whole name, in any case. */
                indicator?: string;
                /** @description The whole type of signal, in any case. */
                signal_type?: string;
                /** @description 15, 60, 1D, or in words: 15m, 1h, daily. */
                interval?: string;
                /** @description One of the signal's tags. */
                tag?: string;
                /** @description What the alert speaks of; none for those that tell neither. */
                event_kind?: "all" | "entry" | "exit" | "none";
                /** @description The hour in which the alert fired, 0 to 23, by your preferred_timezone. */
                hour?: string;
                /** @description The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone. */
                weekday?: number;
                /** @description The day on which the alert fired, by your preferred_timezone. */
                day?: string;
                /** @description The week of ISO 8601 in which the alert fired, by your preferred_timezone. */
                week?: string;
                /** @description The month in which the alert fired, by your preferred_timezone. */
                month?: string;
                /** @description The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other. */
                session?: "all" | "tokyo" | "london" | "london_new_york" | "new_york" | "weekend" | "other";
                /** @description The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known. */
                us_session?: "all" | "pre_market" | "regular" | "after_hours" | "closed";
                /** @description What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones. */
                counted?: "all" | "decided" | "with_amount" | "without_amount" | "clashes" | "with_r" | "held" | "current_streak" | "longest_win_streak" | "longest_loss_streak";
                /** @description A profit_loss of so much or more. */
                pnl_from?: string;
                /** @description A profit_loss of less than this. */
                pnl_to?: string;
                /** @description A profit of so many times the risk or more. */
                r_from?: string;
                /** @description A profit of less than so many times the risk. */
                r_to?: string;
                /** @description Of the screenshot. */
                status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
                /** @description Where the signals came from. Statistics leave out test and demo unless they are asked for one of them. */
                origin?: "all" | "alert" | "replay" | "test" | "demo";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
                /** @description The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone. */
                tz?: string;
                /** @description Text to look for in indicator, ticker, signal type, notes and the raw message. */
                q?: string;
                /** @description The balance of the account before the first signal, for the drawdown in percent. */
                balance?: string;
                /** @description About how many points: of each stretch the first, lowest, highest and last. */
                points?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EquityOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-stats-histogram": {
        parameters: {
            query?: {
                result?: "all" | "pending" | "win" | "loss" | "breakeven" | "skip";
                /** @description EXCHANGE:SYMBOL or SYMBOL; none for signals without one, here and below. */
                ticker?: string;
                exchange?: string;
                direction?: "all" | "LONG" | "SHORT" | "none";
                /** @description The indicator's whole name, in any case. */
                indicator?: string;
                /** @description The whole type of signal, in any case. */
                signal_type?: string;
                /** @description 15, 60, 1D, or in words: 15m, 1h, daily. */
                interval?: string;
                /** @description One of the signal's tags. */
                tag?: string;
                /** @description What the alert speaks of; none for those that tell neither. */
                event_kind?: "all" | "entry" | "exit" | "none";
                /** @description The hour in which the alert fired, 0 to 23, by your preferred_timezone. */
                hour?: string;
                /** @description The day on which the alert fired, 1 Monday to 7 Sunday, by your preferred_timezone. */
                weekday?: number;
                /** @description The day on which the alert fired, by your preferred_timezone. */
                day?: string;
                /** @description The week of ISO 8601 in which the alert fired, by your preferred_timezone. */
                week?: string;
                /** @description The month in which the alert fired, by your preferred_timezone. */
                month?: string;
                /** @description The market hours in which the alert fired, Monday to Friday: Tokyo 9 to 18, London and New York 8 to 17, each by its own clock; where two are open, the later to open, but London with New York. Outside them weekend, which is your own Saturday and Sunday, or other. */
                session?: "all" | "tokyo" | "london" | "london_new_york" | "new_york" | "weekend" | "other";
                /** @description The hours of US stocks in which the alert fired, Monday to Friday, by New York's clock: from 4:00, 9:30, 16:00 and 20:00. Holidays are not known. */
                us_session?: "all" | "pre_market" | "regular" | "after_hours" | "closed";
                /** @description What a figure of the statistics counts: decided are wins, losses and breakevens; of these with or without a profit_loss, those whose mark and amount disagree, those whose risk is known, and those with a closed_at; or the signals of one streak among what the other filters let through, the latest of equally long ones. */
                counted?: "all" | "decided" | "with_amount" | "without_amount" | "clashes" | "with_r" | "held" | "current_streak" | "longest_win_streak" | "longest_loss_streak";
                /** @description A profit_loss of so much or more. */
                pnl_from?: string;
                /** @description A profit_loss of less than this. */
                pnl_to?: string;
                /** @description A profit of so many times the risk or more. */
                r_from?: string;
                /** @description A profit of less than so many times the risk. */
                r_to?: string;
                /** @description Of the screenshot. */
                status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
                /** @description Where the signals came from. Statistics leave out test and demo unless they are asked for one of them. */
                origin?: "all" | "alert" | "replay" | "test" | "demo";
                /** @description Arrived on this day or later, or at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are those of your preferred_timezone. */
                from?: string;
                /** @description Arrived on this day or earlier, or before this moment. */
                to?: string;
                /** @description The time zone of the IANA database by which days and hours are told, instead of your preferred_timezone. */
                tz?: string;
                /** @description Text to look for in indicator, ticker, signal type, notes and the raw message. */
                q?: string;
                /** @description Of profits and losses, or of their multiples of the risk. */
                of?: "pnl" | "r";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistogramOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthOutputBody"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unhealthy: the database does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthOutputBody"];
                };
            };
        };
    };
    "get-livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeOutputBody"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-pictures-user-id-file": {
        parameters: {
            query?: {
                /** @description Of a signed address: when it ends, in Unix seconds. */
                expires?: string;
                /** @description Of a signed address. */
                signature?: string;
            };
            header?: never;
            path: {
                user_id: string;
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeOutputBody"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
