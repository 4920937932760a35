package s3test

// Find and ErrMissing are for the tests beside this file.
var (
	Find       = find
	ErrMissing = errMissing
)
