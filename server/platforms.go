package server

import (
	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/platform/aliyun"
)

// platformRow is a platform in the table.
type platformRow struct {
	// name is how bindings and paths spell it.
	name call.Platform
	// canAsk is set where it can ask a caller for an extension.
	canAsk bool
	// settings makes its part of the settings; nil for a platform that
	// bindings may name but whose messages are not served.
	settings func() platformSettings
}

// platformTable has a row for each platform.
func platformTable() []platformRow {
	return []platformRow{
		{name: aliyun.Name, canAsk: true, settings: func() platformSettings { return &aliyunSettings{} }},
		{name: "huawei"},
	}
}

// platformSettings is what a platform adds to the settings: a pointer to a
// struct with the same tags.
type platformSettings interface {
	// platform names the platform.
	platform() call.Platform
	// adapter makes the platform's adapter and what rotates in it; nil without
	// keys. The error is call.FieldErrors by the names of the settings without
	// the platform's ("ivr_code"), and holds no secret.
	adapter(s *Settings) (platform.Adapter, []rotation, error)
}

// knownPlatforms is the table as the handlers need it.
func knownPlatforms() []handlers.KnownPlatform {
	var known []handlers.KnownPlatform
	for _, row := range platformTable() {
		known = append(known, handlers.KnownPlatform{Name: row.name, CanAsk: row.canAsk})
	}
	return known
}

// platformNames are the names that bindings may carry.
func platformNames() []call.Platform {
	var names []call.Platform
	for _, row := range platformTable() {
		names = append(names, row.name)
	}
	return names
}
