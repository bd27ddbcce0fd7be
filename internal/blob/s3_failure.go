package blob

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
)

// failure returns a client's error as a failure. It keeps only the code of the server's answer, because a message
// may hold a key or a path.
func (s *S3) failure(doing string, err error) *failure {
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		cause := withoutURL(err)
		if strings.Contains(cause.Error(), "://") { // the client's own error for a closed connection holds the address
			cause = errors.New("the server closed the connection")
		}
		if advice := s.unreachable(err); advice != nil {
			cause = fmt.Errorf("%w: %w", cause, advice)
		}
		return &failure{class: ErrUnavailable, doing: doing, cause: cause, again: !timedOut(err)}
	}
	f := &failure{doing: doing, cause: fmt.Errorf("status %d, %.60q", answer.StatusCode, answer.Code)}
	f.class, f.again = classifyS3(answer.StatusCode, answer.Code)
	if advice := adviseS3(answer.StatusCode, answer.Code); advice != nil {
		f.cause = fmt.Errorf("%w: %w", f.cause, advice)
	}
	return f
}

// classifyS3 returns the class of an answer, and whether another attempt may help at once. The code decides first:
// Amazon answers a slow upload with 400, and the removal of many objects has no status for each.
func classifyS3(status int, code string) (class error, again bool) {
	switch code {
	case "RequestTimeout", "SlowDown", "SlowDownRead", "SlowDownWrite", "InternalError", "ServiceUnavailable", "OperationAborted",
		"Throttling", "ThrottlingException", "RequestLimitExceeded":
		return ErrUnavailable, true
	case minio.NoSuchBucket, "NotImplemented", "MethodNotAllowed":
		return ErrRejected, false
	case minio.NoSuchKey:
		return ErrNotFound, false
	}
	switch {
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusLocked,
		status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500 && status != http.StatusNotImplemented:
		return ErrUnavailable, true
	default:
		// 400 a name or a header, 401 and 403 the keys, 404 another server, 3xx another region: the same
		// request meets the same answer.
		return ErrRejected, false
	}
}

// adviseS3 returns the cure if the operator has one, or the error that our own code looks for; otherwise nil.
func adviseS3(status int, code string) error {
	switch {
	case code == minio.NoSuchBucket:
		return errNoBucket
	case code == minio.NoSuchKey:
		return nil
	case code == "RequestTimeTooSkewed":
		return errors.New("this machine's clock is wrong")
	case status/100 == 3, code == "AuthorizationHeaderMalformed", code == "InvalidRegion":
		return errors.New("the bucket is elsewhere: check S3_REGION and S3_ENDPOINT")
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return errors.New("check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, which need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on the bucket")
	case status == http.StatusNotFound:
		return errors.New("no S3 server answers there; check S3_ENDPOINT")
	default:
		return nil
	}
}

// unreachable returns the cure if the host does not exist because the bucket's name was put before it.
func (s *S3) unreachable(err error) error {
	var lookup *net.DNSError
	if errors.As(err, &lookup) && lookup.IsNotFound && !s.pathStyle {
		return errors.New("set S3_FORCE_PATH_STYLE=true for a server that has no host name for each bucket")
	}
	return nil
}
