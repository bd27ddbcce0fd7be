package main

import (
	"net/http"
	"sync/atomic"
	"time"

	"atalaya/internal/blob/blobtest"
)

// How the storage behaves.
const (
	storageWell int32 = iota
	storageFails
	storageHangs
)

// storage is the double of Supabase Storage, which can be made to fail or hang.
type storage struct {
	*blobtest.Supabase
	mood atomic.Int32
}

// ServeHTTP implements http.Handler.
func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch s.mood.Load() {
	case storageFails:
		http.Error(w, `{"statusCode":"500","error":"InternalError","message":"an injury of this run"}`, http.StatusInternalServerError)
	case storageHangs:
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
	default:
		s.Supabase.ServeHTTP(w, r)
	}
}
