package redisstore

// The codec of bindings, for tests outside.
var (
	EncodeBody = encodeBody
	DecodeBody = decodeBody
)
