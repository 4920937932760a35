package explain

import (
	"errors"
	"strings"

	"xmode/signature"
)

// ErrVersion3: the request is signed by another version of the scheme.
var ErrVersion3 = errors.New("the request is signed by version 3 (ACS3-HMAC-SHA256 in the header Authorization), not by version 1.0 in its parameters")

// POP explains a request to an API of Alibaba Cloud under version 1.0 of its
// signature. Where the method of the message is not known, GET and POST are both
// right. The usual window is 15 minutes.
//
// https://help.aliyun.com/document_detail/315526.html
func POP(q Question) (Report, error) {
	if strings.HasPrefix(strings.TrimSpace(q.Message.Header.Get("Authorization")), "ACS3-") {
		return Report{}, ErrVersion3
	}
	s := queryScheme{
		name: "pop", signature: "Signature", timestamp: "Timestamp", nonce: "SignatureNonce",
		fixed:  []signature.Param{{Name: "SignatureMethod", Value: "HMAC-SHA1"}, {Name: "SignatureVersion", Value: "1.0"}},
		needed: []string{"AccessKeyId", "Action", "Version"}, empties: true,
		bases: popBases, steps: popSteps, tolerated: 0, window: minutes(15),
	}
	return s.explain(q)
}

func popPrefix(method string) string { return method + "&%2F&" }

// popBases are the known method, or both that occur, under each key.
func popBases(q Question, params []signature.Param, keys []string) []query {
	methods := []string{"GET", "POST"}
	if q.Message.Method != "" {
		methods = []string{q.Message.Method}
	}
	var list []query
	for _, method := range methods {
		for i, key := range keys {
			list = append(list, query{
				params: params, order: signature.Sort, empties: true, encoder: encoderOf(signature.RFC3986Encoder), inner: 1, outer: 1,
				prefix: popPrefix(method), key: key, index: i, suffix: "&", form: method,
			})
		}
	}
	return list
}

// popSteps: another prefix than that of the method.
func popSteps(q Question, _ []signature.Param) []step[query] {
	list := []step[query]{
		{Mistake{"prefix-missing", `the text to sign lacks the prefix of method and path ("GET&%2F&")`}, "prefix", func(q query) query { q.prefix = ""; return q }},
	}
	for _, method := range []string{"GET", "POST", "PUT", "get", "post"} {
		m := Mistake{"method", "it was signed for the method " + method}
		if q.Message.Method != "" {
			m.Says += ", and sent by " + clip(q.Message.Method)
		}
		list = append(list, step[query]{m, "prefix", func(q query) query { q.prefix = popPrefix(method); return q }})
	}
	for _, method := range []string{"GET", "POST"} {
		m := Mistake{"prefix-path", `the path in the text to sign is "/", not its encoding "%2F"`}
		list = append(list, step[query]{m, "prefix", func(q query) query { q.prefix = method + "&/&"; return q }})
	}
	return list
}
