package recording

import (
	"context"
	"os"
	"path/filepath"

	"gocloud.dev/blob"
)

// fileDraft is a file in a folder, under a temporary name.
type fileDraft struct {
	*blob.Writer
	archive *Archive
	key     string
	file    *os.File
	cancel  context.CancelFunc
}

func (a *Archive) newFileDraft(ctx context.Context, key, contentType string) (*fileDraft, error) {
	a.forgetMissing(key)
	ctx, cancel := context.WithCancel(ctx)
	d := &fileDraft{archive: a, key: key, cancel: cancel}
	options := writerOptions(contentType)
	options.BeforeWrite = func(as func(any) bool) error {
		as(&d.file)
		return nil
	}
	w, err := a.bucket.NewWriter(ctx, key, options)
	if err != nil {
		cancel()
		return nil, err
	}
	d.Writer = w
	return d, nil
}

// commit writes the bytes to the disk before it gives them their name: the other
// way round, a power cut may leave a name without bytes.
func (d *fileDraft) commit() error {
	if d.archive.volatile {
		return d.show()
	}
	if err := d.file.Sync(); err != nil {
		d.drop()
		return err
	}
	if err := d.show(); err != nil {
		return err
	}
	if err := d.archive.settle(d.key); err != nil {
		_ = os.Remove(d.archive.path(d.key))
		return err
	}
	return nil
}

// show renames the file, unless the context is over.
func (d *fileDraft) show() error {
	err := d.Writer.Close()
	d.cancel()
	if err != nil {
		d.sweep()
	}
	return err
}

// drop ends the context, at which closing removes the file.
func (d *fileDraft) drop() {
	d.cancel()
	_ = d.Writer.Close()
	d.sweep()
}

// sweep removes the temporary file, which fileblob leaves behind when a disk fails
// as late as in closing it.
func (d *fileDraft) sweep() { _ = os.Remove(d.file.Name()) }

func (d *fileDraft) hurry() { d.cancel() }

// path is where a file lies in a folder.
func (a *Archive) path(key string) string { return filepath.Join(a.folder, filepath.FromSlash(key)) }
