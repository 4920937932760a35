package recording

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"
)

// Helper files of fileblob: what is not yet whole, and what describes another file
// (only with ?metadata=).
const (
	tempSuffix  = ".tmp"
	attrsSuffix = ".attrs"
)

// stallTime is how long an archive may take over one piece. The SDK of S3 sets no
// limit of its own.
const stallTime = 2 * time.Minute

// ErrGone: there is no such file in the archive.
var ErrGone = errors.New("the file is not in the archive")

// Archive keeps files: in a folder, or in a bucket of S3 or of what speaks its
// language. A file is there whole or not at all. Errors of its methods are
// *Failure of reason storage, or [ErrGone].
type Archive struct {
	bucket *blob.Bucket
	// folder is where a file archive lies; empty: a bucket.
	folder  string
	folders settledFolders
	// volatile: what is in the folder need not survive a power cut.
	volatile bool
	stall    time.Duration
}

// OpenArchive opens the archive at file:///folder or s3://bucket/prefix; see
// [CheckURL]. A folder that is missing is an error, since it is rather a mount that
// is missing; ?create_dir=true makes it. Files in it are on the disk before they are
// shown, unless ?fsync=false says that speed matters more. Whether a bucket answers,
// [Archive.Accessible] tells. The keys of a bucket come from the environment or the
// files of AWS's SDK.
func OpenArchive(ctx context.Context, address string) (*Archive, error) {
	at, err := parsePlace(address)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	a := &Archive{stall: stallTime, volatile: at.volatile}
	if at.url.Scheme == "file" {
		if a.folder, err = folderOf(at); err != nil {
			return nil, err
		}
	}
	var schemes blob.URLMux
	schemes.RegisterBucket("file", &fileblob.URLOpener{})
	schemes.RegisterBucket("s3", &s3blob.URLOpener{})
	if a.bucket, err = schemes.OpenBucketURL(ctx, at.url); err != nil {
		return nil, fmt.Errorf("archive: %s: %s", at.url.Scheme, openFault(err))
	}
	if at.prefix != "" {
		a.bucket = blob.PrefixedBucket(a.bucket, at.prefix)
	}
	return a, nil
}

// folderOf returns where a file archive lies, and an error that says what to do if
// nothing is there.
func folderOf(at archivePlace) (string, error) {
	path := at.url.Path
	if at.url.Host == "." {
		path = strings.TrimPrefix(path, "/")
	}
	folder, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return "", fmt.Errorf("archive: the folder %s: %w", path, err)
	}
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist) && at.url.Query().Get("create_dir") != "":
		return folder, nil
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("archive: there is no folder %s; mount or make it, or have it made by ?create_dir=true", folder)
	case err != nil:
		return "", fmt.Errorf("archive: the folder %s: %w", folder, err)
	case !info.IsDir():
		return "", fmt.Errorf("archive: %s is no folder", folder)
	}
	return folder, nil
}

// openFault is why an archive could not be opened. The openers put the address
// before it, which is left out.
func openFault(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	return err.Error()
}

// Close gives back what the archive holds.
func (a *Archive) Close() error { return a.bucket.Close() }

// Exists reports whether there is a file.
func (a *Archive) Exists(ctx context.Context, key string) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	there, err := a.bucket.Exists(ctx, key)
	if err != nil {
		return false, storageFailure(err)
	}
	return there, nil
}

// Delete removes a file. One that is not there is no error.
func (a *Archive) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return a.remove(ctx, key)
}

func (a *Archive) remove(ctx context.Context, key string) error {
	if err := a.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return storageFailure(err)
	}
	return nil
}

// Accessible reports whether files can be written: it makes and removes an empty
// one in a folder. A bucket it asks for the name of a file, since a trace in a
// bucket may be there to stay.
func (a *Archive) Accessible(ctx context.Context) error {
	if a.folder == "" {
		there, err := a.bucket.IsAccessible(ctx)
		if err != nil {
			return storageFailure(err)
		}
		if !there {
			return newFailure(ReasonStorage, "there is no such bucket")
		}
		return nil
	}
	probe, err := os.CreateTemp(a.folder, ".probe-*"+tempSuffix)
	if err != nil {
		return storageFailure(err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return storageFailure(err)
	}
	return nil
}
