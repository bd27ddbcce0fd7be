package chromium

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// text returns a reader of a text of a length. The text is never in memory as a whole.
func text(length int64) io.Reader { return io.LimitReader(letters{}, length) }

type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

func TestATooLargeMessageIsReplacedByAnErrorForItsPage(t *testing.T) {
	t.Parallel()
	const detached = `{"method":"Inspector.detached","params":{"reason":"` + oversize + `"},"sessionId":"AB12"}` + "\x00"
	large := int64(4 * maxMessageBytes)
	for name, c := range map[string]struct {
		head string
		body int64
		tail string
		want string // "" for the message itself
	}{
		"an answer":                    {`{"id":7,"result":{"value":"`, 100, `"},"sessionId":"AB12"}`, ""},
		"a large one that still fits":  {`{"id":7,"result":{"value":"`, maxMessageBytes - 1000, `"},"sessionId":"AB12"}`, ""},
		"an answer of a page":          {`{"id":7,"result":{"value":"`, large, `"},"sessionId":"AB12"}`, detached + `{"id":7,"error":{"code":-32000,"message":"` + oversize + `"},"sessionId":"AB12"}` + "\x00"},
		"an event of a page":           {`{"method":"Network.requestWillBeSent","params":{"url":"`, large, `"},"sessionId":"AB12"}`, detached},
		"an answer of the browser":     {`{"id":8,"result":{"value":"`, large, `"}}`, `{"id":8,"error":{"code":-32000,"message":"` + oversize + `"}}` + "\x00"},
		"an event of the browser":      {`{"method":"Target.targetInfoChanged","params":{"url":"`, large, `"}}`, "nothing"},
		"one that names a session too": {`{"method":"x","params":{"url":"\"sessionId\":\"CD\"}`, large, `"},"sessionId":"AB12"}`, detached},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const next = `{"id":9,"result":{}}` + "\x00"
			in := io.MultiReader(strings.NewReader(next+c.head), text(c.body), strings.NewReader(c.tail+"\x00"+next))
			var out bytes.Buffer
			if err := carry(&out, in); !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			got := strings.TrimSuffix(strings.TrimPrefix(out.String(), next), next)
			switch want := c.want; want {
			case "":
				if len(got) != len(c.head)+int(c.body)+len(c.tail)+1 || !strings.HasPrefix(got, c.head) || !strings.HasSuffix(got, c.tail+"\x00") {
					t.Errorf("the message with %d bytes came as %d bytes: %.60q", c.body, len(got), got)
				}
			case "nothing":
				if got != "" {
					t.Errorf("%.300q", got)
				}
			default:
				if got != want {
					t.Errorf("%.300q, want %q", got, want)
				}
			}
		})
	}
}

func TestAMessageThatIsTooLargeIsNotHeldInMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of all tests
	in := io.MultiReader(strings.NewReader(`{"id":7,"result":{"value":"`), text(1<<30), strings.NewReader(`"},"sessionId":"AB"}`+"\x00"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := carry(io.Discard, in); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// A buffer that grows to n bytes is copied meanwhile, which allocates a few times n in all.
	if took := after.TotalAlloc - before.TotalAlloc; took > 8*maxMessageBytes {
		t.Errorf("%d MB were allocated for a message of 1,074 MB", took/1e6)
	}
}
