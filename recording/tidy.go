package recording

import (
	"context"
	"errors"
	"io"
	"strings"

	"gocloud.dev/blob"
)

// Tidy removes every file whose key begins with prefix, and what a worker that was
// killed left of such files. It returns how many that were. The prefix has to reach
// into the name of a file ("2026-07/abc."), so that one folder is read and not the
// whole archive.
//
// Parts of a file of more than 16 MiB that were sent to a bucket lie where nobody
// sees them; a rule of the bucket's life cycle (abort incomplete multipart uploads)
// removes those.
func (a *Archive) Tidy(ctx context.Context, prefix string) (int, error) {
	folder, name, _ := strings.Cut(prefix, "/")
	if folder == "" || name == "" || strings.HasSuffix(prefix, "/") {
		return 0, newFailure(ReasonStorage, "a prefix needs a folder and the beginning of a name")
	}
	// A prefix may end as a key does not.
	if err := checkKey(prefix + "x"); err != nil {
		return 0, err
	}
	removed := 0
	for files := a.bucket.List(&blob.ListOptions{Prefix: prefix}); ; removed++ {
		f, err := files.Next(ctx)
		if errors.Is(err, io.EOF) {
			return removed, nil
		}
		if err != nil {
			return removed, storageFailure(err)
		}
		if err := a.remove(ctx, f.Key); err != nil {
			return removed, err
		}
	}
}
