// Package web makes requests as the program's clients do. Only tests and end-to-end runs import it.
package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const maxAnswer = 32 << 20 // bytes that are read

// Send makes a request and returns its answer. token is sent as a bearer token unless it is "". A body that is a
// string is sent as it is; any other but nil is sent as JSON.
func Send(ctx context.Context, method, address, token string, body any) (status int, answer []byte, err error) {
	var reader io.Reader
	text, isText := body.(string)
	switch {
	case isText:
		reader = strings.NewReader(text)
	case body != nil:
		encoded, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return 0, nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if reader != nil && !isText {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, answer, err
}

// Ask is Send for an answer that is a JSON object. Any other answer gives a nil map, without an error.
func Ask(ctx context.Context, method, address, token string, body any) (status int, answer map[string]any, err error) {
	status, text, err := Send(ctx, method, address, token, body)
	_ = json.Unmarshal(text, &answer)
	return status, answer, err
}

// Read returns the body that a GET answers with 200. Any other status is an error.
func Read(ctx context.Context, address, token string) ([]byte, error) {
	status, answer, err := Send(ctx, http.MethodGet, address, token, nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s answered %d: %s", address, status, answer)
	}
	return answer, err
}

// Get decodes the JSON that a GET answers with 200. Any other status is an error.
func Get(ctx context.Context, address, token string, into any) error {
	answer, err := Read(ctx, address, token)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}
