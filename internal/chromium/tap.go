package chromium

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"sync"

	"golang.org/x/sys/unix"
)

// maxMessageBytes bounds one message of the browser. The DevTools library reads each message whole, and a
// page decides how large some are: the address of a request, what a script returns. The largest useful one
// is the picture of a viewport of 3840x2160, in base64.
const maxMessageBytes = 24 << 20

// oversize is the reason that a Page gets if a message of its own was left out.
const oversize = "a message of the page is too large"

// tap copies the browser's messages to the DevTools library. It leaves out messages that are too large, and
// reports each to its page, which then ends.
type tap struct {
	in    *os.File
	ended sync.WaitGroup

	closing sync.Once
	child   *os.File // the browser's end of the pipe; our copy is closed once the browser runs
}

// newTap puts a tap between cmd and the pipe that the library has given it: file descriptor 4, the second of
// the extra files.
func newTap(cmd *exec.Cmd) (*tap, error) {
	in, child, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the pipe of the browser's messages: %w", err)
	}
	out, err := duplicate(cmd.ExtraFiles[1])
	if err != nil {
		in.Close()
		child.Close()
		return nil, fmt.Errorf("keep the pipe of the browser's messages: %w", err)
	}
	t := &tap{in: in, child: child}
	cmd.ExtraFiles[1] = child
	// os/exec begins to read it once the process runs. As long as our copy of the browser's end is
	// open, the end of the browser would not be the end of its messages.
	cmd.Stdin = readerFunc(func([]byte) (int, error) { t.closeChild(); return 0, io.EOF })
	t.ended.Go(func() {
		defer out.Close()
		_ = carry(out, in) // either way there are no more messages
	})
	return t, nil
}

func (t *tap) closeChild() { t.closing.Do(func() { t.child.Close() }) }

// close ends the tap if the browser has not: it may never have started.
func (t *tap) close() {
	t.closeChild()
	t.in.Close()
	t.ended.Wait()
}

// duplicate returns another file of the same pipe, in non-blocking mode, so that writes to it hold no thread.
func duplicate(file *os.File) (*os.File, error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fd int
	var failed error
	if err := raw.Control(func(of uintptr) { fd, failed = unix.FcntlInt(of, unix.F_DUPFD_CLOEXEC, 0) }); err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), file.Name()), nil
}

type readerFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// carry copies messages until in ends. Each message ends with a zero byte. In place of one that is too large
// it writes a report to its page.
func carry(out io.Writer, in io.Reader) error {
	reader := bufio.NewReaderSize(in, 64<<10)
	var message []byte // as far as it is read
	for {
		part, err := reader.ReadSlice(0)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		whole := err == nil
		switch {
		case whole && len(message) == 0:
			_, err = out.Write(part)
		case len(message)+len(part) > maxMessageBytes:
			err = leaveOut(out, reader, message, part, whole)
			message = nil
		case whole:
			_, err = out.Write(append(message, part...))
			message = nil
		default:
			message, err = append(grown(message, len(part)), part...), nil
		}
		if err != nil {
			return err
		}
	}
}

// grown returns a message with room for more bytes. It doubles the room each time.
func grown(message []byte, more int) []byte {
	if len(message)+more <= cap(message) {
		return message
	}
	return append(make([]byte, 0, max(512<<10, 2*cap(message))), message...)
}

// The beginning and the end of a message, as the browser writes it. A page cannot write there.
var (
	messageID      = regexp.MustCompile(`^\{"id":([0-9]{1,19})[,}]`)
	messageSession = regexp.MustCompile(`"sessionId":"([0-9A-Fa-f]{1,64})"\}\x00?$`)
)

// leaveOut reads a message to its end without keeping it, and reports it to its page. head is the beginning
// of the message, part what was read last. whole is true if the message ends with part.
func leaveOut(out io.Writer, reader *bufio.Reader, head, part []byte, whole bool) error {
	id := messageID.FindSubmatch(head)
	const enough = 256
	var tail []byte
	for {
		if len(part) >= enough {
			tail = tail[:0]
		}
		tail = append(tail, part[max(0, len(part)-enough):]...)
		if whole {
			break
		}
		var err error
		part, err = reader.ReadSlice(0)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		whole = err == nil
	}
	var told bytes.Buffer
	session := ""
	if match := messageSession.FindSubmatch(tail); match != nil {
		session = fmt.Sprintf(`,"sessionId":"%s"`, match[1])
		fmt.Fprintf(&told, `{"method":"Inspector.detached","params":{"reason":"%s"}%s}`+"\x00", oversize, session)
	}
	if id != nil {
		fmt.Fprintf(&told, `{"id":%s,"error":{"code":-32000,"message":"%s"}%s}`+"\x00", id[1], oversize, session)
	}
	_, err := out.Write(told.Bytes())
	return err
}
