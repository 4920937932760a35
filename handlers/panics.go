package handlers

import (
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
)

// maxFrames is how much of a stack is logged.
const maxFrames = 24

// logPanic logs where a panic came from. Neither the panic's value nor
// arguments are logged, since both may hold numbers; the type of the value and
// the functions on the stack have to do.
func (d *Deps) logPanic(listener, route string, value any) {
	d.Metrics.panics.WithLabelValues(listener).Inc()
	d.Log.Error("panic in a handler", slog.String("route", route),
		slog.String("type", fmt.Sprintf("%T", value)), slog.Any("stack", frames()))
}

// frames lists the callers of the function that recovered, innermost first.
func frames() []string {
	pcs := make([]uintptr, maxFrames)
	var list []string
	stack := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	for {
		frame, more := stack.Next()
		list = append(list, frame.Function+":"+strconv.Itoa(frame.Line))
		if !more {
			return list
		}
	}
}
