package lab

// The app that signs the record pushes of all benchmarks.
const (
	AppKey    = "bench-app"
	AppSecret = "bench-app-secret"
)
