package api

import (
	"context"
	"fmt"
	"strconv"

	"atalaya"
)

// quota is the month's quota as the existing front ends show it, in Spanish.
type quota struct {
	Total             int64    `json:"total" doc:"Signals a month; -1 for no end."`
	Used              int64    `json:"used"`
	Remaining         int64    `json:"remaining" doc:"-1 for no end."`
	TotalText         string   `json:"total_text"`
	RemainingText     string   `json:"remaining_text"`
	Percentage        *float64 `json:"percentage" doc:"Of the quota that is used, to two decimals; null where it has no end."`
	PercentageText    string   `json:"percentage_text"`
	Status            string   `json:"status" enum:"OK,ADVERTENCIA,CRÍTICO,EXCEDIDO,ILIMITADO"`
	StatusColor       string   `json:"status_color" enum:"green,yellow,orange,red,blue"`
	Warning           *string  `json:"warning"`
	CanReceiveSignals bool     `json:"can_receive_signals"`
	IsUnlimited       bool     `json:"is_unlimited"`
	UserID            string   `json:"user_id" format:"uuid"`
}

type quotaOutput struct {
	Body struct {
		Success bool  `json:"success"`
		Quota   quota `json:"quota"`
	}
}

func (s *server) getQuota(ctx context.Context, caller atalaya.Caller, _ *struct{}) (*quotaOutput, error) {
	config, err := s.Store.Config(ctx, caller)
	if err != nil {
		return nil, err
	}
	q := config.Quota()
	out := &quotaOutput{}
	out.Body.Success, out.Body.Quota = true, quotaView(q, s.QuotaMode)
	return out, nil
}

// quotaView returns a quota as the answer has it. A used-up month stops signals only if the mode is strict.
func quotaView(q atalaya.Quota, mode atalaya.QuotaMode) quota {
	view := quota{
		Total: q.Total, Used: q.Used, Remaining: q.Remaining(), Percentage: q.Percentage(),
		CanReceiveSignals: mode != atalaya.QuotaStrict || !q.Exceeded(),
		UserID:            string(q.UserID),
	}
	if view.Percentage == nil {
		view.TotalText, view.RemainingText, view.PercentageText = "Ilimitado", "Ilimitado", "Ilimitado"
		view.Status, view.StatusColor, view.IsUnlimited = "ILIMITADO", "blue", true
		return view
	}
	view.TotalText, view.RemainingText = strconv.FormatInt(q.Total, 10), strconv.FormatInt(view.Remaining, 10)
	view.PercentageText = strconv.FormatFloat(*view.Percentage, 'f', -1, 64) + "%"
	switch percent := *view.Percentage; {
	case q.Exceeded():
		view.Status, view.StatusColor = "EXCEDIDO", "red"
		view.Warning = text("Has agotado tu cuota mensual de señales.")
	case percent >= 90:
		view.Status, view.StatusColor = "CRÍTICO", "orange"
		view.Warning = text(fmt.Sprintf("Te quedan %d señales este mes.", view.Remaining))
	case percent >= 75:
		view.Status, view.StatusColor = "ADVERTENCIA", "yellow"
		view.Warning = text(fmt.Sprintf("Has usado el %s de tu cuota mensual.", view.PercentageText))
	default:
		view.Status, view.StatusColor = "OK", "green"
	}
	return view
}

func text(s string) *string { return &s }
