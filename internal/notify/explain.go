package notify

import (
	"fmt"
	"time"
)

// Explain puts a result into words for a channel's owner, with the cure.
func Explain(r Result) string {
	if r.Verdict == Sent {
		return "Delivered."
	}
	if text, ok := explanations()[r.Code]; ok {
		return text
	}
	switch r.Verdict {
	case Limited:
		return fmt.Sprintf("The service asks to wait for %s. Messages are held back until then.", r.After.Round(time.Second))
	case Unknown:
		return "The service took the message and did not answer. It may have arrived."
	case Retry:
		return "The message could not be delivered now and is tried again."
	case Sent, Refused, Broken:
	}
	return "The service refused the message: " + r.Detail
}

// explanations are the codes with a cure of their own; docs/notifications.md lists them too.
func explanations() map[string]string {
	return map[string]string{
		"bad_token":           "Telegram does not know this bot token. Copy it again from @BotFather.",
		"no_token":            "The channel has no bot token, and this service has no bot of its own.",
		"blocked":             "You have blocked the bot. Open the chat with it in Telegram and press Unblock, then send a test.",
		"user_gone":           "This Telegram account does not exist any more.",
		"kicked":              "The bot was removed from the group. Add it again, then send a test.",
		"not_a_member":        "The bot is not in this group or channel. Add it, in a channel as an administrator.",
		"chat_gone":           "The group was deleted.",
		"not_started":         "The bot may not write first: open the chat with it in Telegram and press Start.",
		"chat_not_found":      "Telegram finds no such chat. Press Start in the chat with the bot, or connect it again.",
		"no_rights":           "The bot may not write here. Let it send messages and photos.",
		"thread_not_found":    "The topic does not exist any more.",
		"bot_has_webhook":     "This bot has a webhook of another program, so that we cannot read what is sent to it. Give the chat id by hand.",
		"not_connected":       "The channel is not connected yet: finish POST /api/channels/{id}/connect, or follow the link in the mail.",
		"webhook_gone":        "The webhook was deleted. Make a new one and save its URL.",
		"thread_required":     "The webhook belongs to a forum: give the id of a thread as thread_id.",
		"forbidden":           "The service does not allow it. Check the channel's permissions or the access token.",
		"service_paused":      "The service has refused too many requests of this server and is left alone for a while.",
		"bad_address":         "The address cannot be used. Check the channel's settings.",
		"address_refused":     "The address does not lead to a public server over https.",
		"no_address":          "Your account has no confirmed mail address.",
		"secret_unreadable":   "The stored secret cannot be opened: save it again.",
		"bad_secret":          "The signing secret cannot be read: rotate it.",
		"gone":                "The receiver answered 410 and wants no more messages. Send a test to switch it on again.",
		"redirected":          "The receiver redirects. Save the address that it redirects to.",
		"unreachable":         "The server cannot be reached. Check its address, or try again later.",
		"mail_server":         "The mail server cannot be reached. Its operator has to check SMTP_URL.",
		"channel_is_archived": "The Slack channel is archived.",
		"channel_not_found":   "Slack finds no such channel. Give its id, and invite the bot.",
		"not_in_channel":      "The bot is not in the channel: invite it there.",
		"invalid_auth":        "Slack does not know this token. Copy it again.",
		"token_revoked":       "The Slack token was revoked. Make a new one.",
		"missing_scope":       "The Slack token lacks a scope: chat:write and files:write are needed.",
		"no_service":          "The incoming webhook was removed from Slack. Make a new one.",
		"action_prohibited":   "Slack's administrators do not allow this webhook to post.",
		"not_ntfy":            "There is no ntfy server at this address.",
		"daily_limit":         "The day's messages at this ntfy server are used up.",
		"own_limit":           "Too many new bots are being connected right now. Try again in a few seconds.",
	}
}
