package conform

import "context"

// Keeps checks what becomes of records of a kind once they are acknowledged: the
// same with every platform, whose record R is.
type Keeps[R any] struct {
	// Reader asks the endpoint.
	Reader Reader
	// New makes a record of a new call, CallOf is the call of one.
	New    func() R
	CallOf func(R) string
	// Push pushes records once, and is nil if they are acknowledged.
	Push func(ctx context.Context, records ...R) error
	// Other is a record of the same identity with other content, Broken one that
	// cannot be understood.
	Other  func(R) R
	Broken R
}

// Times checks that each of these records is kept so many times.
func (k Keeps[R]) Times(ctx context.Context, times int, records ...R) error {
	for _, r := range records {
		if err := k.Reader.Records(ctx, k.CallOf(r), times); err != nil {
			return err
		}
	}
	return nil
}

// One checks that a record is kept. What was pushed before it is done with, then.
func (k Keeps[R]) One(ctx context.Context) error { return k.all(ctx, k.New()) }

// All checks that each of many records in one push is kept.
func (k Keeps[R]) All(records func() []R) Check {
	return func(ctx context.Context) error { return k.all(ctx, records()...) }
}

// all pushes records, and checks that each is kept.
func (k Keeps[R]) all(ctx context.Context, records ...R) error {
	if err := k.Push(ctx, records...); err != nil {
		return err
	}
	return k.Times(ctx, 1, records...)
}

// Once checks that records that are pushed three times are kept once.
func (k Keeps[R]) Once(ctx context.Context) error {
	records := []R{k.New(), k.New()}
	for range 2 {
		if err := k.Push(ctx, records...); err != nil {
			return err
		}
	}
	return k.onlyOnce(ctx, records, records...)
}

// TwiceOnce checks that a record that is there twice in one push is kept once.
func (k Keeps[R]) TwiceOnce(ctx context.Context) error {
	r := k.New()
	return k.onlyOnce(ctx, []R{r}, r, r)
}

// onlyOnce makes the last push of records, lets it settle, and counts.
func (k Keeps[R]) onlyOnce(ctx context.Context, records []R, push ...R) error {
	if err := k.Push(ctx, push...); err != nil {
		return err
	}
	if err := k.One(ctx); err != nil {
		return err
	}
	return k.Times(ctx, 1, records...)
}

// Conflict checks that a record that comes again with other content is kept beside
// the first, both marked.
func (k Keeps[R]) Conflict(ctx context.Context) error {
	r := k.New()
	for _, one := range []R{r, k.Other(r)} {
		if err := k.Push(ctx, one); err != nil {
			return err
		}
	}
	return k.Reader.Conflict(ctx, k.CallOf(r))
}

// BesideBroken checks that records beside one that cannot be understood are kept.
func (k Keeps[R]) BesideBroken(ctx context.Context) error {
	first, last := k.New(), k.New()
	if err := k.Push(ctx, first, k.Broken, last); err != nil {
		return err
	}
	return k.Times(ctx, 1, first, last)
}
