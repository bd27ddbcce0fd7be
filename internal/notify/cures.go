package notify

// allCures returns what helps against each code, in English and in Spanish.
func allCures() map[string][2]string {
	all := map[string][2]string{
		"":                  {"The service refuses messages (%s). Check the channel's settings.", "El servicio rechaza los mensajes (%s). Revisa los ajustes del canal."},
		"http_":             {"The receiver keeps answering with status %s. Mend the receiver.", "El receptor responde siempre con el estado %s. Arregla el receptor."},
		"smtp_":             {"The mail server refused several messages in a row (%s). Check the address.", "El servidor de correo rechazó varios mensajes seguidos (%s). Revisa la dirección."},
		"not_connected":     {"The channel is not connected yet: finish POST /api/channels/{id}/connect, or follow the link in the mail.", "El canal está sin conectar: termina POST /api/channels/{id}/connect, o sigue el enlace del correo."},
		"forbidden":         {"The service does not allow it. Check the channel's permissions or the access token.", "El servicio no lo permite. Revisa los permisos del canal o el token de acceso."},
		"service_paused":    {"The service has refused too many requests of this server and is left alone for a while.", "El servicio rechazó demasiadas peticiones de este servidor y se le deja en paz un rato."},
		"rate_limited":      {"The service asks us to wait.", "El servicio nos pide esperar."},
		"bad_address":       {"The address cannot be used. Check the channel's settings.", "La dirección no sirve. Revisa los ajustes del canal."},
		"address_refused":   {"The address does not lead to a public server over https.", "La dirección no lleva a un servidor https público."},
		"no_address":        {"Your account has no confirmed mail address.", "Tu cuenta no tiene una dirección de correo confirmada."},
		"secret_unreadable": {"The stored secret cannot be opened: save it again.", "El secreto guardado no se puede abrir: guárdalo otra vez."},
		"bad_secret":        {"The signing secret cannot be read: rotate it.", "El secreto de firma no se puede leer: rótalo."},
		"gone":              {"The receiver answered 410 and wants no more messages. Send a test to switch it on again.", "El receptor respondió 410 y no quiere más mensajes. Envía una prueba para volver a encenderlo."},
		"redirected":        {"The receiver redirects. Save the address that it redirects to.", "El receptor redirige. Guarda la dirección a la que redirige."},
		"unreachable":       {"The server cannot be reached. Check its address, or try again later.", "No se puede llegar al servidor. Revisa su dirección, o inténtalo más tarde."},
		"no_answer":         {"The server takes messages and does not answer. Mend the receiver.", "El servidor recibe los mensajes y no responde. Arregla el receptor."},
		"mail_server":       {"The mail server cannot be reached. Its operator has to check SMTP_URL.", "No se puede llegar al servidor de correo. Su operador debe revisar SMTP_URL."},
		"not_ntfy":          {"There is no ntfy server at this address.", "En esta dirección no hay un servidor ntfy."},
		"daily_limit":       {"The day's messages at this ntfy server are used up.", "Se agotaron los mensajes del día en este servidor ntfy."},
		"own_limit":         {"Too many new bots are being connected right now. Try again in a few seconds.", "Se están conectando demasiados bots nuevos. Inténtalo en unos segundos."},
		"webhook_gone":      {"The webhook was deleted. Make a new one and save its URL.", "El webhook fue borrado. Crea otro y guarda su URL."},
		"thread_required":   {"The webhook belongs to a forum: give the id of a thread as thread_id.", "El webhook es de un foro: da el id de un hilo como thread_id."},
	}
	for _, more := range []map[string][2]string{telegramCures(), slackCures()} {
		for code, texts := range more {
			all[code] = texts
		}
	}
	return all
}

func telegramCures() map[string][2]string {
	return map[string][2]string{
		"bad_token":        {"Telegram does not know this bot token. Copy it again from @BotFather.", "Telegram no conoce este token de bot. Cópialo otra vez de @BotFather."},
		"no_token":         {"The channel has no bot token, and this service has no bot of its own.", "El canal no tiene token de bot, y este servicio no tiene un bot propio."},
		"blocked":          {"You have blocked the bot. Open the chat with it in Telegram and press Unblock, then send a test.", "Has bloqueado el bot. Abre su chat en Telegram y pulsa Desbloquear; después envía una prueba."},
		"user_gone":        {"This Telegram account does not exist any more.", "Esta cuenta de Telegram ya no existe."},
		"kicked":           {"The bot was removed from the group. Add it again, then send a test.", "El bot fue expulsado del grupo. Añádelo otra vez y envía una prueba."},
		"not_a_member":     {"The bot is not in this group or channel. Add it, in a channel as an administrator.", "El bot no está en este grupo o canal. Añádelo; en un canal, como administrador."},
		"chat_gone":        {"The group was deleted.", "El grupo fue borrado."},
		"not_started":      {"The bot may not write first: open the chat with it in Telegram and press Start.", "El bot no puede escribir primero: abre su chat en Telegram y pulsa Iniciar."},
		"chat_not_found":   {"Telegram finds no such chat. Press Start in the chat with the bot, or connect it again.", "Telegram no encuentra ese chat. Pulsa Iniciar en el chat con el bot, o conéctalo otra vez."},
		"no_rights":        {"The bot may not write here. Let it send messages and photos.", "El bot no puede escribir aquí. Permítele enviar mensajes y fotos."},
		"thread_not_found": {"The topic does not exist any more.", "El tema ya no existe."},
		"bot_has_webhook":  {"This bot has a webhook of another program, so that we cannot read what is sent to it. Give the chat id by hand.", "Este bot tiene un webhook de otro programa, y no podemos leer lo que recibe. Da el id del chat a mano."},
	}
}

func slackCures() map[string][2]string {
	cures := map[string][2]string{
		"channel_is_archived": {"The Slack channel is archived.", "El canal de Slack está archivado."},
		"channel_not_found":   {"Slack finds no such channel. Give its id, and invite the bot.", "Slack no encuentra ese canal. Da su id e invita al bot."},
		"not_in_channel":      {"The bot is not in the channel: invite it there.", "El bot no está en el canal: invítalo."},
		"invalid_auth":        {"Slack does not know this token. Copy it again.", "Slack no conoce este token. Cópialo otra vez."},
		"token_revoked":       {"The Slack token was revoked. Make a new one.", "El token de Slack fue revocado. Crea otro."},
		"missing_scope":       {"The Slack token lacks a scope: chat:write and files:write are needed.", "Al token de Slack le falta un permiso: hacen falta chat:write y files:write."},
		"no_service":          {"The incoming webhook was removed from Slack. Make a new one.", "El webhook entrante fue quitado de Slack. Crea otro."},
		"action_prohibited":   {"Slack's administrators do not allow this webhook to post.", "Los administradores de Slack no permiten que este webhook publique."},
		"account_inactive":    {"The Slack account or workspace of this token is closed.", "La cuenta o el espacio de Slack de este token está cerrado."},
	}
	for code, same := range map[string]string{ // codes that mean what another means to their owner
		"is_archived": "channel_is_archived", "not_authed": "invalid_auth", "invalid_token": "invalid_auth", "token_expired": "token_revoked",
		"no_active_hooks": "no_service", "posting_to_general_channel_denied": "action_prohibited", "restricted_action": "action_prohibited",
		"ekm_access_denied": "action_prohibited", "org_login_required": "action_prohibited", "team_access_not_granted": "action_prohibited",
		"no_team": "account_inactive", "team_disabled": "account_inactive", "user_not_found": "account_inactive",
	} {
		cures[code] = cures[same]
	}
	return cures
}
