package api

import (
	"context"

	"atalaya"
)

// captureAgain queues another capture of a signal, whatever its age.
func (s *server) captureAgain(ctx context.Context, caller atalaya.Caller, in *signalInput) (*messageOutput, error) {
	id, err := signalID(in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Intake.CaptureAgain(ctx, caller, id); err != nil {
		return nil, err
	}
	out := &messageOutput{}
	out.Body.Success, out.Body.Message = true, "A new screenshot is queued; the signal's screenshot_status shows its progress."
	return out, nil
}
