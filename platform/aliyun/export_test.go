package aliyun

import (
	"xmode/platform"
	"xmode/signature"
)

// ParseParams shows the parameter reader to the fuzz target.
func ParseParams(m platform.Message) ([]signature.Param, error) {
	p, err := parse(m)
	return p.list, err
}
