package main

import (
	"log/slog"
	"net"
)

// tellReady returns the function that tells systemd that the service is ready. socket is the path in NOTIFY_SOCKET; if
// it is "", tellReady returns nil.
func tellReady(socket string, log *slog.Logger) func() {
	if socket == "" {
		return nil
	}
	return func() {
		conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
		if err == nil {
			_, err = conn.Write([]byte("READY=1"))
			_ = conn.Close()
		}
		if err != nil {
			log.Error("could not notify systemd that the service is ready", "error", err)
		}
	}
}
