package server

import (
	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/platform/aliyun"
	"xmode/platform/huawei"
)

// platformRow is a platform in the table.
type platformRow struct {
	// name is how bindings and paths spell it.
	name call.Platform
	// canAsk is set where it can ask a caller for an extension.
	canAsk bool
	// settings makes its part of the settings.
	settings func() platform.Settings
}

// platformTable has a row for each platform, and is all that this package knows
// of any.
func platformTable() []platformRow {
	return []platformRow{
		{name: aliyun.Name, canAsk: true, settings: func() platform.Settings { return new(aliyun.Settings) }},
		{name: huawei.Name, settings: func() platform.Settings { return new(huawei.Settings) }},
	}
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

// shared is what the platforms' settings have in common.
func (s *Settings) shared() platform.Shared {
	return platform.Shared{ClockSkew: s.ClockSkew, PushWindow: s.PushWindow}
}
