package main

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// emptyFiles gives back the room that files take. They are removed at the end of
// all measurements and not before: some file systems make new files slowly for a
// minute after many were removed, which would count against whoever comes next.
func emptyFiles(folder string) error {
	files, err := filesIn(folder)
	for _, name := range files {
		err = errors.Join(err, os.Truncate(name, 0))
	}
	return err
}

// filesIn are the files below a folder.
func filesIn(folder string) (files []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

// sumOf is a sum over what files hold, whatever they are called, and their size.
func sumOf(files []string) (sum string, size int64, err error) {
	sums := make([]string, len(files))
	for i, name := range files {
		n, err := func() (int64, error) {
			f, err := os.Open(name)
			if err != nil {
				return 0, err
			}
			defer f.Close()
			h := sha256.New()
			n, err := io.Copy(h, f)
			sums[i] = string(h.Sum(nil))
			return n, err
		}()
		if err != nil {
			return "", 0, err
		}
		size += n
	}
	slices.Sort(sums)
	return strings.Join(sums, ""), size, nil
}

// syncAll writes files and their names to the disk, some at a time.
func syncAll(files []string, atOnce int) error {
	var wg sync.WaitGroup
	errs := make([]error, atOnce)
	for i := range errs {
		wg.Go(func() {
			for n := i; n < len(files); n += atOnce {
				errs[i] = errors.Join(errs[i], syncOne(files[n]))
			}
		})
	}
	wg.Wait()
	folders := make(map[string]bool)
	for _, name := range files {
		folders[filepath.Dir(name)] = true
	}
	for folder := range folders {
		errs = append(errs, syncOne(folder))
	}
	return errors.Join(errs...)
}

func syncOne(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
