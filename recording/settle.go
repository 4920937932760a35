package recording

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// maxSettled bounds how many folders are remembered.
const maxSettled = 4096

// settledFolders are those whose own names are on the disk for certain. The name of
// a new file is in its folder, which is synced each time; the name of that folder is
// in another one, which is synced once.
type settledFolders struct {
	mu    sync.Mutex
	known map[string]bool
}

func (s *settledFolders) has(folder string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[folder]
}

func (s *settledFolders) add(folder string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= maxSettled {
		s.known = make(map[string]bool)
	}
	s.known[folder] = true
}

func (s *settledFolders) remove(folder string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, folder)
}

// forgetMissing forgets the folders of a key that are not there, or not any more:
// they are about to be made, and are not on the disk by that.
func (a *Archive) forgetMissing(key string) {
	if a.folder == "" {
		return
	}
	for f := filepath.Dir(a.path(key)); f != a.folder; f = filepath.Dir(f) {
		if _, err := os.Stat(f); err == nil {
			return
		}
		a.folders.remove(f)
	}
}

// settle sees to it that the name of a file survives a power cut.
func (a *Archive) settle(key string) error {
	f := filepath.Dir(a.path(key))
	if err := syncFolder(f); err != nil {
		return err
	}
	for ; f != a.folder && !a.folders.has(f); f = filepath.Dir(f) {
		if err := syncFolder(filepath.Dir(f)); err != nil {
			return err
		}
		a.folders.add(f)
	}
	return nil
}

// syncFolder writes the names in a folder to the disk. Some network file systems
// cannot be asked to, and do it anyway.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
