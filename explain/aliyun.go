package explain

import "xmode/signature"

// Aliyun explains a call control query of Alibaba Cloud's X mode. Any of the
// four forms is right, unless the question pins one. The usual window is five
// minutes.
//
// https://help.aliyun.com/zh/pnp/operations-in-x-mode
func Aliyun(q Question) (Report, error) {
	s := queryScheme{
		name: "aliyun", signature: "signature", timestamp: "timestamp", nonce: "signatureNonce",
		fixed: []signature.Param{{Name: "format", Value: "JSON"}, {Name: "signatureMethod", Value: "HMAC-SHA1"}, {Name: "signatureVersion", Value: "1.0"}},
		documented: []string{"callId", "callNo", "callTime", "extension", "format", "recordType", "secretNo",
			"signatureMethod", "signatureNonce", "signatureVersion", "timestamp"},
		bases: aliyunBases, steps: prefixSteps, tolerated: 1, window: minutes(5),
	}
	return s.explain(q)
}

// aliyunBases are the accepted forms under each key.
func aliyunBases(q Question, params []signature.Param, keys []string) []query {
	forms := signature.Forms()
	if q.Form != "" {
		forms = []signature.Form{q.Form}
	}
	var list []query
	for _, form := range forms {
		for i, key := range keys {
			list = append(list, query{
				params: params, order: signature.Sort, encoder: encoderOf(form.Encoder()), inner: 1, outer: 1,
				key: key, index: i, suffix: form.Suffix(), form: string(form),
			})
		}
	}
	return list
}

// prefixSteps: the prefix of POP, which does not belong here.
func prefixSteps(Question, []signature.Param) []step[query] {
	var list []step[query]
	for _, method := range []string{"GET", "POST"} {
		for _, slash := range []string{"%2F", "/"} {
			prefix := method + "&" + slash + "&"
			m := Mistake{"method-prefix", `the text to sign begins with "` + prefix + `", as the platform's own APIs have it`}
			list = append(list, step[query]{m, "prefix", func(q query) query { q.prefix = prefix; return q }})
		}
	}
	return list
}
