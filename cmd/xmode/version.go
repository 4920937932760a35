package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCmd is `xmode version`.
type versionCmd struct{}

// Run prints what this build is.
func (versionCmd) Run(std streams) error {
	version, commit := build()
	_, err := fmt.Fprintf(std.out, "xmode %s (commit %s, %s)\n", version, commit, runtime.Version())
	return err
}

// build tells version and commit, "unknown" where nobody said.
func build() (string, string) {
	var module, revision string
	if info, ok := debug.ReadBuildInfo(); ok {
		module = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	return cmp.Or(version, module, "unknown"), cmp.Or(commit, revision, "unknown")
}
