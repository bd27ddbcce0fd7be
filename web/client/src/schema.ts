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
        get?: never;
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
        /** Read your statistics */
        get: operations["get-api-stats"];
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
        Config: {
            capture_enabled: boolean;
            capture_without_cookies: boolean;
            /** Format: date-time */
            consent_at: string | null;
            consent_version: string | null;
            /** @description Both TradingView cookies are stored. */
            cookies_configured: boolean;
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
             * @description 1280x720, 1920x1080 or 3840x2160.
             * @enum {string}
             */
            screenshot_resolution?: "720p" | "1080p" | "4k";
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
            outcome: "accepted" | "duplicate" | "quota_exceeded" | "rate_limited" | "disabled" | "too_large";
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
        HealthOutputBody: {
            /** @description Stable codes. */
            errors: string[];
            memory: components["schemas"]["Memory"];
            queue: components["schemas"]["Queue"];
            services: components["schemas"]["HealthServices"];
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
        ListOutputBody: {
            /**
             * Format: int64
             * @description How many are in data.
             */
            count: number;
            data: components["schemas"]["Signal"][];
            /** Format: int64 */
            limit: number;
            /** @description null at the end. */
            next_cursor: string | null;
            /** Format: int64 */
            offset: number;
            success: boolean;
            /**
             * Format: int64
             * @description How many there are; null with cursor.
             */
            total: number | null;
            /** @description Counting ended at 10,000. */
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
            /** Format: date-time */
            created_at: string;
            /** @description LONG, SHORT or null. */
            direction: string | null;
            /** Format: decimal */
            entry_price: Decimal | null;
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
            /** @description Why there is no screenshot, as a stable code. */
            screenshot_error: string | null;
            /** Format: int32 */
            screenshot_height: number | null;
            /** @description user_chart or public_chart. */
            screenshot_kind: string | null;
            screenshot_path: string | null;
            /** @description client or viewport. */
            screenshot_source: string | null;
            /** @enum {string} */
            screenshot_status: "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
            /** Format: date-time */
            screenshot_taken_at: string | null;
            screenshot_url: string | null;
            /** Format: int32 */
            screenshot_width: number | null;
            signal_type: string | null;
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
        SignalChanges: {
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
            data: components["schemas"]["Stats"];
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
                outcome?: "all" | "accepted" | "duplicate" | "quota_exceeded" | "rate_limited" | "disabled" | "too_large";
                /** @description Arrived at this time or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are UTC. */
                from?: string;
                /** @description Arrived before this time. */
                to?: string;
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
                outcome?: "all" | "accepted" | "duplicate" | "quota_exceeded" | "rate_limited" | "disabled" | "too_large";
                /** @description Arrived at this time or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are UTC. */
                from?: string;
                /** @description Arrived before this time. */
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
                /** @description EXCHANGE:SYMBOL or SYMBOL. */
                ticker?: string;
                direction?: "all" | "LONG" | "SHORT";
                /** @description The indicator's whole name, in any case. */
                indicator?: string;
                /** @description Of the screenshot. */
                status?: "all" | "pending" | "processing" | "completed" | "failed" | "skipped" | "expired";
                /** @description Arrived at this time or later: 2026-01-31 or 2026-01-31T08:00:00Z. Days are UTC. */
                from?: string;
                /** @description Arrived before this time. */
                to?: string;
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
