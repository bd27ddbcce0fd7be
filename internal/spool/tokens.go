package spool

import (
	"bytes"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.etcd.io/bbolt"

	"atalaya"
)

const (
	hashSize = 32
	// flushEvery is how soon what was learned is on the disk.
	flushEvery = time.Second
	// maxPending bounds the tokens that wait to be written, which grow in number while the disk fails.
	maxPending = 10_000
	// maxTokens bounds the tokens in the file, each some 130 bytes: they share its room with the alerts.
	maxTokens = 500_000
)

// A token's value is its frame, its hash and its user's id, so that it too can be found in a damaged file.
var tokenFrame = []byte("ATSPTOK\x01")

const tokenSize = 8 + hashSize + userSize

// tokens are the tokens that the database knew, with their users.
type tokens struct {
	mu      sync.Mutex
	pending map[string]atalaya.UserID // by hash, not in the file yet; "" to be removed
	known   int                       // in the file
	end     chan struct{}
	running sync.WaitGroup
}

func (t *tokens) start(flush func() error) {
	t.end = make(chan struct{})
	t.running.Go(func() {
		ticker := time.NewTicker(flushEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				_ = flush() // Status tells of a file that cannot be written, and the next tick tries again
			case <-t.end:
				return
			}
		}
	})
}

func (t *tokens) stop() {
	close(t.end)
	t.running.Wait()
}

func (t *tokens) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known
}

// Knows returns the user of a token that the database knew, "" for every other.
func (s *Spool) Knows(token atalaya.WebhookToken) atalaya.UserID {
	hashes := s.opt.Sealer.TokenHashes(token.Reveal())
	s.tokens.mu.Lock()
	for _, hash := range hashes {
		if user, ok := s.tokens.pending[string(hash)]; ok {
			s.tokens.mu.Unlock()
			return user
		}
	}
	s.tokens.mu.Unlock()
	var user atalaya.UserID
	_ = s.view(func(tx *bbolt.Tx) error { // a file that cannot be read knows nobody; Status tells of it
		for _, hash := range hashes {
			if value := tx.Bucket(tokensBucket).Get(hash); len(value) == tokenSize {
				user = userOf(value)
				return nil
			}
		}
		return nil
	})
	return user
}

func userOf(value []byte) atalaya.UserID {
	return atalaya.UserID(uuid.UUID(value[tokenSize-userSize:]).String())
}

// Learn notes whose a token is; it is on the disk within a second.
func (s *Spool) Learn(token atalaya.WebhookToken, user atalaya.UserID) { s.note(token, user) }

// Forget drops a token that belongs to no user any more, or whose user takes no alerts.
func (s *Spool) Forget(token atalaya.WebhookToken) {
	if s.Knows(token) != "" {
		s.note(token, "")
	}
}

func (s *Spool) note(token atalaya.WebhookToken, user atalaya.UserID) {
	hashes := s.opt.Sealer.TokenHashes(token.Reveal())
	if len(hashes) == 0 {
		return
	}
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if len(s.tokens.pending) >= maxPending {
		return
	}
	s.tokens.pending[string(hashes[0])] = user
	for _, former := range hashes[1:] { // that of a former key is not needed any more
		s.tokens.pending[string(former)] = ""
	}
}

// flushTokens writes what was learned since the last time.
func (s *Spool) flushTokens() error {
	s.tokens.mu.Lock()
	batch := make(map[string]atalaya.UserID, len(s.tokens.pending))
	for hash, user := range s.tokens.pending {
		batch[hash] = user
	}
	s.tokens.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	var changed map[string][]byte
	err := s.view(func(tx *bbolt.Tx) (err error) {
		changed, err = differing(tx.Bucket(tokensBucket), batch)
		return err
	})
	more := 0
	if err == nil && len(changed) > 0 {
		err = s.update(s.room(), func(tx *bbolt.Tx) (err error) {
			more, err = writeTokens(tx.Bucket(tokensBucket), changed, s.tokens.count())
			return err
		})
	}
	if err != nil && !errors.Is(err, ErrFull) { // when full, what was learned is forgotten again
		return err
	}
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	s.tokens.known += more
	for hash, user := range batch {
		if s.tokens.pending[hash] == user {
			delete(s.tokens.pending, hash)
		}
	}
	return nil
}

// differing returns the values of a batch that the file lacks, by hash: most tokens are seen again and again. A nil value
// removes a token.
func differing(bucket *bbolt.Bucket, batch map[string]atalaya.UserID) (map[string][]byte, error) {
	changed := make(map[string][]byte)
	for hash, user := range batch {
		var value []byte
		if user != "" {
			id, err := uuid.Parse(string(user))
			if err != nil {
				return nil, err
			}
			value = append(append(bytes.Clone(tokenFrame), hash...), id[:]...)
		}
		if !bytes.Equal(bucket.Get([]byte(hash)), value) {
			changed[hash] = value
		}
	}
	return changed, nil
}

// writeTokens writes changed tokens, up to maxTokens in all, and returns how many more the file holds now.
func writeTokens(bucket *bbolt.Bucket, changed map[string][]byte, known int) (more int, err error) {
	for hash, value := range changed {
		key := []byte(hash)
		there := bucket.Get(key) != nil
		switch {
		case value == nil:
			if err := bucket.Delete(key); err != nil {
				return 0, err
			}
			if there {
				more--
			}
		case there || known+more < maxTokens:
			if err := bucket.Put(key, value); err != nil {
				return 0, err
			}
			if !there {
				more++
			}
		}
	}
	return more, nil
}
